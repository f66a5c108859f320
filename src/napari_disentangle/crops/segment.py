"""Labels for users who have none: a threshold, holes filled, touching cells split.

1. One gray plane is made in which cells stand out (`stand_out`).
2. It is smoothed, and thresholded over the whole plane or stack.
3. Holes are filled, plane by plane: red blood cells are rings.
4. Touching cells are split by a watershed of the distance to the background.
5. What is too small, too large or cut by the border is dropped; ids are 1, 2, ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from scipy import ndimage

from napari_disentangle.config import Config
from napari_disentangle.crops.contrast import stand_out
from napari_disentangle.crops.images import check_image
from napari_disentangle.crops.planes import Planes
from napari_disentangle.errors import CropError
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray


class SegmentConfig(Config):
    """How cells are found."""

    channel: str = Field(
        "auto",
        pattern=r"^(auto|contrast|gray|saturation|\d+)$",
        description="What is thresholded: the distance from the background color "
        "(contrast), the mean of the channels (gray), the color saturation, or one "
        "channel by number, from 0. Auto is contrast for three channels and more, "
        "gray for one or two.",
    )
    objects: Literal["auto", "bright", "dark"] = Field(
        "auto",
        description="Whether cells are brighter or darker than the background. Auto "
        "takes the side of the Otsu threshold that fills most of the image border for "
        "background; with contrast and saturation it takes both.",
    )
    method: Literal["li", "otsu", "local"] = Field(
        "li",
        description="Threshold: Li keeps pale cells, Otsu is stricter, local follows "
        "uneven light.",
    )
    local_px: int = Field(
        0,
        ge=0,
        description="Width of the neighborhood of the local threshold, larger than a "
        "cell; 0 is a quarter of the shorter image side.",
    )
    smoothing_px: float = Field(
        1.5, ge=0, le=50, description="Standard deviation of the smoothing."
    )
    hole_px: int = Field(2000, ge=0, description="Holes up to this area are filled.")
    split_px: float = Field(
        20,
        ge=0,
        description="Touching cells wider than about this are split; 0 splits none.",
    )
    min_area_px: int = Field(
        100, ge=1, description="Smaller cells are dropped (in a stack: voxels)."
    )
    max_area_px: int = Field(
        0, ge=0, description="Larger cells are dropped; 0 keeps all."
    )
    clear_border: bool = Field(
        False, description="Whether cells that touch the image border are dropped."
    )

    @model_validator(mode="after")
    def _check_areas(self) -> Self:
        if 0 < self.max_area_px < self.min_area_px:
            raise ValueError(
                f"max_area_px {self.max_area_px} is below min_area_px "
                f"{self.min_area_px}; raise it, or take 0 for no limit"
            )
        return self


def segment_plane(plane: NDArray[Any], config: SegmentConfig) -> NDArray[np.int32]:
    """Return labels, (Y, X), of one plane, (Y, X) or (C, Y, X).

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    """
    channels = plane if plane.ndim == 3 else plane[None]
    check_image(channels)
    kind = plane_kind(config, len(channels))
    smooth = ndimage.gaussian_filter(
        stand_out(channels, kind, config.objects), config.smoothing_px, mode="nearest"
    )
    labels: NDArray[np.int32] = _label(smooth[None], kind, config)[0]
    return labels


def segment(image: LazyArray, config: SegmentConfig) -> NDArray[np.int32]:
    """Return labels of an image: see `iter_segment`."""
    return run(iter_segment(image, config))


def iter_segment(
    image: LazyArray, config: SegmentConfig
) -> Task[Progress, NDArray[np.int32]]:
    """Segment each time point of an image; a z-stack is labeled in 3D.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X), any real type
        The image; numpy or dask, read one time point at a time.
    config : SegmentConfig
        How cells are found.

    Returns
    -------
    array, (T, Z, Y, X), int32
        Ids 1, 2, ... of each time point; 0 is background. Ids of different time points
        have nothing to do with each other.

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    """
    check_image(image)
    planes = Planes(image)
    ys, xs = slice(0, planes.height), slice(0, planes.width)
    kind = plane_kind(config, planes.n_channels)
    stack = (planes.n_z, planes.height, planes.width)
    labels = np.zeros((planes.n_frames, *stack), np.int32)
    total, done = planes.n_frames * (planes.n_z + 1), 0
    for frame in range(planes.n_frames):
        smooth = np.empty(stack, np.float32)
        for z in range(planes.n_z):
            gray = stand_out(planes.read(frame, z, ys, xs), kind, config.objects)
            ndimage.gaussian_filter(
                gray, config.smoothing_px, mode="nearest", output=smooth[z]
            )
            done += 1
            yield Progress("Segmenting", done, total)
        labels[frame] = _label(smooth, kind, config)
        done += 1
        yield Progress("Segmenting", done, total)
    return labels


def plane_kind(config: SegmentConfig, n_channels: int) -> str:
    """Return what is thresholded: contrast, saturation, gray or a channel's number.

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    """
    if config.channel == "auto":
        return "contrast" if n_channels > 2 else "gray"
    if config.channel.isdecimal() and int(config.channel) >= n_channels:
        raise CropError(
            f"There is no channel {config.channel}; the image has {n_channels} "
            "(counted from 0)."
        )
    return config.channel


def _label(
    smooth: NDArray[np.float32], kind: str, config: SegmentConfig
) -> NDArray[np.int32]:
    """Return labels, (Z, Y, X), of a smoothed stack in which cells stand out."""
    if _cells_are_dark(smooth, kind, config.objects):
        smooth = smooth.max() - smooth
    mask = _foreground(smooth, config)
    for plane in mask:
        _fill_holes(plane, config.hole_px)
    return _drop(_split(mask, config.split_px), config)


def _cells_are_dark(smooth: NDArray[np.float32], kind: str, objects: str) -> bool:
    from skimage.filters import threshold_otsu

    if kind == "contrast" or objects != "auto":
        return kind != "contrast" and objects == "dark"
    if kind == "saturation":
        return False
    edges = (smooth[:, 0], smooth[:, -1], smooth[:, :, 0], smooth[:, :, -1])
    border = np.concatenate([edge.ravel() for edge in edges])
    return bool(np.mean(border > threshold_otsu(smooth)) > 0.5)


def _foreground(
    smooth: NDArray[np.float32], config: SegmentConfig
) -> NDArray[np.bool_]:
    from skimage.filters import threshold_li, threshold_otsu

    threshold = threshold_li if config.method == "li" else threshold_otsu
    if config.method == "local":
        width = config.local_px or min(smooth.shape[1:]) / 4
        around = (0, width / 6, width / 6)  # as skimage's threshold_local
        smooth = smooth - ndimage.gaussian_filter(smooth, around, mode="nearest")
    above: NDArray[np.bool_] = smooth > threshold(smooth)
    return above


def _fill_holes(plane: NDArray[np.bool_], hole_px: int) -> None:
    """Fill, in place, background enclosed by cells, or by cells and the image border.

    The largest background that reaches the border is never filled.
    """
    holes = ndimage.label(~plane)[0]
    areas = np.bincount(holes.ravel())
    areas[0] = 0  # the cells
    small = areas <= hole_px
    at_border = np.unique(_border_of(holes))
    small[[0, at_border[areas[at_border].argmax()]]] = False
    plane |= small[holes]


def _split(mask: NDArray[np.bool_], split_px: float) -> NDArray[np.int32]:
    """Return labels of `mask`, (Z, Y, X), with touching cells apart.

    Depth is the distance to the background within a plane, whatever the distance of the
    planes. A cell is a maximum of depth that is higher than the saddles around it by a
    sixteenth of `split_px`; lower ones come from a rough outline.
    """
    from skimage.morphology import h_maxima
    from skimage.segmentation import watershed

    whole = np.asarray(ndimage.label(mask)[0], np.int32)
    if split_px == 0 or not mask.any():
        return whole
    depth = np.stack([_depth(plane, split_px / 8) for plane in mask])
    if len(mask) == 1:
        depth, mask, whole = depth[0], mask[0], whole[0]
    else:
        depth = ndimage.gaussian_filter1d(depth, 1, axis=0, mode="nearest")
    around = np.ones((3,) * mask.ndim)
    seeds, n_seeds = ndimage.label(h_maxima(depth, split_px / 16), around)
    labels = np.asarray(watershed(-depth, seeds, mask=mask), np.int32)
    missed = mask & (labels == 0)  # too thin to have a seed
    labels[missed] = whole[missed] + n_seeds
    return labels.reshape(-1, *labels.shape[-2:])


def _depth(plane: NDArray[np.bool_], smoothing_px: float) -> NDArray[np.float64]:
    """Return the smoothed distance to the background, (Y, X), pixels."""
    padded = np.pad(plane, 1, mode="edge")  # a cell goes on beyond the border
    depth = ndimage.distance_transform_edt(padded)[1:-1, 1:-1]
    smooth: NDArray[np.float64] = ndimage.gaussian_filter(depth, smoothing_px)
    return smooth


def _drop(labels: NDArray[np.int32], config: SegmentConfig) -> NDArray[np.int32]:
    """Return `labels` without cells of the wrong size or place, renumbered from 1."""
    areas = np.bincount(labels.ravel())
    keep = areas >= config.min_area_px
    if config.max_area_px:
        keep &= areas <= config.max_area_px
    if config.clear_border:
        for plane in labels:
            keep[np.unique(_border_of(plane))] = False
    keep[0] = False
    return np.asarray((np.cumsum(keep) * keep)[labels], np.int32)


def _border_of(plane: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
