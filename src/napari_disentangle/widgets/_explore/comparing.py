"""Similar cells and maps: the tasks, and what becomes of their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from napari.utils.notifications import show_warning

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.similar import DISTANCE
from napari_disentangle.tables import KEY
from napari_disentangle.widgets._explore.made import keep_distances, keep_map

if TYPE_CHECKING:
    from napari_disentangle.recipes.project_points import ProjectConfig, Projection
    from napari_disentangle.recipes.similar import Similar, SimilarConfig
    from napari_disentangle.tables import Embedding
    from napari_disentangle.widgets._explore.cells import Cells
    from napari_disentangle.widgets._explore.parts import ExploreParts
    from napari_disentangle.widgets._explore.selecting import Selecting
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._selection import Cell
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets._soon import Soon

_CHANGED = "The cells changed meanwhile; the result was dropped."


class Comparing:
    """Compares cells by the checked factors; what it finds are columns of the table.

    Parameters
    ----------
    session : Session
        Its table gets the columns.
    jobs : Jobs
        Where the work runs.
    parts : ExploreParts
        What the user chose, and where results are shown.
    selecting : Selecting
        Similar cells become the selection.
    table_soon : Soon
        Shows what the session's table holds.
    """

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        parts: ExploreParts,
        selecting: Selecting,
        table_soon: Soon,
    ) -> None:
        self._session = session
        self._jobs = jobs
        self._parts = parts
        self._selecting = selecting
        self._table_soon = table_soon

    def find_similar(self) -> None:
        """Select the cells most similar to the current one.

        Raises
        ------
        DataError
            If there is no table or no current cell.
        """
        from napari_disentangle.recipes.similar import iter_similar

        self._table_soon.flush()
        cells, cell = self._selecting.known(), self._session.cell
        if cell is None:
            raise DataError("No cell is chosen; click one in the image or the plot.")
        config = self._parts.compare.similar_config()
        row = cells.row_of(cell)
        if row < 0:
            raise DataError(f"Cell {cell.label} has no factors; choose another.")
        image, frame, label = (cells.table[name].iloc[row] for name in KEY)
        key = str(image), int(frame), int(label)
        task = iter_similar(cells.table, *key, config)
        self._jobs.run(
            task,
            "Similar cells",
            lambda found: self._keep_similar(cells, cell, config, key, found),
            quiet=True,
        )

    def project(self, method: Literal["pca", "umap"]) -> None:
        """Lay the cells out; two columns are added.

        Raises
        ------
        DataError
            If there is no table.
        """
        from napari_disentangle.recipes.project_points import iter_project_points

        self._table_soon.flush()
        cells, embedding = self._selecting.known(), self._session.embedding
        config = self._parts.compare.project_config(method)
        self._jobs.run(
            iter_project_points(cells.table, config),
            method.upper(),
            lambda found: self._keep_projection(embedding, config, found),
            quiet=method == "pca",
        )

    def _keep_similar(
        self,
        cells: Cells,
        cell: Cell,
        config: SimilarConfig,
        key: tuple[str, int, int],
        found: Similar,
    ) -> None:
        table = self._session.table
        if table is None or not cells.same_as(self._selecting.cells):
            show_warning(_CHANGED)
            return
        self._session.table = table.assign(**{DISTANCE: found.distance})
        keep_distances(self._session, config, found, dict(zip(KEY, key, strict=True)))
        self._table_soon.flush()
        self._parts.gallery.sort_by(DISTANCE, "rising")
        mask = np.zeros(len(cells), np.bool_)
        mask[[*found.rows, cells.row_of(cell)]] = True
        self._selecting.select(mask)
        self._parts.tabs.setCurrentWidget(self._parts.gallery)

    def _keep_projection(
        self, embedding: Embedding | None, config: ProjectConfig, found: Projection
    ) -> None:
        from napari_disentangle.recipes.project_points import with_projection

        table = self._session.table
        if table is None or embedding is not self._session.embedding:
            show_warning(_CHANGED)
            return
        self._session.table = with_projection(table, found)
        keep_map(self._session, config, found)
        self._table_soon.flush()
        self._parts.panel.show_columns(*found.axes)
        self._parts.compare.tell(found)
