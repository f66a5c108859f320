"""What an arm gives: a few numbers a cell, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.tables import NAMED_FACTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.recipes.transfer.plan import Code

_EMPTY = np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Codes of all N crops, by an arm that learned from some of them.

    Attributes
    ----------
    codes : dict of str to array, (N, J), float32
        The codes that are classified: five named numbers, or all.
    dimensions : tuple of str
        Names of the columns of the named code; of controls they mean nothing.
    seconds : float
        Processor time, of all threads, that learning took, without reading features.
        Unlike time on the clock it does not depend on what else the machine does.
    labeled : array, (n,)
        Rows whose classes alone a classifier may learn; empty: all it trains on.
    probe : array, (P, L)
        Codes of the Source images through the fine-tuned model; empty without one.
    """

    codes: dict[Code, NDArray[np.float32]]
    dimensions: tuple[str, ...] = ()
    seconds: float = 0.0
    labeled: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    probe: NDArray[np.float32] = field(default_factory=lambda: _EMPTY)


def named_columns(dimensions: Sequence[str]) -> tuple[int, ...]:
    """Return which dimensions are named after a factor."""
    factors = {*NAMED_FACTORS}
    return tuple(
        j for j, name in enumerate(dimensions) if name.removesuffix("_2") in factors
    )
