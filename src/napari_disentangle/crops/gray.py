"""Whether crops have color, noticed while they are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

_STEP = 1.5 / 255  # channels that differ by one step of 8 bit are equal


def is_gray(pictures: NDArray[np.float32]) -> bool:
    """Return whether the three channels of all pictures, (n, 3, H, W), are equal."""
    red, others = pictures[:, :1], pictures[:, 1:]
    return bool(np.abs(others - red).max(initial=0.0) <= _STEP)


class ColorWatch:
    """Crops that remember whether any that was cut had color.

    Parameters
    ----------
    crops : Crops
        The crops themselves.

    Attributes
    ----------
    has_color : bool
        Whether any picture so far had color.
    """

    def __init__(self, crops: Crops) -> None:
        self.table = crops.table
        self.window_px = crops.window_px
        self.has_color = False
        self._crops = crops

    def __len__(self) -> int:
        return len(self._crops)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows`, (n, 3, size, size), in [0, 1]."""
        pictures = self._crops.cut(rows, size)
        self.has_color = self.has_color or not is_gray(pictures)
        return pictures
