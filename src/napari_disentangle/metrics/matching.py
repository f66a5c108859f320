"""Which dimension holds which factor, one to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def match_dimensions(strength: NDArray[np.float64]) -> tuple[int | None, ...]:
    """Return the dimension of each factor such that the sum of strengths is largest.

    No dimension is given to two factors (Hungarian matching).

    Parameters
    ----------
    strength : array, (J, K), finite
        How well dimension j stands for factor k: importances of DCI, information of
        MIG, or `S` of OMES.

    Returns
    -------
    tuple of int or None, length K
        None for a factor without a dimension, where K exceeds J, or with a strength of
        0.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(strength, maximize=True)
    found = {int(k): int(j) for j, k in zip(rows, columns, strict=True)}
    held = {k: j for k, j in found.items() if strength[j, k] > 0}
    return tuple(held.get(k) for k in range(strength.shape[1]))
