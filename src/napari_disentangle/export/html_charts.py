"""Small charts as SVG, to stand within an HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABEL, _PLOT, _VALUE = 176, 110, 42  # widths of the three columns
_LINE = 18
_WIDTH = _LABEL + _PLOT + _VALUE
_MOST_SD = 5.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A number in [-1, 1] with its interval.

    Attributes
    ----------
    label : str
        What it is of.
    value, low, high : float
        The number and its interval.
    is_own : bool
        Whether it is what the dimension is named after; such rows stand out.
    """

    label: str
    value: float
    low: float
    high: float
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The effect of a walk on one measure, in sd.

    Attributes
    ----------
    label : str
        What it is of.
    drawn, real : float or None
        Of drawn pictures and of real cells; None where there are none.
    is_own : bool
        Whether it is what the dimension is named after.
    """

    label: str
    drawn: float | None
    real: float | None
    is_own: bool = False


def dot_chart(dots: Sequence[Dot]) -> str:
    """Return dots with intervals between -1 and 1; "" without any."""
    if not dots:
        return ""
    lines = []
    for n, dot in enumerate(dots):
        y = _LINE * n + _LINE / 2
        low, at, high = (_place(v, 1.0) for v in (dot.low, dot.value, dot.high))
        lines.append(
            f'<g class="{_kind(dot.is_own)}">{_text(dot.label, y)}'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
            f'<circle cx="{at:.1f}" cy="{y}" r="4"/>{_number(dot.value, y)}</g>'
        )
    return _svg(lines, len(dots))


def bar_chart(rows: Sequence[Row]) -> str:
    """Return bars of effects, drawn above real; "" without any."""
    shown = [row for row in rows if _known(row.drawn) or _known(row.real)]
    if not shown:
        return ""
    values = [v for row in shown for v in (row.drawn, row.real) if v is not None]
    reach = min(_MOST_SD, max(1.0, *(abs(v) for v in values if isfinite(v))))
    lines = []
    for n, row in enumerate(shown):
        y = _LINE * n + _LINE / 2
        bars = _bar(row.drawn, reach, y - 6, "drawn") + _bar(
            row.real, reach, y + 1, "real"
        )
        first = row.drawn if _known(row.drawn) else row.real
        lines.append(
            f'<g class="{_kind(row.is_own)}">{_text(row.label, y)}{bars}'
            f"{_number(first or 0.0, y)}</g>"
        )
    key = (
        '<p class="key"><i class="drawn"></i> drawn pictures '
        '<i class="real"></i> nearest real cells</p>'
    )
    return _svg(lines, len(shown)) + key


def _svg(lines: Sequence[str], n: int) -> str:
    middle = _LABEL + _PLOT / 2
    axis = f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{n * _LINE}"/>'
    return (
        f'<svg viewBox="0 0 {_WIDTH} {n * _LINE}" role="img">{axis}'
        f"{''.join(lines)}</svg>"
    )


def _bar(value: float | None, reach: float, y: float, kind: str) -> str:
    if value is None or not isfinite(value):
        return ""
    middle, end = _LABEL + _PLOT / 2, _place(value, reach)
    left, width = min(middle, end), abs(end - middle)
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{y}" width="{width:.1f}" height="5"/>'
    )


def _place(value: float, reach: float) -> float:
    part = max(-1.0, min(1.0, value / reach))
    return _LABEL + _PLOT / 2 * (1 + part)


def _text(label: str, y: float) -> str:
    return f'<text x="{_LABEL - 8}" y="{y + 4}" class="label">{escape(label)}</text>'


def _number(value: float, y: float) -> str:
    shown = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
    return f'<text x="{_WIDTH}" y="{y + 4}" class="value">{shown}</text>'


def _kind(is_own: bool) -> str:
    return "own" if is_own else "other"


def _known(value: float | None) -> bool:
    return value is not None and isfinite(value)
