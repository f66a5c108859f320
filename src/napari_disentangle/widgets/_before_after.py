"""A model before and after fine-tuning, on the same cells, in a narrow panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_disentangle.recipes.finetune_figures import pictures_of, separability_text
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._pixmap import pixmap_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtGui import QPixmap

    from napari_disentangle.recipes.compare_models import ModelComparison

_WIDTH_PX = 300
_GAP = 2


class BeforeAfter(QWidget):
    """Codes, separability and pictures of two models."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = note()
        self.separability = note()
        self.pictures = QLabel()
        self.pictures.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.pictures.setAccessibleName("Cells and their pictures before and after")
        self.caption = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.codes, self.separability, self.pictures, self.caption):
            layout.addWidget(widget)
        self.codes.setToolTip(
            "Correlation of each code with itself before, over the same cells, and how "
            "far it moved, in sd of the codes before"
        )

    def show_comparison(self, found: ModelComparison) -> None:
        """Show what changed."""
        self.codes.setText(codes_text(found))
        self.separability.setText(separability_text(found))
        rows = pictures_of(found)
        picture = contact_sheet([pictures for _, pictures in rows])
        self.pictures.setPixmap(_pixmap(picture))
        self.caption.setText(
            "Rows: " + ", ".join(name for name, _ in rows) + "."
            if len(rows) > 1
            else "This model draws no pictures; learn some in the Traversal dock."
        )


def codes_text(found: ModelComparison) -> str:
    """Return a table of the dimensions as rich text."""
    lines = "".join(
        f"<tr><td>{name.replace('_', ' ')}&nbsp;&nbsp;</td>"
        f"<td align='right'>{kept:+.2f}&nbsp;&nbsp;</td>"
        f"<td align='right'>{drift:.2f} sd</td></tr>"
        for name, kept, drift in zip(
            found.dimensions, found.kept, found.drift, strict=True
        )
    )
    head = "<tr><th align='left'>Code</th><th>kept&nbsp;&nbsp;</th><th>moved</th></tr>"
    return f"<table>{head}{lines}</table>"


def contact_sheet(rows: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Return pictures, one row of n each, as one, (H, W, 3); all as large as the first.

    Parameters
    ----------
    rows : list of array, (n, S, S, 3), in [0, 1]
        Rows; sizes may differ.
    """
    n, size = rows[0].shape[:2]
    step = size + _GAP
    sheet = np.zeros((len(rows) * step - _GAP, n * step - _GAP, 3), np.uint8)
    for row, pictures in enumerate(rows):
        at = np.arange(size) * pictures.shape[1] // size
        shown = np.clip(255 * pictures[:, at][:, :, at], 0, 255).astype(np.uint8)
        for column, picture in enumerate(shown):
            y, x = row * step, column * step
            sheet[y : y + size, x : x + size] = picture
    return sheet


def _pixmap(sheet: NDArray[np.uint8]) -> QPixmap:
    smooth = Qt.TransformationMode.SmoothTransformation
    return pixmap_of(sheet).scaledToWidth(min(sheet.shape[1], _WIDTH_PX), smooth)
