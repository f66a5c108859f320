"""Arrays of colors as Qt shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def pixmap_of(colors: NDArray[np.uint8]) -> QPixmap:
    """Return a picture, (H, W, 3), as a pixmap of its own size."""
    height, width = colors.shape[:2]
    image = QImage(
        colors.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
    )
    return QPixmap.fromImage(image)
