"""Crops of objects in many image files; a file is read when its crops are cut."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from napari_disentangle.crops.cut import cut_image
from napari_disentangle.crops.intensity import limits_of, normalize
from napari_disentangle.crops.picture_files import read_mask, read_picture
from napari_disentangle.crops.resize import axis_weights, resample
from napari_disentangle.crops.windows import box_mask
from napari_disentangle.errors import CropError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.picture_files import Kind

KEPT_IMAGES = 4
"""Images in memory at once; objects of one image come one after the other."""


class Place(NamedTuple):
    """Where an object is.

    Attributes
    ----------
    image : Path
        Image file.
    mask : Path, array, (4,), or None
        What belongs to the object: a mask file, or a box ``y0, x0, y1, x1``. Without it
        the background is kept.
    y, x : float
        Center of the window; pixel i is centered on i.
    side : float
        Side of the window in pixels.
    """

    image: Path
    mask: Path | NDArray[np.float64] | None
    y: float
    x: float
    side: float


class FileCrops:
    """One crop a row of a table of objects in image files.

    Without a mask, what is beyond the border of an image is never black, which would be
    read as a part of the cell. A field of many cells is mirrored. A picture of one cell
    is continued in the median color of its border: mirrored, it would show several
    cells wherever the window is much larger than the picture. (Cells of BCCD saved as
    pictures of 10 to 310 px, common window, bundled model: `z_scale` follows the size
    with |rho| .97 so, .61 with the wrong sign when mirrored.)

    Attributes
    ----------
    table : pandas.DataFrame
        One row a crop, sorted by `KEY`: the `ID_COLUMNS`, `pos_y`, `pos_x` and
        `annotation`, the object's class.
    skipped : pandas.DataFrame
        `KEY` and `reason` of the objects and files that have no crop.
    window_px : float
        Side of the window in image pixels; NaN where each crop has its own.
    limits : dict of Kind to array, (C, 2), float64
        Intensities that become 0 and 1 in each channel that is shown.
    config : CropConfig
        The choices they are cut by.
    places : tuple of Place, length N
        Where each is cut.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        skipped: pd.DataFrame,
        places: Sequence[Place],
        limits: Mapping[Kind, NDArray[np.float64]],
        config: CropConfig,
        *,
        mirrored: bool,
    ) -> None:
        self.table = table
        self.skipped = skipped
        self.limits = dict(limits)
        self.config = config
        common = config.window == "common"
        self.window_px = places[0].side if common else float("nan")
        self.places = tuple(places)
        self._mirrored = mirrored
        self._read = lru_cache(maxsize=KEPT_IMAGES)(self._read_planes)

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows`, (n, 3, size, size), in [0, 1].

        One channel is shown as gray; of two, the third is 0.

        Raises
        ------
        StorageError, DataError
            If a file cannot be read any more.
        """
        crops = np.zeros((len(rows), 3, size, size), np.float32)
        for crop, row in zip(crops, rows, strict=True):
            channels = self._cut(self.places[int(row)], size)
            crop[: len(channels)] = channels
            if len(channels) == 1:
                crop[1:] = channels
        return crops

    def take(self, rows: NDArray[np.int64]) -> FileCrops:
        """Return some of the crops, cut by the same windows and limits."""
        return FileCrops(
            self.table.iloc[rows].reset_index(drop=True),
            self.skipped,
            [self.places[int(row)] for row in rows],
            self.limits,
            self.config,
            mirrored=self._mirrored,
        )

    def side_px(self, row: int) -> float:
        """Return the side of the window of `row` in image pixels."""
        return self.places[row].side

    def _cut(self, place: Place, size: int) -> NDArray[np.float32]:
        planes, center = self._read(place.image), (place.y, place.x)
        mask = mask_of(place, planes.shape[1:])
        if mask is None and not self._mirrored:
            return cut_padded(planes, center, place.side, size)
        return cut_image(planes, center, place.side, size, mask)

    def _read_planes(self, image: Path) -> NDArray[np.float32]:
        picture = read_picture(image, self.config.projection)
        limits = self.limits[picture.kind]
        return normalize(picture.planes[channels_of(picture.kind, self.config)], limits)


def mask_of(place: Place, shape: tuple[int, int]) -> NDArray[Any] | None:
    """Return how much of each pixel, (Y, X), belongs to the object; None: all of it.

    Raises
    ------
    StorageError, DataError
        If the mask cannot be read, or is not of the image's `shape`.
    """
    if isinstance(place.mask, np.ndarray):
        return box_mask(place.mask, *(slice(0, length) for length in shape))
    return None if place.mask is None else read_mask(place.mask, shape)


def find_file_limits(
    samples: Mapping[Kind, NDArray[Any]], config: CropConfig
) -> dict[Kind, NDArray[np.float64]]:
    """Return one pair of limits a channel for all images of a kind.

    With ``intensity="auto"`` 8-bit images are used as they are, gray ones too, so that
    those of a mixed folder stay comparable.

    Parameters
    ----------
    samples : dict of Kind to array, (C, n)
        Some pixels of all images of a kind.
    config : CropConfig
        Channels and kind of limits.

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    DataError
        If images of a kind are empty or constant.
    """
    limits = {}
    for kind, sample in samples.items():
        is_8_bit = kind.dtype == "uint8" and config.intensity == "auto"
        chosen = config.replace(intensity="full") if is_8_bit else config
        values = [v[np.isfinite(v)] for v in sample[channels_of(kind, config)]]
        is_rgb = kind.is_rgb and not config.channels
        limits[kind] = limits_of(values, np.dtype(kind.dtype), chosen, is_rgb=is_rgb)
    return limits


def channels_of(kind: Kind, config: CropConfig) -> list[int]:
    """Return the channels to show: those chosen, or the first three.

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    """
    channels = config.shown_channels(kind.n_channels)
    if max(channels) >= kind.n_channels:
        raise CropError(
            f"There is no channel {max(channels)}; images of the folder have "
            f"{kind.n_channels} (counted from 0)."
        )
    return list(channels)


def cut_padded(
    image: NDArray[np.float32], center: tuple[float, float], side: float, size: int
) -> NDArray[np.float32]:
    """Return one square window of an image in memory, (C, size, size).

    Parameters
    ----------
    image : array, (C, Y, X), in [0, 1]
        Continued beyond its borders in their median color.
    center : pair of float
        Center in y and x; pixel i is centered on i.
    side : float
        Side of the window in pixels.
    size : int
        Side of the crop in pixels.
    """
    y, x = (
        axis_weights(at, side, size, length, reflect=False)
        for at, length in zip(center, image.shape[1:], strict=True)
    )
    color = border_color(image)[:, None, None]
    crop = resample(image[:, y.span, x.span] - color, y, x) + color
    return np.clip(crop, 0, 1, out=crop)


def border_color(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the median color, (C,), of the outermost pixels of an image, (C, Y, X)."""
    edges = (image[:, 0], image[:, -1], image[:, :, 0], image[:, :, -1])
    return np.asarray(np.median(np.concatenate(edges, axis=1), axis=1), np.float32)
