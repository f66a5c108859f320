"""Did dimensions keep their meaning: codes of the same inputs before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes
from napari_disentangle.metrics.matching import match_dimensions

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MIN_SD = 0.05
"""A dimension whose mean varies less over all inputs is silent."""


@dataclass(frozen=True, slots=True, eq=False)
class Persistence:
    """How far each dimension of a code agrees with itself before a change.

    Attributes
    ----------
    correlation : array, (J, L), in [-1, 1]
        Pearson correlation of dimension j after with dimension l before, J >= L. 0
        where one of them does not vary.
    drift : array, (L,)
        Root mean square change of each dimension, in sd of its codes before.
    sd_before : array, (L,)
        Standard deviation of each dimension before.
    sd_after : array, (J,)
        Standard deviation of each dimension after.
    """

    correlation: NDArray[np.float64]
    drift: NDArray[np.float64]
    sd_before: NDArray[np.float64]
    sd_after: NDArray[np.float64]

    @property
    def kept(self) -> NDArray[np.float64]:
        """Correlation of each dimension with itself before, (L,); -1 is mirrored."""
        return np.diagonal(self.correlation)

    @property
    def matching(self) -> tuple[int | None, ...]:
        """The dimension after that best stands for each one before, one to one.

        Hungarian matching of absolute correlations (`match_dimensions`).
        """
        return match_dimensions(np.abs(self.correlation))

    @property
    def swapped(self) -> tuple[int, ...]:
        """Dimensions whose content is now found better in another one."""
        strength = np.abs(self.correlation)
        return tuple(
            j
            for j, best in enumerate(self.matching)
            if best is not None and strength[best, j] > strength[j, j]
        )

    @property
    def dead(self) -> tuple[int, ...]:
        """Dimensions that varied before and are silent now."""
        n = len(self.sd_before)
        silent = (self.sd_before >= MIN_SD) & (self.sd_after[:n] < MIN_SD)
        return tuple(int(j) for j in np.flatnonzero(silent))


def persistence(before: ArrayLike, after: ArrayLike) -> Persistence:
    """Compare the codes of the same inputs before and after a change of the model.

    Parameters
    ----------
    before : array, (N, L)
        Codes before.
    after : array, (N, J), J >= L
        Codes after; dimensions beyond L are new ones.

    Raises
    ------
    DataError
        If the codes are not finite, are not of the same inputs, or got fewer.
    """
    old = check_codes(before, "Codes before").astype(np.float64)
    new = check_codes(after, "Codes after").astype(np.float64)
    if len(old) != len(new) or new.shape[1] < old.shape[1]:
        raise DataError(
            f"Codes before and after must be of the same inputs and at least as many "
            f"after as before; got {old.shape} and {new.shape}."
        )
    sd_old, sd_new = old.std(axis=0), new.std(axis=0)
    change = new[:, : old.shape[1]] - old
    rms = np.sqrt(np.mean(change**2, axis=0))
    return Persistence(
        _unit(new, sd_new).T @ _unit(old, sd_old) / len(old),
        rms / np.where(sd_old > 0, sd_old, 1.0),
        sd_old,
        sd_new,
    )


def _unit(codes: NDArray[np.float64], sd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return codes of mean 0 and sd 1, (N, J); constant dimensions become 0."""
    varies = sd > 1e-9
    return np.where(varies, (codes - codes.mean(axis=0)) / np.where(varies, sd, 1), 0.0)
