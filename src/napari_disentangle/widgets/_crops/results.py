"""What was cut: how many crops, what was skipped, their sizes, and pictures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from napari_disentangle.widgets._crops.folder import folder_text
from napari_disentangle.widgets._crops.sizes import wider_text, widths_of
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._gallery import Gallery
from napari_disentangle.widgets._images import cut_unlike
from napari_disentangle.widgets._plots import Histogram
from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    from napari_disentangle.widgets._selection import Cell
    from napari_disentangle.widgets._session import Session

_HISTOGRAM_PX = 84
_NONE_YET = "No crops yet: open an image, and its labels if you have them; then cut."


class ResultsPanel(QWidget):
    """Shows the crops of a session.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme the histogram has.
    session : Session
        Whose crops are shown.

    Attributes
    ----------
    clicked_row : Signal
        Emitted with the row of a crop that is clicked.
    """

    clicked_row = Signal(int)

    def __init__(self, viewer: Any, session: Session) -> None:
        super().__init__()
        self._session = session
        self.summary = note()
        self.skipped, self.unlike = note(), note()
        self.histogram = Histogram(viewer, _HISTOGRAM_PX, "Sizes of the cells")
        self.gallery = Gallery()
        self.gallery.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.summary, self.unlike, self.skipped, self.histogram):
            layout.addWidget(widget)
        layout.addWidget(self.gallery, 1)
        self.gallery.clicked_row.connect(self.clicked_row.emit)

    def show_crops(self, crops: Any) -> None:
        """Show other crops, or that there are none."""
        self.gallery.thumbs.set_crops(crops)
        for widget in (self.histogram, self.skipped, self.unlike):
            widget.setVisible(crops is not None)
        if crops is None:
            self.summary.setText(_NONE_YET)
            return
        self.unlike.setText(cut_unlike(self._session))
        self.unlike.setVisible(bool(self.unlike.text()))
        self.summary.setText(summary_of(crops))
        self.skipped.setText(skipped_of(crops))
        self.skipped.setVisible(len(crops.skipped) > 0)
        self.show_sizes()

    def show_sizes(self) -> None:
        """Show how wide the cells are, in micrometers where the pixel size is known."""
        source = self._session.source
        spacing = None if source is None else source.spacing_um
        found = widths_of(self._session.crops, spacing)
        self.histogram.setVisible(found is not None)
        if found is not None:
            self.histogram.show_values(*found)

    def show_cell(self, cell: Cell | None) -> None:
        """Select the crop of a cell."""
        crops = self._session.crops
        if crops is None or cell is None:
            return
        table = crops.table
        found = (table["index"] == cell.label) & (table["frame"] == cell.frame)
        if found.any():
            self.gallery.select_row(int(np.argmax(found.to_numpy())))

    def stop(self) -> None:
        """Stop cutting pictures and following the theme."""
        self.histogram.stop()
        self.gallery.thumbs.jobs.abandon()


def summary_of(crops: Any) -> str:
    """Return how many crops there are and how large their window is."""
    n = len(crops)
    window = crops.window_px
    side = "fitted windows" if np.isnan(window) else f"window {window:.0f} px"
    return f"{cells_text(n)}{folder_text(crops)}, {side}{wider_text(crops)}"


def skipped_of(crops: Any) -> str:
    """Return how many objects were skipped and why, empty if none."""
    counts = crops.skipped["reason"].value_counts()
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.items())
    return f"{len(crops.skipped)} skipped: {reasons}" if reasons else ""
