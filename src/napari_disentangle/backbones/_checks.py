"""What the scalers refuse, when fitted, used and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError, ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float32]


def check(values: Array, width: int | None = None) -> None:
    """Refuse anything but a finite table of `width` columns.

    Raises
    ------
    DataError
        If `values` are not that.
    """
    if values.ndim != 2 or (width is not None and values.shape[1] != width):
        wanted = f"(N, {'D' if width is None else width})"
        raise DataError(f"Features must have shape {wanted}; got {values.shape}.")
    if not np.isfinite(values).all():
        bad = int(np.count_nonzero(~np.isfinite(values).all(axis=1)))
        raise DataError(
            f"Features of {bad} of {len(values)} objects hold NaN or infinity; remove "
            "those objects or repair their image."
        )


def take(arrays: Mapping[str, NDArray[np.floating]], *names: str) -> list[Array]:
    """Return saved arrays of a scaler as float32, in the order of `names`.

    Raises
    ------
    ModelError
        If one is missing or holds NaN or infinity.
    """
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ModelError(f"The feature scaler lacks {', '.join(missing)}.")
    taken = [float32(arrays[name]) for name in names]
    if not all(np.isfinite(array).all() for array in taken):
        raise ModelError("The feature scaler holds NaN or infinity.")
    return taken


def expect(name: str, array: Array, shape: tuple[int, ...]) -> None:
    """Refuse a saved array of another shape.

    Raises
    ------
    ModelError
        Naming the array and both shapes.
    """
    if array.shape != shape:
        raise ModelError(
            f"The feature scaler's {name} has shape {array.shape}, which does not fit "
            f"its other arrays (expected {shape})."
        )


def float32(array: NDArray[np.floating]) -> Array:
    """Return `array` as contiguous float32."""
    return np.ascontiguousarray(array, np.float32)
