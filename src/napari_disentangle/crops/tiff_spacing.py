"""The size of a pixel, and the distance of planes, as a TIFF tells them."""

from __future__ import annotations

import re
from pathlib import Path
from struct import error as StructError
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from napari_disentangle.crops.pixel_size import Spacing

TIFF_SUFFIXES = frozenset({".tif", ".tiff", ".stk", ".lsm"})

UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, StructError)
"""What is raised where metadata are damaged."""

MICROMETERS = {
    "nm": 1e-3, "nanometer": 1e-3,
    "um": 1.0, "µm": 1.0, "μm": 1.0, "\\u00b5m": 1.0, "micron": 1.0, "microns": 1.0,
    "micrometer": 1.0,
    "mm": 1e3, "millimeter": 1e3,
    "cm": 1e4,
}  # fmt: skip
"""Length of the units that ImageJ and OME write, lower case, in micrometers."""


def read_spacing(path: Path | str, shape: tuple[int, int]) -> Spacing | None:
    """Return the size of a pixel in micrometers that a TIFF tells, else None.

    Height and width; before them the distance of the planes of a stack if it tells
    that, too.

    Parameters
    ----------
    path : Path or str
        Any file; only its head is read.
    shape : tuple of int
        Height and width of the image in pixels; a file whose first image has another
        shape is not believed.
    """
    from tifffile import TiffFile

    if Path(path).suffix.lower() not in TIFF_SUFFIXES:
        return None
    try:
        with catch_warnings(), TiffFile(path) as tiff:
            simplefilter("ignore")
            if tuple(tiff.pages[0].shape[:2]) != tuple(shape):
                return None
            return spacing_of(tiff)
    except UNREADABLE:
        return None


def spacing_of(tiff: Any) -> Spacing | None:
    """Return what `read_spacing` does, of an open `tifffile.TiffFile`."""
    return _of_ome(tiff) if tiff.is_ome else _of_imagej(tiff)


def _of_imagej(tiff: Any) -> Spacing | None:
    known = tiff.imagej_metadata or {}
    unit = str(known.get("unit", "")).lower()
    tags = tiff.pages[0].tags
    if unit not in MICROMETERS or not {"XResolution", "YResolution"} <= {
        tag.name for tag in tags
    }:
        return None
    pixels = [tags[name].value for name in ("YResolution", "XResolution")]
    if any(numerator == 0 or denominator == 0 for numerator, denominator in pixels):
        return None
    y, x = (float(MICROMETERS[unit] * below / above) for above, below in pixels)
    z_unit = str(known.get("zunit", unit)).lower()
    if known.get("slices", 1) == 1:
        return y, x
    return _with_depth(known.get("spacing"), z_unit, (y, x))


def _of_ome(tiff: Any) -> Spacing | None:
    head = re.search(r"<(?:\w+:)?Pixels\b[^>]*>", tiff.ome_metadata or "")
    found = dict(re.findall(r'(\w+)="([^"]*)"', head.group() if head else ""))
    spacing = []
    for axis in "YX":
        unit = found.get(f"PhysicalSize{axis}Unit", "um").lower()
        length = found.get(f"PhysicalSize{axis}")
        if length is None or unit not in MICROMETERS or float(length) <= 0:
            return None
        spacing.append(float(length) * MICROMETERS[unit])
    if found.get("SizeZ", "1") == "1":
        return spacing[0], spacing[1]
    z_unit = found.get("PhysicalSizeZUnit", "um").lower()
    return _with_depth(found.get("PhysicalSizeZ"), z_unit, (spacing[0], spacing[1]))


def _with_depth(length: Any, unit: str, size: tuple[float, float]) -> Spacing:
    """Return `size` after the distance of planes, if that is one."""
    if length is None or unit not in MICROMETERS or not abs(float(length)) > 0:
        return size
    return abs(float(length)) * MICROMETERS[unit], *size
