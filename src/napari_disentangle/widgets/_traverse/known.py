"""What the session knows of the cells, as the recipes of the dock need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.groups import CLASS_COLUMNS, groups_of
from napari_disentangle.tables import in_image, join, shown_ids

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.recipes.groups import CellGroup
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.widgets._session import Cell, Session

NOT_CODED = "encode the cells in the Factors dock first"


@dataclass(frozen=True, slots=True, eq=False)
class KnownCells:
    """Encoded cells of the session, and the model that draws them.

    Attributes
    ----------
    model : Model
        With pictures learned from these cells, where there are any.
    embedding : Embedding
        Their codes.
    crops : Crops
        Their crops, row by row.
    roi_id : str
        Name of the image that is shown.
    """

    model: Model
    embedding: Embedding
    crops: Crops
    roi_id: str

    @classmethod
    def of(cls, session: Session) -> KnownCells | None:
        """Return what `session` knows, None while the cells are not encoded."""
        model = session.pictured or session.model
        embedding, crops, source = session.embedding, session.crops, session.source
        if model is None or embedding is None or crops is None or source is None:
            return None
        if embedding.model_id != model.id or len(embedding.mean) != len(crops):
            return None
        return cls(model, embedding, crops, source.roi_id)

    @property
    def drawn(self) -> tuple[Model, Embedding, Crops]:
        """Model, codes and crops, as recipes take them."""
        return self.model, self.embedding, self.crops

    def row(self, cell: Cell) -> int:
        """Return the row of a cell.

        Raises
        ------
        DataError
            If it has no code.
        """
        table = self.embedding.table
        same = (shown_ids(table) == cell.label) & (table["frame"] == cell.frame)
        rows = np.flatnonzero(same.to_numpy() & in_image(table, self.roi_id))
        if len(rows) != 1:
            raise DataError(
                f"There is no encoded cell {cell.label} at frame {cell.frame}."
            )
        return int(rows[0])

    def rows_selected(self, session: Session) -> NDArray[np.int64]:
        """Return the rows of the selected cells."""
        if session.selection is None:
            return np.zeros(0, np.int64)
        mask = session.selection.mask(self.embedding.table, self.roi_id)
        return np.flatnonzero(mask)

    def groups(self, session: Session) -> tuple[CellGroup, ...]:
        """Return the groups that these cells can be compared by."""
        selected = np.zeros(len(self.embedding.mean), np.bool_)
        selected[self.rows_selected(session)] = True
        return groups_of(self._classes(session), selected)

    def _classes(self, session: Session) -> pd.DataFrame:
        """Return the table of the encoded cells with the classes that are known."""
        cells, table = self.embedding.table, session.table
        if table is not None:
            known = [name for name in CLASS_COLUMNS if name in table]
            if known:
                cells = join(cells, table[["roi_id", "frame", "label", *known]])
        if session.annotations is not None:
            cells = with_annotations(cells, session.annotations)
        return cells


def require_cells(session: Session) -> KnownCells:
    """Return the encoded cells of `session`.

    Raises
    ------
    DataError
        If there are none.
    """
    found = KnownCells.of(session)
    if found is None:
        raise DataError("Encode the cells in the Factors dock first.")
    return found
