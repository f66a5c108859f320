"""Chosen cells merged, split or deleted in their Labels layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

from qtpy.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from napari_disentangle.crops.edit_labels import delete_cells, merge_cells, split_cell
from napari_disentangle.errors import CropError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import action, allow, note

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from napari.layers import Labels
    from numpy.typing import NDArray

    from napari_disentangle.crops.edit_labels import LabelEdit
    from napari_disentangle.widgets._session import Session

_MOST_PARTS = 9
_STALE = "Press Update in the Factors dock to encode them anew."


class EditPanel(QWidget):
    """Merge, split or delete the chosen cells of the frame that is shown.

    Only the layer changes, in steps that napari undoes too.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    session : Session
        Knows where the cells come from.
    chosen : callable
        Returns the rows, with their key, of the cells that are meant now.
    """

    def __init__(
        self, viewer: Any, session: Session, chosen: Callable[[], pd.DataFrame]
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._session = session
        self._chosen = chosen
        self._edited: list[ref[Labels]] = []
        self.merge_button = action(
            "Merge", "Give the chosen cells one id, the lowest of theirs", self.merge
        )
        self.split_button = action(
            "Split",
            "Split the chosen cell at its waist, or into its pieces; the largest part "
            "keeps the id",
            self.split,
        )
        self.delete_button = action(
            "Delete", "Make the chosen cells background", self.delete
        )
        self.undo_button = action(
            "Undo edit",
            "Take back the last step in the Labels layer, as Ctrl+Z in the image does",
            self.undo,
        )
        self.parts_box = QSpinBox()
        self.parts_box.setRange(2, _MOST_PARTS)
        self.parts_box.setPrefix("into ")
        self.parts_box.setToolTip("At most so many parts of a cell in one piece")
        self.parts_box.setAccessibleName("Number of parts")
        self.told = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(_line(self.merge_button, self.delete_button))
        layout.addLayout(_line(self.split_button, self.parts_box))
        layout.addWidget(self.undo_button)
        layout.addWidget(self.told)

    def merge(self) -> None:
        """Give the chosen cells the lowest of their ids.

        Raises
        ------
        CropError
            If fewer than two are chosen, or the labels cannot be edited.
        """
        cells = self.cells()
        self._edit(lambda labels, _: merge_cells(labels, cells))
        self.told.setText(f"Merged the chosen cells. {_STALE}")

    def split(self) -> None:
        """Split the chosen cell.

        Raises
        ------
        CropError
            If not one cell is chosen, it has no waist, or the labels cannot be edited.
        """
        cells, n_parts = self.cells(), self.parts_box.value()
        if len(cells) != 1:
            raise CropError(f"{len(cells)} cells are chosen; choose one to split.")
        split = partial(split_cell, cell=cells[0], n_parts=n_parts)
        self._edit(lambda labels, new: split(labels, first_id=new))
        self.told.setText(f"Split cell {cells[0]}. {_STALE}")

    def delete(self) -> None:
        """Make the chosen cells background.

        Raises
        ------
        CropError
            If none is chosen, or the labels cannot be edited.
        """
        cells = self.cells()
        self._edit(lambda labels, _: delete_cells(labels, cells))
        self.told.setText(f"Deleted the chosen cells. {_STALE}")

    def undo(self) -> None:
        """Take back the last step in the layer that was edited last.

        Raises
        ------
        CropError
            If the layer is hidden.
        """
        layer = self._edited[-1]() if self._edited else None
        if layer is not None and not layer.visible:
            raise CropError(f"Layer {layer.name!r} is hidden; show it first.")
        self._edited = self._edited[:-1]
        if layer is not None and layer in self._viewer.layers:
            layer.undo()
        self.told.setText("")
        self.refresh()

    def cells(self) -> list[int]:
        """Return the ids of the chosen cells in the frame that is shown."""
        source, chosen = self._session.source, self._chosen()
        if source is None or chosen.empty:
            return []
        frame = _layers.current_frame(self._viewer, source)
        here = (chosen["roi_id"] == source.roi_id) & (chosen["frame"] == frame)
        return sorted(int(label) for label in chosen.loc[here, "label"])

    def refresh(self) -> None:
        """Say what can be done with the chosen cells."""
        why = _layers.why_not_editable(self._viewer, self._session.source)
        n = 0 if why else len(self.cells())
        allow(self.merge_button, why or ("" if n > 1 else "choose two or more cells"))
        allow(self.split_button, why or ("" if n == 1 else "choose one cell"))
        allow(self.delete_button, why or ("" if n else "choose cells first"))
        allow(self.undo_button, "" if self._edited else "nothing was edited here")

    def _edit(self, edit: Callable[[NDArray[np.integer], int], LabelEdit]) -> None:
        source = self._session.source
        if source is None:
            raise CropError("There are no cells yet; cut crops in the Crops dock.")
        self._edited.append(ref(_layers.edit_cells(self._viewer, source, edit)))
        self.refresh()


def _line(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    for widget in widgets:
        layout.addWidget(widget, 1)
    return layout
