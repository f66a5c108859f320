"""Crops of cells: a square window around each, resized, its background suppressed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from napari_disentangle.crops.images import check_match
from napari_disentangle.crops.intensity import find_limits, normalize
from napari_disentangle.crops.missing import MISSING, iter_missing
from napari_disentangle.crops.plan import (
    check_limits,
    guess_rgb,
    open_channels,
    split_skipped,
    window_sides,
)
from napari_disentangle.crops.planes import Planes
from napari_disentangle.crops.regions import BOX, describe_sections, iter_sections
from napari_disentangle.crops.resize import axis_weights, resample
from napari_disentangle.errors import NoCellsError
from napari_disentangle.tables import ID_COLUMNS
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.config import CropConfig


@dataclass(frozen=True, slots=True)
class Windows:
    """Where crops are cut, one row a crop.

    Attributes
    ----------
    frame, z0, z1 : array, (N,), int64
        Time point and half-open range of planes.
    center : array, (N, 2), float64
        Center in y and x; pixel i is centered on i.
    side : array, (N,), float64
        Side in pixels.
    """

    frame: NDArray[np.int64]
    z0: NDArray[np.int64]
    z1: NDArray[np.int64]
    center: NDArray[np.float64]
    side: NDArray[np.float64]


class ImageCrops(ABC):
    """Crops of one image, cut on demand; what `LabelCrops` and `WindowCrops` share.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a crop, sorted by `KEY`: the `ID_COLUMNS`, `pos_y`, `pos_x` and in a
        z-stack `pos_z` (pixels).
    skipped : pandas.DataFrame
        `KEY` and `reason` of the objects that have no crop.
    limits : array, (C, 2), float64
        Intensities that become 0 and 1 in each channel that is read.
    window_px : float
        Side of the window in image pixels; NaN where each crop has its own.
    config : CropConfig
        The choices they are cut by.
    windows : Windows
        Where they are cut.
    """

    def __init__(
        self,
        planes: Planes,
        windows: Windows,
        table: pd.DataFrame,
        skipped: pd.DataFrame,
        limits: NDArray[np.float64],
        config: CropConfig,
    ) -> None:
        self.table = table
        self.skipped = skipped
        self.limits = limits
        self.config = config
        common = config.window == "common"
        self.window_px = float(windows.side[0]) if common else float("nan")
        self._planes = planes
        self.windows = windows

    @property
    def shared_config(self) -> CropConfig:
        """The choices by which other crops are cut alike: the common window is set."""
        if self.config.window != "common":
            return self.config
        return self.config.replace(window_px=self.window_px)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the image without its channels, (T, Z, Y, X)."""
        planes = self._planes
        return planes.n_frames, planes.n_z, planes.height, planes.width

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows`, (n, 3, size, size), in [0, 1].

        One channel is shown as gray; of two, the third is 0.
        """
        crops = np.zeros((len(rows), 3, size, size), np.float32)
        for crop, row in zip(crops, rows, strict=True):
            channels = self._cut_row(int(row), size)
            crop[: len(channels)] = channels
            if len(channels) == 1:
                crop[1:] = channels
        return crops

    def side_px(self, row: int) -> float:
        """Return the side of the window of `row` in image pixels."""
        return float(self.windows.side[row])

    def _cut_row(self, row: int, size: int) -> NDArray[np.float32]:
        (y, x), side = self.windows.center[row], self.windows.side[row]
        masked = self.is_masked()
        planes = self._planes
        across_y = axis_weights(y, side, size, planes.height, reflect=not masked)
        across_x = axis_weights(x, side, size, planes.width, reflect=not masked)
        window = self._read(row, across_y.span, across_x.span)  # (C, h, w)
        if masked:
            window *= self._mask(row, across_y.span, across_x.span)
        return resample(window, across_y, across_x)

    def _read(self, row: int, ys: slice, xs: slice) -> NDArray[np.float32]:
        frame = int(self.windows.frame[row])
        planes = [
            normalize(self._planes.read(frame, z, ys, xs), self.limits)
            for z in range(self.windows.z0[row], self.windows.z1[row])
        ]
        return planes[0] if len(planes) == 1 else np.max(planes, axis=0)

    def is_masked(self) -> bool:
        """Return whether pixels outside the objects are set to 0."""
        return self.config.background == "suppress"

    @abstractmethod
    def _mask(self, row: int, ys: slice, xs: slice) -> NDArray[np.float32]:
        """Return how much of each pixel, (h, w), belongs to `row`, in [0, 1]."""


class LabelCrops(ImageCrops):
    """One crop an object of a labels image; made by `plan_crops`.

    Attributes
    ----------
    regions : pandas.DataFrame
        The rows of `find_regions` that belong to `table`.
    sections : pandas.DataFrame
        From `iter_sections`, of all objects: by them edits are found later.
    """

    def __init__(
        self,
        labels: Planes,
        regions: pd.DataFrame,
        sections: pd.DataFrame,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.regions = regions
        self.sections = sections
        self._labels = labels
        self._ids = regions["label"].to_numpy()

    def _mask(self, row: int, ys: slice, xs: slice) -> NDArray[np.float32]:
        frame, label = int(self.windows.frame[row]), self._ids[row]
        z_range = range(self.windows.z0[row], self.windows.z1[row])
        sections = [self._labels.read(frame, z, ys, xs) == label for z in z_range]
        mask: NDArray[np.bool_] = np.any(sections, axis=0)
        return mask.astype(np.float32)


def plan_crops(
    image: LazyArray,
    labels: LazyArray,
    config: CropConfig,
    *,
    roi_id: str = "image",
    is_rgb: bool | None = None,
    limits: NDArray[np.float64] | None = None,
) -> LabelCrops:
    """Return the crops of the objects of `labels`: see `iter_plan_crops`."""
    return run(
        iter_plan_crops(
            image, labels, config, roi_id=roi_id, is_rgb=is_rgb, limits=limits
        )
    )


def iter_plan_crops(
    image: LazyArray,
    labels: LazyArray,
    config: CropConfig,
    *,
    roi_id: str = "image",
    is_rgb: bool | None = None,
    limits: NDArray[np.float64] | None = None,
) -> Task[Progress, LabelCrops]:
    """Plan one crop an object; pixels are read and cut when asked for.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X), any real type
        The image; numpy or dask.
    labels : array, (T, Z, Y, X), any integer type
        Id of the object at each pixel; 0 is background.
    config : CropConfig
        How crops are cut.
    roi_id : str
        Name of the image in the table.
    is_rgb : bool, optional
        Whether the channels are one color image; guessed by `guess_rgb` by default.
    limits : array, (C, 2), optional
        Intensity limits of another set that these crops are to be compared with; found
        from the image by default.

    Raises
    ------
    CropError
        If shapes differ, there are no objects, or all of them are skipped.
    DataError
        If labels are no integers or negative, or the image is constant.
    """
    check_match(image, labels)
    planes = open_channels(image, config)
    sections = yield from iter_sections(labels)
    box_of: Literal["plane", "object"] = (
        "plane" if config.projection == "central" else "object"
    )
    regions = describe_sections(sections, labels.shape, roi_id, box_of=box_of)
    if regions.empty:
        raise NoCellsError(
            "The labels hold no cells (all background); draw some, or run Segment "
            "first."
        )
    reasons = _skip_reasons(regions, config)
    depth = _depth(regions, config)
    lacks = yield from iter_missing(planes, Planes(labels), regions, *depth)
    reasons[lacks & (reasons == "")] = MISSING
    regions, skipped = split_skipped(regions, reasons)
    if limits is None:
        is_rgb = guess_rgb(image, config) if is_rgb is None else is_rgb
        limits = find_limits(planes, config, is_rgb=is_rgb)
    position = [name for name in ("pos_z", "pos_y", "pos_x") if name in regions]
    return LabelCrops(
        Planes(labels),
        regions,
        sections,
        planes=planes,
        windows=_windows(regions, config),
        table=regions[[*ID_COLUMNS, *position]].copy(),
        skipped=skipped,
        limits=check_limits(limits, planes.n_channels),
        config=config,
    )


def cut_image(
    image: NDArray[np.float32],
    center: Sequence[float],
    side: float,
    size: int,
    mask: NDArray[Any] | None = None,
) -> NDArray[np.float32]:
    """Return one square window of an image in memory, (C, size, size).

    Parameters
    ----------
    image : array, (C, Y, X), in [0, 1]
        Mirrored beyond its borders, or 0 there if there is a mask.
    center : pair of float
        Center in y and x; pixel i is centered on i.
    side : float
        Side of the window in pixels.
    size : int
        Side of the crop in pixels.
    mask : array, (Y, X), bool or in [0, 1], optional
        How much of each pixel is kept.
    """
    y, x = (
        axis_weights(at, side, size, length, reflect=mask is None)
        for at, length in zip(center, image.shape[1:], strict=True)
    )
    window = image[:, y.span, x.span].astype(np.float32)
    if mask is not None:
        window *= mask[y.span, x.span]
    return resample(window, y, x)


def _skip_reasons(regions: pd.DataFrame, config: CropConfig) -> pd.Series[str]:
    reasons = pd.Series("", index=regions.index, dtype=object)
    if config.clear_border:
        reasons[regions["touches_border"]] = "cut by the image border"
    small = regions["plane_area"] < config.min_area_px
    reasons[small] = f"smaller than {config.min_area_px} px"
    return reasons


def _depth(
    regions: pd.DataFrame, config: CropConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the planes that the crop of each object shows, the last one excluded."""
    if config.projection == "central":
        z = regions["z"].to_numpy()
        return z, z + 1
    return regions["z0"].to_numpy(), regions["z1"].to_numpy()


def _windows(regions: pd.DataFrame, config: CropConfig) -> Windows:
    y0, x0, y1, x1 = (regions[name].to_numpy(np.float64) for name in BOX)
    longer = np.maximum(y1 - y0, x1 - x0)
    z0, z1 = _depth(regions, config)
    return Windows(
        frame=regions["frame"].to_numpy(),
        z0=z0,
        z1=z1,
        center=np.stack([y0 + y1 - 1, x0 + x1 - 1], axis=1) / 2,
        side=window_sides(longer, config),
    )
