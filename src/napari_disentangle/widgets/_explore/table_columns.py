"""Which columns of a table are shown, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_HIDDEN = ("index", "model")
_FIRST = ("label", "roi_id", "frame", "annotation", "prediction", "probability", "z_")


def shown_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns shown: ids, then classes and codes, positions last."""
    names = [str(name) for name in table if _is_shown(table, str(name))]
    places = [
        next((i for i, start in enumerate(_FIRST) if name.startswith(start)), 9)
        for name in names
    ]
    last = [name.startswith("pos_") for name in names]
    order = sorted(range(len(names)), key=lambda i: (last[i], places[i]))
    return [names[i] for i in order]


def _is_shown(table: pd.DataFrame, name: str) -> bool:
    spread = name.endswith("_sd") and name.removesuffix("_sd") in table
    alike = name in ("roi_id", "frame") and table[name].nunique() <= 1
    return name not in _HIDDEN and not spread and not alike
