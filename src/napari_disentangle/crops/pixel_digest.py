"""Numbers that tell whether the pixels of an object are still those it was cut from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.planes import Planes
from napari_disentangle.crops.regions import BOX, describe_sections
from napari_disentangle.crops.windows import WindowCrops
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.tasks import Task

Plane = tuple[int, int]
"""Frame and z."""

_STEP = 256  # objects between two reports
_EDGE = 1 / 64  # of a window's side, read beyond it when it is made smaller


@dataclass(frozen=True, slots=True, eq=False)
class PixelDigest:
    """What the pixels were when cells were cut or encoded.

    Attributes
    ----------
    objects : pandas.DataFrame
        From `iter_digest_objects`.
    planes : dict of (frame, z) to int
        From `digest_planes`: to find out soon that nothing has changed.
    """

    objects: pd.DataFrame
    planes: dict[Plane, int]


class _Place(NamedTuple):
    """Which pixels of an image count for an object."""

    frame: int
    label: int
    z0: int
    z1: int
    ys: slice
    xs: slice


def iter_digest_pixels(
    crops: ImageCrops, image: NDArray[Any], labels: LazyArray | None
) -> Task[Progress, PixelDigest]:
    """Return a digest of the pixels of all objects and planes of an image in memory.

    Parameters
    ----------
    crops, image, labels
        As of `iter_digest_objects`.
    """
    objects = yield from iter_digest_objects(crops, image, labels)
    planes = set(product(range(image.shape[0]), range(image.shape[1])))
    return PixelDigest(objects, digest_planes(image, planes))


def digest_planes(image: NDArray[Any], planes: Collection[Plane]) -> dict[Plane, int]:
    """Return a digest of the pixels of some planes, all channels.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X)
        In memory.
    planes : collection of (frame, z)
        Which.
    """
    return {at: _crc(image[at]) for at in planes}


def iter_digest_objects(
    crops: ImageCrops,
    image: LazyArray,
    labels: LazyArray | None,
    planes: Collection[Plane] | None = None,
) -> Task[Progress, pd.DataFrame]:
    """Look at all pixels on which crop and measurements of each object depend.

    With the background suppressed these are the object's own, else those of its window.
    All channels count, since all are measured.

    Parameters
    ----------
    crops : ImageCrops
        N crops.
    image : array, (T, Z, C, Y, X)
        The image as it is now.
    labels : array, (T, Z, Y, X), or None
        Labels that the crops were cut from; None of points and boxes.
    planes : collection of (frame, z), optional
        Only objects that reach into these; all by default.

    Returns
    -------
    pandas.DataFrame
        `frame`, `label` and `digest`, which changes with those pixels; of a billion
        edits about one would pass unseen.
    """
    pixels, rows = Planes(image), []
    masks = None if labels is None or not crops.is_masked() else Planes(labels)
    places = [place for place in _places(crops) if _meets(place, planes)]
    for done, place in enumerate(places, start=1):
        rows.append((place.frame, place.label, _digest(place, pixels, masks)))
        if done % _STEP == 0 or done == len(places):
            yield Progress("Looking at pixels", done, len(places))
    return pd.DataFrame(rows, columns=["frame", "label", "digest"], dtype=np.int64)


def changed_cells(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` and `label` of the objects in both with another digest."""
    both = before.merge(now, on=["frame", "label"], suffixes=("", "_now"))
    differs = both["digest"] != both["digest_now"]
    return both.loc[differs, ["frame", "label"]].reset_index(drop=True)


def _digest(place: _Place, pixels: Planes, masks: Planes | None) -> int:
    depth = range(place.z0, place.z1)
    frame, ys, xs = place.frame, place.ys, place.xs
    mask: Any = ...
    if masks is not None:
        own = [masks.read(frame, z, ys, xs) == place.label for z in depth]
        mask = (..., np.any(own, axis=0))
    found = 0
    for z in depth:
        found = _crc(pixels.read(frame, z, ys, xs)[mask], found)
    return found


def _crc(values: NDArray[Any], before: int = 0) -> int:
    return crc32(np.ascontiguousarray(values).data, before)


def _meets(place: _Place, planes: Collection[Plane] | None) -> bool:
    depth = range(place.z0, place.z1)
    return planes is None or any((place.frame, z) in planes for z in depth)


def _places(crops: ImageCrops) -> Iterator[_Place]:
    """Return where to look at each object, also at those without a crop."""
    windows = {place[:2]: place for place in _windows(crops)}
    if not isinstance(crops, LabelCrops):
        yield from windows.values()
        return
    regions = describe_sections(crops.sections, crops.shape, "")
    names = ("frame", "label", "z0", "z1", *BOX)
    for frame, label, z0, z1, y0, x0, y1, x1 in regions[[*names]].to_numpy().tolist():
        own = _Place(frame, label, z0, z1, slice(y0, y1), slice(x0, x1))
        window = None if crops.is_masked() else windows.get((frame, label))
        yield own if window is None else _around(own, window)


def _around(one: _Place, other: _Place) -> _Place:
    """Return what holds both places of an object; its depth is that of the first."""
    ys, xs = (
        slice(min(a.start, b.start), max(a.stop, b.stop))
        for a, b in ((one.ys, other.ys), (one.xs, other.xs))
    )
    return one._replace(ys=ys, xs=xs)


def _windows(crops: ImageCrops) -> Iterator[_Place]:
    """Return what is read for each crop, at least; of a masked box what is in it."""
    at, size = crops.windows, crops.shape[-2:]
    reach = (at.side * (0.5 + _EDGE) + 1)[:, None]
    low, high = at.center - reach, at.center + reach
    if isinstance(crops, WindowCrops) and crops.is_masked():
        low = np.maximum(low, crops.boxes[:, :2])
        high = np.minimum(high, crops.boxes[:, 2:])
    low = np.clip(np.floor(low), 0, np.array(size) - 1).astype(int)
    high = np.clip(np.ceil(high) + 1, low + 1, size).astype(int)
    keys = crops.table[["frame", "label"]].to_numpy()
    for row, (frame, label) in enumerate(keys.tolist()):
        (y0, x0), (y1, x1) = low[row], high[row]
        depth = int(at.z0[row]), int(at.z1[row])
        yield _Place(frame, label, *depth, slice(y0, y1), slice(x0, x1))
