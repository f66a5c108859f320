"""Windows of the planes of an array that may be larger than memory."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray

TILE_PX = 2048
"""Side of the tiles in which arrays without chunks are scanned."""

LEAST_TILE_PX = 256
"""Smaller chunks are read several at a time."""

CACHE_BYTES = 2**28
"""Memory for tiles that were read from a chunked array."""


class Tile(NamedTuple):
    """A rectangle of one plane."""

    frame: int
    z: int
    ys: slice
    xs: slice


class Planes:
    """The planes of an array, read window by window.

    A chunked (dask) array is read a whole chunk at a time, each chunk once while it is
    in the cache, and only the chunks and channels that a window needs.

    Parameters
    ----------
    array : numpy or dask array, (T, Z, C, Y, X) or (T, Z, Y, X)
        The planes.
    channels : sequence of int, optional
        Channels to read, in this order; all by default.

    Attributes
    ----------
    n_frames, n_z, height, width : int
        Lengths of the axes.
    n_channels : int
        Channels that are read; 1 for labels.
    dtype : numpy.dtype
        Type of the pixels.
    """

    def __init__(self, array: LazyArray, channels: Sequence[int] | None = None) -> None:
        self.is_lazy = not isinstance(array, np.ndarray)
        if self.is_lazy and channels is not None:
            array, channels = array[:, :, list(channels)], None
        self.dtype = np.dtype(array.dtype)
        self.n_frames, self.n_z = array.shape[:2]
        self.height, self.width = array.shape[-2:]
        self.n_channels = _n_channels(array, channels)
        self._array = array
        self._channels = None if channels is None else list(channels)
        self._y_bounds = self._bounds(-2)
        self._x_bounds = self._bounds(-1)
        self._cache: OrderedDict[tuple[int, ...], NDArray[Any]] = OrderedDict()
        self._cached_bytes = 0

    def read(self, frame: int, z: int, ys: slice, xs: slice) -> NDArray[Any]:
        """Return a window, (C, h, w) or (h, w), of one plane; not to be written to."""
        if not self.is_lazy:
            window: NDArray[Any] = self._array[frame, z, ..., ys, xs]
            return window if self._channels is None else window[self._channels]
        rows = _overlapping(self._y_bounds, ys)
        columns = _overlapping(self._x_bounds, xs)
        strips = [
            np.concatenate([self._part(frame, z, i, j, ys, xs) for j in columns], -1)
            for i in rows
        ]
        return np.concatenate(strips, -2)

    def tiles(self) -> list[Tile]:
        """Return the tiles that cover all planes, plane by plane."""
        return [
            Tile(frame, z, ys, xs)
            for frame, z in product(range(self.n_frames), range(self.n_z))
            for ys, xs in product(_slices(self._y_bounds), _slices(self._x_bounds))
        ]

    def _bounds(self, axis: int) -> list[int]:
        length = self._array.shape[axis]
        if not self.is_lazy:
            return [*range(0, length, TILE_PX), length]
        bounds = [0]
        for end in np.cumsum(self._array.chunks[axis]).tolist():
            if end - bounds[-1] >= LEAST_TILE_PX:
                bounds.append(end)
        return bounds if bounds[-1] == length else [*bounds, length]

    def _part(
        self, frame: int, z: int, i: int, j: int, ys: slice, xs: slice
    ) -> NDArray[Any]:
        tile = self._tile(frame, z, i, j)
        inside = (
            slice(max(ys.start - self._y_bounds[i], 0), ys.stop - self._y_bounds[i]),
            slice(max(xs.start - self._x_bounds[j], 0), xs.stop - self._x_bounds[j]),
        )
        return tile[(..., *inside)]

    def _tile(self, frame: int, z: int, i: int, j: int) -> NDArray[Any]:
        key = (frame, z, i, j)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        ys, xs = slice(*self._y_bounds[i : i + 2]), slice(*self._x_bounds[j : j + 2])
        tile = np.asarray(self._array[frame, z, ..., ys, xs])
        self._cache[key] = tile
        self._cached_bytes += tile.nbytes
        while self._cached_bytes > CACHE_BYTES and len(self._cache) > 1:
            self._cached_bytes -= self._cache.popitem(last=False)[1].nbytes
        return tile


def _slices(bounds: list[int]) -> Iterator[slice]:
    return (slice(start, stop) for start, stop in pairwise(bounds))


def _overlapping(bounds: list[int], window: slice) -> range:
    first = np.searchsorted(bounds, window.start, side="right") - 1
    last = np.searchsorted(bounds, window.stop, side="left")
    return range(int(first), int(last))


def _n_channels(array: LazyArray, channels: Sequence[int] | None) -> int:
    if array.ndim == 4:
        return 1
    return int(array.shape[2]) if channels is None else len(channels)
