"""Image files that show one object or one field, and their masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from napari_disentangle.crops.axes import has_rgb, to_tzcyx
from napari_disentangle.crops.images import JPEG_SUFFIXES, read_image
from napari_disentangle.crops.layouts import OUTLINE_SUFFIX
from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from numpy.typing import NDArray


class Kind(NamedTuple):
    """Images that share their limits of brightness."""

    dtype: str
    n_channels: int
    is_rgb: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One plane of an image file.

    Attributes
    ----------
    planes : array, (C, Y, X)
        The pixels in the file's own units; a yes/no image is 0 and 255.
    is_rgb : bool
        Whether the first three channels are one color image.
    """

    planes: NDArray[Any]
    is_rgb: bool

    @property
    def kind(self) -> Kind:
        """Return which limits of brightness it shares."""
        return Kind(str(self.planes.dtype), len(self.planes), self.is_rgb)


def read_picture(
    path: Path, projection: Literal["central", "max"] = "central"
) -> Picture:
    """Read an image file without a time axis; transparency is left out.

    Parameters
    ----------
    path : Path
        PNG, JPEG, BMP or TIFF.
    projection : {"central", "max"}
        What is taken of a z-stack: its central plane, or its maximum.

    Raises
    ------
    StorageError
        If it cannot be read.
    DataError
        If it holds more than one time point, or no usable image.
    """
    opened = read_image(path)
    frames = to_tzcyx(opened.data, opened.axes)
    if len(frames) > 1:
        raise DataError(
            f"{path} holds {len(frames)} time points; save one image a file."
        )
    stack = frames[0]  # (Z, C, Y, X)
    planes = stack.max(0) if projection == "max" else stack[(len(stack) - 1) // 2]
    if planes.dtype == bool:
        planes = planes.astype(np.uint8) * np.uint8(255)
    is_rgb = has_rgb(opened.data.shape, opened.axes)
    return Picture(planes[:3] if is_rgb else planes, is_rgb)


def read_mask(path: Path, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Read which pixels, (Y, X), belong to the object.

    Parameters
    ----------
    path : Path
        An image that is 0 outside the object (in a JPEG: dark), or a text file with
        the object's outline, one vertex ``x,y`` a line.
    shape : pair of int
        Height and width of the image it belongs to.

    Raises
    ------
    StorageError
        If it cannot be read.
    DataError
        If it is not of the image's shape.
    """
    if path.suffix.lower() == OUTLINE_SUFFIX:
        return _fill_outline(path, shape)
    planes = read_picture(path).planes
    if planes.shape[1:] != shape:
        raise DataError(
            f"Mask {path.name} has shape {planes.shape[1:]} and its image {shape}; "
            "they must be equal."
        )
    lossy = path.suffix.lower() in JPEG_SUFFIXES
    inside: NDArray[np.bool_] = planes.max(0) > (planes.max() / 4 if lossy else 0)
    return inside


def looks_like_mask(path: Path) -> bool:
    """Return whether an image has one channel and at most `MASK_VALUES` values."""
    planes = read_picture(path).planes
    return len(planes) == 1 and len(np.unique(planes)) <= MASK_VALUES


MASK_VALUES = 4
"""Background and up to three parts of a cell."""


def _fill_outline(path: Path, shape: tuple[int, int]) -> NDArray[np.bool_]:
    from skimage.draw import polygon2mask

    try:
        corners = np.loadtxt(path, delimiter=",", ndmin=2)  # x, y
        inside: NDArray[np.bool_] = polygon2mask(shape, corners[:, 1::-1])
    except (OSError, ValueError, IndexError) as error:
        raise StorageError(
            f"Outline {path} cannot be read; it must hold one vertex x,y a line."
        ) from error
    return inside
