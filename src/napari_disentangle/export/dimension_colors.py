"""The color of each dimension in figures, the same in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNNAMED = "residual_"
"""How the names of dimensions without a name begin."""

_COLORS = ("#7b5ea7", "#d9822b", "#3f8f5b", "#3b6ea5", "#b8405e", "#8a7a3a", "#3aa0a0")


def dimension_colors(dimensions: Sequence[str], gray: str) -> list[tuple[str, str]]:
    """Return each dimension and its color: `gray` for those without a name."""
    named = [name for name in dimensions if not name.startswith(UNNAMED)]
    color = {name: _COLORS[i % len(_COLORS)] for i, name in enumerate(named)}
    return [(name, color.get(name, gray)) for name in dimensions]
