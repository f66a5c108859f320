"""An axis whose title is wrapped to its length, so that all of its meaning is read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from qtpy.QtGui import QFontMetricsF

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_LINES = 3
_PAD_PX = 9  # what the text item adds to both sides of its text


class TitleAxis(pg.AxisItem):  # type: ignore[misc]
    """Breaks its title into lines as long as itself; the tooltip has all of it.

    Parameters
    ----------
    side : {"left", "bottom"}
        Where it is.
    """

    _lines: tuple[str, ...] = ()

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._fit()

    def setLabel(self, text: str | None = None, *args: Any, **kwargs: Any) -> None:
        """Show a title; `text` is plain and no markup."""
        super().setLabel(text, *args, **kwargs)
        self.setToolTip(self.labelText)
        self._fit()

    def labelString(self) -> str:
        """Return the title as rich text, a line beneath the other."""
        style = ";".join(f"{key}: {value}" for key, value in self.labelStyle.items())
        text = "<br>".join(map(escape, self._lines))
        return (
            f"<div align='center' style='line-height:92%'>"
            f"<span style='{style}'>{text}</span></div>"
        )

    def resizeEvent(self, ev: Any = None) -> None:
        """Break the title anew."""
        self._fit()
        super().resizeEvent(ev)

    def _fit(self) -> None:
        if self.label is None:  # the plot is closed
            return
        upright = self.orientation in ("left", "right")
        length = self.size().height() if upright else self.size().width()
        width_of = QFontMetricsF(self.label.font()).horizontalAdvance
        lines = fitted_lines(self.labelText, length - _PAD_PX, width_of)
        if lines != self._lines:
            self._lines = lines
            self.label.setTextWidth(max(map(width_of, lines), default=0) + _PAD_PX)
            self._updateLabel()
            self.showLabel(bool(lines))


def fitted_lines(
    text: str, length: float, width_of: Callable[[str], float]
) -> tuple[str, ...]:
    """Return `text` in at most three lines no longer than `length` where words allow.

    What does not fit is replaced by an ellipsis.

    Examples
    --------
    >>> fitted_lines("Shape, higher = more solidity", 15, len)
    ('Shape, higher =', 'more solidity')
    >>> fitted_lines("one two three four five six", 5, len)
    ('one', 'two', 'thre…')
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer) <= length:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        kept[-1] = _elided(" ".join(lines[_MOST_LINES - 1 :]), length, width_of)
    return tuple(kept)


def _elided(text: str, length: float, width_of: Callable[[str], float]) -> str:
    while len(text) > 1 and width_of(f"{text}…") > length:
        text = text[:-1].rstrip()
    return f"{text}…"
