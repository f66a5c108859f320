"""A slider of fractions that arrow and page keys move; superqt's own leave it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QKeyEvent
from superqt import QDoubleSlider, QLabeledDoubleSlider

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

_KEY = Qt.Key
_STEPS: dict[int, int] = {
    _KEY.Key_Right: 1,
    _KEY.Key_Up: 1,
    _KEY.Key_Left: -1,
    _KEY.Key_Down: -1,
}
_PAGES: dict[int, int] = {_KEY.Key_PageUp: 1, _KEY.Key_PageDown: -1}


class KeySlider(QLabeledDoubleSlider):
    """A slider with its number beside it.

    Parameters
    ----------
    step, page : float
        How far arrow keys go, and page keys; Home and End go to the ends.
    """

    def __init__(self, step: float, page: float) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._step, self._page = step, page
        self.setSingleStep(step)  # type: ignore[arg-type]
        self.setPageStep(page)  # type: ignore[arg-type]
        inner = self.findChild(QDoubleSlider)
        assert inner is not None
        inner.installEventFilter(self)
        self.setFocusProxy(inner)  # one stop of the Tab key, not two

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Move for a key that means a place, before the inner slider takes it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            place = self._place(event.key())
            if place is not None:
                self.setValue(min(max(place, self.minimum()), self.maximum()))
                return True
        return bool(super().eventFilter(watched, event))

    def _place(self, key: int) -> float | None:
        """Return where a key leads, None for a key that leads nowhere."""
        ends: dict[int, float] = {
            _KEY.Key_Home: self.minimum(),
            _KEY.Key_End: self.maximum(),
        }
        if key in ends:
            return ends[key]
        step = self._step * _STEPS.get(key, 0) + self._page * _PAGES.get(key, 0)
        return float(self.value() + step) if step else None
