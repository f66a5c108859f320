"""What every score asks of its two arrays, checked once and said in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.factors import FactorSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def check_codes(codes: ArrayLike, what: str = "Codes") -> NDArray[np.floating]:
    """Return `codes` as a floating array, (N, J), that is finite and not empty.

    Parameters
    ----------
    codes : array, (N, J)
        One row a sample, one column a latent dimension. float32 stays float32.
    what : str
        What to call the array in an error.

    Raises
    ------
    DataError
        If it is not a 2-D numeric table, is empty, or holds NaN or infinity.
    """
    values = np.asarray(codes)
    if values.ndim != 2 or values.size == 0 or values.dtype.kind not in "fiub":
        raise DataError(
            f"{what} must be a numeric table of samples by dimensions; "
            f"got shape {values.shape} of {values.dtype}."
        )
    if values.dtype != np.float32:
        values = values.astype(np.float64)
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise DataError(
            f"{what} hold NaN or infinity in {int(bad.sum())} of {len(bad)} rows "
            f"(first: row {int(bad.argmax())}); remove these rows."
        )
    return values


def check_factors(
    factors: ArrayLike, n_samples: int, names: Sequence[str] | None = None
) -> tuple[FactorSpace, NDArray[np.int64]]:
    """Return the factor space that `factors` span, and each sample's position in it.

    Parameters
    ----------
    factors : array, (N, K)
        One row a sample, one column a factor; any sortable values.
    n_samples : int
        Rows of the codes that go with them.
    names : sequence of str, length K, optional
        Names of the factors; by default ``factor_0`` ...

    Returns
    -------
    space : FactorSpace
        Names and the number of values that occur.
    positions : array, (N, K)
        Rank of each value among those of its factor, 0 for the smallest.

    Raises
    ------
    DataError
        If the length differs from the codes', a value is missing, or a factor has a
        single value.
    """
    values = np.asarray(factors)
    if values.ndim != 2 or values.shape[1] == 0:
        raise DataError(
            f"Factors must be a table of samples by factors; got shape {values.shape}."
        )
    if len(values) != n_samples:
        raise DataError(
            f"There are {n_samples} codes but {len(values)} rows of factors; "
            "give one row of factors for each code, in the same order."
        )
    named = _check_names(names, values.shape[1])
    columns = [_ranks(values[:, k], name) for k, name in enumerate(named)]
    sizes = tuple(int(column.max()) + 1 for column in columns)
    return FactorSpace(named, sizes), np.stack(columns, axis=1)


def _check_names(names: Sequence[str] | None, n_factors: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"factor_{k}" for k in range(n_factors))
    if len(names) != n_factors:
        raise DataError(f"{len(names)} names were given for {n_factors} factors.")
    return tuple(names)


def _ranks(column: NDArray[np.generic], name: str) -> NDArray[np.int64]:
    if (column != column).any():  # NaN, in a table of numbers or of objects
        raise DataError(
            f"Factor {name!r} has missing values; fill them or remove these rows."
        )
    try:
        values, ranks = np.unique(column, return_inverse=True)
    except TypeError as error:  # text beside numbers or None
        raise DataError(
            f"Factor {name!r} mixes kinds of values; use numbers or text throughout."
        ) from error
    if len(values) < 2:
        raise DataError(
            f"Factor {name!r} has the single value {values[0]!s}, so nothing about it "
            "can be scored; leave it out."
        )
    return np.asarray(ranks, np.int64)
