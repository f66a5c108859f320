"""Images and labels from disk and memory, and whether they can be used.

With `picture_files`, `annotation_files`, `folders` and `tiff_spacing` the only modules
of this room that touch the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

import numpy as np

from napari_disentangle.crops.axes import IMAGE_AXES, LazyArray, guess_axes
from napari_disentangle.crops.tiff_spacing import TIFF_SUFFIXES, spacing_of
from napari_disentangle.errors import CropError, DataError, StorageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.pixel_size import Spacing

JPEG_SUFFIXES = frozenset({".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class OpenedImage:
    """An image file in memory.

    Attributes
    ----------
    data : array
        The pixels as they are in the file.
    axes : str
        Axes of `data`, letters of ``tzcyx``.
    spacing_um : tuple of float, optional
        Height and width of a pixel in micrometers, where the file says so; before them
        the distance of the planes of a stack, if it says that, too.
    """

    data: NDArray[Any]
    axes: str
    spacing_um: Spacing | None = None


def read_image(path: Path | str) -> OpenedImage:
    """Read a TIFF (ImageJ, OME or plain), PNG, JPEG, BMP or NPY file.

    Raises
    ------
    StorageError
        If the file is missing, empty, damaged or not an image.
    """
    path = Path(path)
    _check_file(path)
    suffix = path.suffix.lower()
    reader = _read_npy if suffix == ".npy" else _read_picture
    try:
        with catch_warnings():
            simplefilter("ignore")
            opened = _read_tiff(path) if suffix in TIFF_SUFFIXES else reader(path)
    except StorageError:
        raise
    except (DataError, ImportError):
        raise
    except Exception as error:  # decoders raise whatever comes to hand
        raise StorageError(
            f"{path} cannot be read as an image: it is damaged, cut short, or of "
            "another format."
        ) from error
    check_image(opened.data)
    return opened


def read_labels(path: Path | str) -> OpenedImage:
    """Read a labels image: a TIFF, PNG or NPY file with one integer a pixel.

    Raises
    ------
    StorageError
        If the file is missing, empty, damaged or not an image.
    DataError
        If it holds colors or something else than integers.
    """
    opened = read_image(path)
    if "c" in opened.axes:
        raise DataError(
            f"{path} has {opened.data.shape[opened.axes.index('c')]} values a pixel; "
            "labels need one integer a pixel, the number of its cell."
        )
    check_labels(opened.data)
    return opened


def check_image(image: LazyArray) -> None:
    """Refuse what is no image: too few axes, no pixels, no numbers.

    NaN and infinite values are allowed; they count as missing.

    Raises
    ------
    DataError
        With the reason.
    """
    if image.ndim < 2 or 0 in image.shape:
        raise DataError(
            f"An image needs rows and columns; got an array of shape "
            f"{tuple(image.shape)}."
        )
    if np.dtype(image.dtype).kind not in "biuf":
        raise DataError(
            f"An image must hold integers or real numbers; got {image.dtype}; "
            "convert it first."
        )


def check_labels(labels: LazyArray) -> None:
    """Refuse labels that are not integers. Negative ids are found when scanning.

    Raises
    ------
    DataError
        With the data type that was given and how to convert it.
    """
    dtype = np.dtype(labels.dtype)
    if dtype.kind == "b":
        raise DataError(
            "The labels are a yes/no mask (bool); number its cells first, for example "
            "with skimage.measure.label(mask)."
        )
    if dtype.kind not in "iu":
        raise DataError(
            f"The labels must be integers; got {dtype}; convert them, for example "
            "with labels.astype('int32')."
        )


def check_match(image_tzcyx: LazyArray, labels_tzyx: LazyArray) -> None:
    """Refuse labels of another shape than their image.

    Raises
    ------
    CropError
        Naming both shapes.
    """
    check_image(image_tzcyx)
    check_labels(labels_tzyx)
    n_frames, n_z, _, height, width = image_tzcyx.shape
    if tuple(labels_tzyx.shape) != (n_frames, n_z, height, width):
        raise CropError(
            f"The labels have shape {_short(labels_tzyx.shape)} and the image "
            f"{_short((n_frames, n_z, height, width))} (channels left out); choose "
            "labels that were made on this image."
        )


def _short(shape: tuple[int, ...]) -> tuple[int, ...]:
    leading = [n for n in shape[:2] if n > 1]
    return (*leading, *shape[2:])


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    if size == 0:
        raise StorageError(f"{path} is empty (0 bytes); copy or export it again.")


def _read_npy(path: Path) -> OpenedImage:
    data = np.load(path, allow_pickle=False)
    is_rgb = data.ndim > 2 and data.shape[-1] in (3, 4)
    return OpenedImage(data, guess_axes(data.shape, is_rgb))


def _read_picture(path: Path) -> OpenedImage:
    from imageio.v3 import imread

    # bytes, not the path: a decoder that fails on a path leaves the file open
    data = np.asarray(imread(path.read_bytes()))
    if path.suffix.lower() in JPEG_SUFFIXES and data.ndim == 3 and data.shape[-1] == 4:
        data = np.asarray(imread(path.read_bytes(), mode="RGB"))  # it was CMYK
    if data.ndim == 3 and data.shape[-1] == 2:  # gray and transparency
        data = data[..., 0]
    is_rgb = data.ndim > 2 and data.shape[-1] in (3, 4)
    return OpenedImage(data, guess_axes(data.shape, is_rgb))


def _read_tiff(path: Path) -> OpenedImage:
    from tifffile import TiffFile

    with TiffFile(path) as tiff:
        series = tiff.series[0]
        data = np.asarray(series.asarray())
        axes = _known_axes(series.axes, data.shape)
        spacing = spacing_of(tiff)
    return OpenedImage(data, axes, spacing)


def _known_axes(names: str, shape: tuple[int, ...]) -> str:
    """Return tifffile's axes in our letters; unknown ones become t, z, c in turn."""
    known = names.lower().replace("s", "c" if "C" not in names else "?")
    free = [name for name in IMAGE_AXES if name not in known]
    axes = "".join(
        name if name in IMAGE_AXES else (free.pop(0) if free else "?") for name in known
    )
    if "?" in axes or len(set(axes)) < len(axes):
        raise DataError(
            f"The TIFF has axes {names} of lengths {shape}, more than time, z, "
            "channel, y and x; save one image a file."
        )
    return axes
