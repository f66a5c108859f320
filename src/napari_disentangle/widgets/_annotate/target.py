"""Which cells would get a class: clicked, selected, or chosen in the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from napari_disentangle.tables import in_image
from napari_disentangle.widgets._selection import Selection

if TYPE_CHECKING:
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.widgets._picks import PickGallery
    from napari_disentangle.widgets._session import Session

Kind: TypeAlias = 'Literal["", "cell", "selection", "gallery"]'


class Target:
    """The chosen cells, in whichever way they were chosen last.

    Parameters
    ----------
    session : Session
        Its cell and selection, and the crops they are of.
    picks : PickGallery
        Crops that are chosen in the gallery.

    Attributes
    ----------
    kind : str
        The way: "cell", "selection", "gallery", or empty for none.
    """

    def __init__(self, session: Session, picks: PickGallery) -> None:
        self._session = session
        self._picks = picks
        self._telling = False
        self.kind: Kind = ""

    def cells(self) -> pd.DataFrame:
        """Return the rows of the crops' table that would get a class now."""
        crops, source = self._session.crops, self._session.source
        if crops is None or not self.kind:
            return pd.DataFrame(columns=["roi_id", "frame", "label"])
        if self.kind == "gallery":
            return crops.table.iloc[self._picks.picks()]
        cell, selection = self._session.cell, self._session.selection
        if self.kind == "cell" and cell is not None:
            selection = Selection(np.array([cell.frame]), np.array([cell.label]))
        if selection is None or source is None:
            return crops.table.iloc[:0]
        return crops.table[selection.mask(crops.table, source.roi_id)]

    def take_gallery(self) -> None:
        """Take the crops of the gallery; those in the image shown are selected, too."""
        self.kind = "gallery"
        crops, source = self._session.crops, self._session.source
        if crops is not None and source is not None:
            cells = crops.table.iloc[self._picks.picks()]
            self._telling = True
            self.select(cells[in_image(cells, source.roi_id)])
            self._telling = False

    def take_selection(self, selection: Selection | None) -> bool:
        """Take what was selected, and return whether it was not selected from here."""
        if not self._telling:
            self.kind = "selection" if selection is not None else ""
        return not self._telling

    def select(self, cells: pd.DataFrame) -> None:
        """Make rows with their key the session's selection."""
        self._session.selection = Selection.of(cells)

    def text(self, value: Annotations) -> str:
        """Return in a sentence what is chosen, and the class it has."""
        cells = self.cells()
        if len(cells) == 0:
            return "Nothing is chosen: click a cell, or choose crops below."
        if len(cells) > 1:
            return f"Chosen: {len(cells)} cells"
        name: Any = value.names_of(cells)[0]
        known = "no class yet" if pd.isna(name) else name
        return f"Chosen: cell {cells['label'].iloc[0]} ({known})"
