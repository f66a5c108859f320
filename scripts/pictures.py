"""Pictures of the docs: where they are, how small they are, and how they are taken."""

from __future__ import annotations

import os
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from PIL import Image, ImageDraw
from qtpy.QtCore import QBuffer, QElapsedTimer, QEventLoop
from qtpy.QtWidgets import QApplication

from napari_disentangle.widgets._gallery import ThumbModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qtpy.QtGui import QPixmap

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZE = (1280, 800)
N_COLORS = 200
WIDTH_PX = 1400
PAUSE_MS = 400
RING_PX = 16
RING = (255, 80, 60)
CHOSEN = Path("~/blood smear")
"""The folder that is chosen for runs and exports, so that no picture shows another."""


@contextmanager
def own_home() -> Iterator[None]:
    """Let ``~`` be a folder that is gone afterwards, so that pictures show no other."""
    with TemporaryDirectory() as folder:
        with patch.dict(os.environ, HOME=folder, USERPROFILE=folder):
            yield


def save(picture: Image.Image, name: str, ring_at: Any = None) -> None:
    """Write a picture to the docs with few colors, at most `WIDTH_PX` wide.

    A ring around the point `ring_at` is drawn last, in a color of its own.
    """
    picture = picture.convert("RGB")
    picture.thumbnail((WIDTH_PX, WIDTH_PX))
    picture = picture.quantize(N_COLORS, Image.Quantize.FASTOCTREE)
    if ring_at is not None:
        x, y = ring_at
        box = (x - RING_PX, y - RING_PX, x + RING_PX, y + RING_PX)
        ImageDraw.Draw(picture).ellipse(box, outline=RING, width=4)
    IMAGES.mkdir(exist_ok=True)
    picture.save(IMAGES / f"{name}.png", optimize=True)


def screen_of(window: Any) -> Image.Image:
    """Return what the screen shows where `window` is, open menus included."""
    screen, frame = QApplication.primaryScreen(), window.geometry()
    area = (frame.x(), frame.y(), frame.width(), frame.height())
    return to_image(screen.grabWindow(0, *area))


def to_image(pixmap: QPixmap) -> Image.Image:
    """Return Qt's picture as Pillow's."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    pixmap.save(buffer, "PNG")
    return Image.open(BytesIO(buffer.data().data()))


def settle(widget: Any) -> None:
    """Let Qt paint for a moment, and `widget` cut the thumbnails it shows."""
    clock = QElapsedTimer()
    clock.start()
    while clock.elapsed() < PAUSE_MS or any(
        thumbs.is_busy() for thumbs in widget.findChildren(ThumbModel)
    ):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
