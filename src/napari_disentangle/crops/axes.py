"""Canonical views of images, (T, Z, C, Y, X), and of labels, (T, Z, Y, X).

An axes string names the axes of an array in order, with the letters of ``tzcyx``:
``"yx"``, ``"tyx"``, ``"yxc"`` (RGB), ``"tczyx"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError, require

if TYPE_CHECKING:
    from collections.abc import Sequence

LazyArray: TypeAlias = Any
"""A numpy or dask array; anything else that can be sliced is wrapped by dask."""

IMAGE_AXES = "tzcyx"
LABEL_AXES = "tzyx"

Stack: TypeAlias = Literal["time", "z", "channel"]
"""What a third axis that is not color means."""


def to_tzcyx(image: LazyArray, axes: str) -> LazyArray:
    """Return `image` as a view, (T, Z, C, Y, X); missing axes get length 1.

    Parameters
    ----------
    image : array
        A numpy, dask or zarr array; nothing is read.
    axes : str
        Its axes in order.

    Raises
    ------
    DataError
        If `axes` does not fit the array.
    """
    return _arrange(image, axes, IMAGE_AXES, "image")


def to_tzyx(labels: LazyArray, axes: str) -> LazyArray:
    """Return `labels` as a view, (T, Z, Y, X); missing axes get length 1.

    Raises
    ------
    DataError
        If `axes` does not fit the array, or names channels.
    """
    return _arrange(labels, axes, LABEL_AXES, "labels")


def guess_axes(shape: Sequence[int], is_rgb: bool, stack: Stack = "time") -> str:
    """Return the likely axes of an array of `shape`.

    Parameters
    ----------
    shape : sequence of int
        Lengths of the axes.
    is_rgb : bool
        Whether the last axis is color.
    stack : {"time", "z", "channel"}
        What a single further axis is.

    Raises
    ------
    DataError
        If there are fewer than two or more than five axes.
    """
    color = "c" if is_rgb else ""
    extra = len(shape) - 2 - len(color)
    leading = {
        0: "",
        1: {"time": "t", "z": "z", "channel": "c"}[stack],
        2: "tc" if stack == "channel" else "tz",
        3: "tcz",
    }
    axes = leading.get(extra, "?") + "yx" + color
    if "?" in axes or len(set(axes)) < len(axes):
        raise DataError(
            f"Cannot tell the axes of an array of shape {tuple(shape)}; "
            f"name them with the letters of {IMAGE_AXES!r}."
        )
    return axes


def has_rgb(shape: Sequence[int], axes: str) -> bool:
    """Return whether the last axis is color: named c, with three or four entries."""
    return axes.endswith("c") and shape[-1] in (3, 4)


def as_sliceable(array: LazyArray) -> LazyArray:
    """Return `array` as numpy or dask, reading nothing that is stored in chunks."""
    if isinstance(array, np.ndarray) or hasattr(array, "dask"):
        return array
    if getattr(array, "chunks", None) is not None:
        return require("dask.array", extra="large").from_array(array)
    return np.asarray(array)


def _arrange(array: LazyArray, axes: str, target: str, what: str) -> LazyArray:
    array = as_sliceable(array)
    wrong = set(axes) - set(target)
    if wrong or len(set(axes)) < len(axes) or not {"y", "x"} <= set(axes):
        raise DataError(
            f"Axes {axes!r} do not describe {what}; use each of {target!r} at most "
            "once, y and x always."
        )
    if array.ndim != len(axes):
        raise DataError(
            f"Axes {axes!r} name {len(axes)} axes; the {what} have shape "
            f"{tuple(array.shape)}."
        )
    ordered = array.transpose([axes.index(name) for name in target if name in axes])
    return ordered[tuple(slice(None) if name in axes else None for name in target)]
