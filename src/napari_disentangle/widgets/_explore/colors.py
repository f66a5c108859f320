"""Colors of cells in the plot, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.annotations.values import PALETTE
from napari_disentangle.widgets._class_names import ClassColor, ClassNames
from napari_disentangle.widgets._layers import Coloring, limits_of, rgba_of
from napari_disentangle.widgets._plots import ColorBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_NONE = (128, 128, 128, 120)
_PERCENTILES = (1, 99)
_BAR_PX = 56


def class_colors(
    codes: NDArray[np.int64], names: list[str], known: Mapping[str, str]
) -> tuple[NDArray[np.uint8], list[ClassColor]]:
    """Return RGBA of each cell, (N, 4) uint8, and the legend.

    Parameters
    ----------
    codes : array, (N,), int64
        Class of each cell, -1 for none (gray).
    names : list of str
        The classes.
    known : mapping of str to str
        Colors (``#rrggbb``) the user gave to classes; the others get one each.
    """
    chosen = [
        known.get(name, PALETTE[i % len(PALETTE)]) for i, name in enumerate(names)
    ]
    lookup = np.array([QColor(c).getRgb() for c in chosen] + [_NONE], np.uint8)
    counts = np.bincount(codes + 1, minlength=len(names) + 1)[1:]
    legend = map(ClassColor, names, chosen, counts.tolist())
    return lookup[codes], list(legend)


class Legend(QWidget):
    """A color bar for numbers, colored names for classes, nothing for one color."""

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self.bar = ColorBar(viewer, _BAR_PX, "Color bar of the plot")
        self.names = ClassNames()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.names)
        self.show_nothing()

    def show_nothing(self) -> None:
        """All cells have one color."""
        self.bar.hide()
        self.names.hide()
        self.hide()

    def show_numbers(
        self, values: NDArray[np.float64], column: str, colormap: str
    ) -> NDArray[np.uint8]:
        """Show a color bar; return the RGBA of each value, (N, 4) uint8, NaN gray.

        The ends are the 1st and 99th percentile of all cells.
        """
        low, high = limits_of(values, *_PERCENTILES)
        coloring = Coloring(column, colormap, low, high)
        self.names.hide()
        self.bar.show_coloring(values, coloring)
        self.bar.show()
        self.show()
        return np.round(255 * rgba_of(values, coloring)).astype(np.uint8)

    def show_classes(self, classes: list[ClassColor], n_without: int) -> None:
        """Show the names of classes in their colors, and how many cells each has."""
        self.bar.hide()
        self.names.show_classes(classes, n_without)
        self.names.show()
        self.show()
