"""Pictures of one shape laid out in an area, as large as they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtWidgets import QGridLayout

    from napari_disentangle.widgets._factors.factor_picture import FactorPicture

EDGE_PX = 14
"""Room around a picture."""

_TEXT_PX = 48  # two lines beneath a picture
_LEAST_PX = 80


def lay_out(
    grid: QGridLayout, pictures: Sequence[FactorPicture], width: int, height: int
) -> None:
    """Place pictures, one at least, in an area of so many pixels."""
    first = pictures[0].pixmap()
    aspect = first.height() / first.width()
    wide, columns = best_layout(len(pictures), width, height, aspect)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        grid.addWidget(picture, row, column, Qt.AlignmentFlag.AlignCenter)
        picture.fit(wide)


def best_layout(n: int, width: int, height: int, aspect: float) -> tuple[int, int]:
    """Return the largest width of `n` pictures in an area, and how many stand abreast.

    Parameters
    ----------
    n : int
        Number of pictures.
    width, height : int
        Of the area, in pixels.
    aspect : float
        Height of a picture over its width.

    Examples
    --------
    >>> best_layout(5, 1000, 300, aspect=1.0)
    (186, 5)
    """
    found = []
    for columns in range(1, n + 1):
        n_rows = -(-n // columns)
        high = height // n_rows - _TEXT_PX - EDGE_PX
        found.append((min(width // columns - EDGE_PX, int(high / aspect)), columns))
    wide, columns = max(found)
    return max(wide, _LEAST_PX), columns
