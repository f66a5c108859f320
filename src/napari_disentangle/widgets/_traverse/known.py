"""What the session knows of the cells that count, as the recipes of the dock need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.crops.counted import CountedCells, counted_cells
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.groups import CLASS_COLUMNS, groups_of
from napari_disentangle.tables import KEY, in_image, join, shown_ids
from napari_disentangle.widgets._kept import Kept

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.recipes.groups import CellGroup
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.widgets._selection import Cell
    from napari_disentangle.widgets._session import Session

_NOT_CODED = "encode the cells in the Factors dock first"
_NONE_COUNTS = "all cells are excluded; include some again in Annotate"


@dataclass(frozen=True, slots=True, eq=False)
class KnownCells:
    """Encoded cells of the session that count, and the model that draws them.

    Attributes
    ----------
    model : Model
        With pictures learned from these cells, where there are any.
    every : Embedding
        Codes of all cells, the excluded ones among them.
    counted : CountedCells
        The cells without the excluded ones.
    embedding : Embedding
        The codes of those.
    roi_id : str
        Name of the image that is shown.
    """

    model: Model
    every: Embedding
    counted: CountedCells
    embedding: Embedding
    roi_id: str

    @property
    def crops(self) -> Crops:
        """The crops, row by row of `embedding`."""
        return self.counted.crops

    @property
    def drawn(self) -> tuple[Model, Embedding, Crops]:
        """Model, codes and crops, as recipes take them."""
        return self.model, self.embedding, self.crops

    def same_cells(self, other: KnownCells | None) -> bool:
        """Return whether `other` has the same codes of the same cells."""
        if other is None or self.every is not other.every:
            return False
        return np.array_equal(self.counted.rows, other.counted.rows)

    def row(self, cell: Cell) -> int:
        """Return the row of a cell.

        Raises
        ------
        DataError
            If it has no code or is excluded.
        """
        rows = self._rows(self.embedding, cell)
        if len(rows) == 1:
            return int(rows[0])
        if len(self._rows(self.every, cell)) == 1:
            raise DataError(
                f"Cell {cell.label} is excluded; include it again in Annotate, or "
                "choose another cell."
            )
        raise DataError(f"There is no encoded cell {cell.label} at frame {cell.frame}.")

    def rows_selected(self, session: Session) -> NDArray[np.int64]:
        """Return the rows of the selected cells."""
        if session.selection is None:
            return np.zeros(0, np.int64)
        mask = session.selection.mask(self.embedding.table, self.roi_id)
        return np.flatnonzero(mask)

    def groups(
        self, session: Session, rows: NDArray[np.int64]
    ) -> tuple[CellGroup, ...]:
        """Return the groups that these cells can be compared by; `rows` are one."""
        selected = np.zeros(len(self.embedding.mean), np.bool_)
        selected[rows] = True
        return groups_of(self._classes(session), selected)

    def _rows(self, embedding: Embedding, cell: Cell) -> NDArray[np.int64]:
        table = embedding.table
        same = (shown_ids(table) == cell.label) & (table["frame"] == cell.frame)
        return np.flatnonzero(same.to_numpy() & in_image(table, self.roi_id))

    def _classes(self, session: Session) -> pd.DataFrame:
        """Return the table of these cells with the classes that are known."""
        cells, table = self.embedding.table[[*KEY]], session.table
        if table is not None:
            known = [name for name in CLASS_COLUMNS if name in table]
            if known:
                cells = join(cells, table[[*KEY, *known]])
        if session.annotations is not None:
            cells = with_annotations(cells, session.annotations)
        return cells


class CellsInUse:
    """The cells of a session that count, found again only when something changed.

    Parameters
    ----------
    session : Session
        Whose cells they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept = Kept(lambda: _find(session))

    def now(self) -> KnownCells | None:
        """Return the cells, None while none is encoded and counts."""
        session = self._session
        value = session.annotations
        return self._kept.of(
            session.pictured or session.model,
            session.embedding,
            session.crops,
            session.source,
            None if value is None else value.excluded,
        )

    def require(self) -> KnownCells:
        """Return the cells.

        Raises
        ------
        DataError
            If none is encoded, or none counts.
        """
        found = self.now()
        if found is None:
            raise DataError(f"There are no cells to look at: {self.why_none()}.")
        return found

    def why_none(self) -> str:
        """Return why there are no cells, empty if there are some."""
        if self.now() is not None:
            return ""
        return _NOT_CODED if _coded(self._session) is None else _NONE_COUNTS


def _find(session: Session) -> KnownCells | None:
    coded = _coded(session)
    if coded is None:
        return None
    model, every, crops, roi_id = coded
    try:
        counted = counted_cells(crops, session.annotations)
    except DataError:  # all are excluded
        return None
    return KnownCells(model, every, counted, counted.codes(every), roi_id)


def _coded(session: Session) -> tuple[Model, Embedding, Crops, str] | None:
    """Return model, codes, crops and image, None while the cells are not encoded."""
    model = session.pictured or session.model
    embedding, crops, source = session.embedding, session.crops, session.source
    if model is None or embedding is None or crops is None or source is None:
        return None
    if embedding.model_id != model.id or len(embedding.mean) != len(crops):
        return None
    return model, embedding, crops, source.roi_id
