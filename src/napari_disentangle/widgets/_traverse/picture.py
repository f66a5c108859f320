"""Pictures in a dock: one with its word, and strips of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal
from qtpy.QtCore import QEvent, QRect, QSize, Qt
from qtpy.QtGui import QPainter
from qtpy.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from napari_disentangle.widgets._pixmap import pixmap_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from qtpy.QtGui import QMouseEvent, QPaintEvent, QPixmap

    Picture = NDArray[np.float32]

PICTURE_PX = 92
_WORD_PX = 54
_LINE_PX = 15
_SMOOTH = Qt.TransformationMode.SmoothTransformation


def _pixmap(picture: Picture) -> QPixmap:
    """Return a picture, (H, W, 3) in [0, 1], as a pixmap of its own size."""
    return pixmap_of(np.round(255 * picture).astype(np.uint8))


class CaptionedPicture(QWidget):
    """A picture and, beneath it, the word that says what it is."""

    def __init__(self, tooltip: str) -> None:
        super().__init__()
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE_PX, PICTURE_PX)
        self.picture.setToolTip(tooltip)
        self.word = QLabel()
        self.word.setWordWrap(True)
        self.word.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.word)
        layout.addStretch(1)

    def show_picture(self, picture: Picture | None, word: str) -> None:
        """Show a picture, (H, W, 3), with its word; hide both without one."""
        self.setVisible(picture is not None)
        self.word.setText(word)
        if picture is not None:
            size = QSize(PICTURE_PX, PICTURE_PX)
            self.picture.setPixmap(_pixmap(picture).scaled(size, transformMode=_SMOOTH))


class PictureStrip(QWidget):
    """Rows of equal pictures, each row with its word and each column with its step.

    Attributes
    ----------
    picked : Signal
        Emitted with the column that was clicked.
    """

    picked = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows: list[tuple[str, list[QPixmap]]] = []
        self._steps: Sequence[str] = ()
        self._tips: Sequence[Sequence[str]] = ()
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Fixed)

    def show_rows(
        self,
        rows: Sequence[tuple[str, Picture]],
        steps: Sequence[str] = (),
        tips: Sequence[Sequence[str]] = (),
    ) -> None:
        """Show rows of pictures.

        Parameters
        ----------
        rows : sequence of (str, array (T, H, W, 3) in [0, 1])
            Word and pictures of each row.
        steps : sequence of str, length T
            What the columns are.
        tips : sequence of sequence of str
            What to tell of each picture, row by row.
        """
        self._rows = [(word, [_pixmap(p) for p in row]) for word, row in rows]
        self._steps, self._tips = steps, tips
        self.setVisible(bool(rows))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._height(300))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._height(200))

    def event(self, event: QEvent | None) -> bool:
        """Fit the height to a new width; tell of the picture under the pointer."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._fit()
        if event is not None and event.type() == QEvent.Type.ToolTip:
            row, column = self._at(event.pos())  # type: ignore[attr-defined]
            known = 0 <= row < len(self._tips) and column >= 0
            tip = self._tips[row][column] if known else ""
            QToolTip.showText(event.globalPos(), tip, self)  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            _, column = self._at(event.pos())
            if column >= 0:
                self.picked.emit(column)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        side, centered = self._side(self.width()), Qt.AlignmentFlag.AlignCenter
        for column in self._labeled(side):
            left = round(_WORD_PX + (column + 0.5) * side) - 25
            painter.drawText(
                QRect(left, 0, 50, _LINE_PX), centered, self._steps[column]
            )
        for row, (word, pictures) in enumerate(self._rows):
            top = round(_LINE_PX + row * side)
            box = QRect(0, top, _WORD_PX - 3, round(side))
            painter.drawText(box, centered | Qt.TextFlag.TextWordWrap, word)
            for column, pixmap in enumerate(pictures):
                left, right = (round(_WORD_PX + (column + k) * side) for k in (0, 1))
                painter.drawPixmap(QRect(left, top, right - left, round(side)), pixmap)

    def _labeled(self, side: float) -> range:
        """Return the columns whose steps are written: both ends, and every so many."""
        every = max(1, int(np.ceil(46 / max(side, 1))))
        n = len(self._steps)
        return range(0, n, (n - 1) // 2 if every > 2 and n % 2 and n > 2 else every)

    def _at(self, point: object) -> tuple[int, int]:
        """Return row and column of the picture at a point, -1 beside all."""
        x, y = point.x(), point.y()  # type: ignore[attr-defined]
        side = self._side(self.width())
        row, column = int((y - _LINE_PX) // side), int((x - _WORD_PX) // side)
        inside = 0 <= row < len(self._rows) and 0 <= column < self._columns()
        return (row, column) if inside else (-1, -1)

    def _columns(self) -> int:
        return max((len(pictures) for _, pictures in self._rows), default=0)

    def _side(self, width: int) -> float:
        return min(PICTURE_PX, max(1, width - _WORD_PX) / max(1, self._columns()))

    def _height(self, width: int) -> int:
        return round(_LINE_PX + self._side(width) * len(self._rows)) + 2

    def _fit(self) -> None:
        self.setFixedHeight(self._height(self.width()))
