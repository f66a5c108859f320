"""Names of channels as files tell them: OME-TIFF, OME-Zarr and ImageJ's TIFF."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree

from napari_disentangle.crops.tiff_spacing import TIFF_SUFFIXES, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_ZARR_FILES = (".zattrs", "zarr.json")
_DECLARED = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)  # OME-XML has none
_COUNTED = re.compile(r"[czt]:\d+/\d+")  # as Bio-Formats numbers slices


def read_channel_names(path: Path | str) -> tuple[str, ...]:
    """Return the names of the channels of an image file or folder, () if it has none.

    Parameters
    ----------
    path : Path or str
        An OME-TIFF, a TIFF of ImageJ or Fiji, or the folder of an OME-Zarr image; of
        others nothing is known. Only metadata are read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            return _of_zarr(path)
        return _of_tiff(path) if path.suffix.lower() in TIFF_SUFFIXES else ()
    except (*UNREADABLE, SyntaxError):
        return ()


def names_in(metadata: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the names of channels that a reader put into metadata, () if none.

    Known are a list ``channel_names``, ``channels`` with a name or label each, and
    ``omero`` as in OME-Zarr.
    """
    said = metadata.get("channel_names")
    if isinstance(said, list | tuple):
        return tuple(str(name) for name in said)
    omero = metadata.get("omero")
    channels = omero.get("channels") if isinstance(omero, dict) else None
    return _labels_of(channels or metadata.get("channels"))


def _of_tiff(path: Path) -> tuple[str, ...]:
    from tifffile import TiffFile

    with catch_warnings(), TiffFile(path) as tiff:
        simplefilter("ignore")
        xml = (tiff.ome_metadata or "") if tiff.is_ome else ""
        imagej = tiff.imagej_metadata if tiff.is_imagej else None
    return _of_ome(xml) or _of_slices(imagej or {})


def _of_ome(xml: str) -> tuple[str, ...]:
    if not xml or _DECLARED.search(xml):
        return ()
    pixels = ElementTree.fromstring(xml).find(".//{*}Pixels")
    channels = [] if pixels is None else pixels.findall("{*}Channel")
    names = tuple(channel.get("Name", "") for channel in channels)
    return names if all(names) else ()


def _of_slices(imagej: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the labels of the slices, where they are those of channels.

    They are if all slices of a channel have the same one, and each channel another.
    ImageJ shows the first line of each; channels alternate fastest.
    """
    labels = [str(text).strip().split("\n")[0] for text in imagej.get("Labels") or []]
    n_channels = int(imagej.get("channels", 1))
    if len(labels) < n_channels or any(_COUNTED.match(text) for text in labels):
        return ()
    told = [set(labels[channel::n_channels]) for channel in range(n_channels)]
    names = tuple(min(texts) for texts in told)
    one_each = all(len(texts) == 1 for texts in told)
    return names if one_each and all(names) and len(set(names)) == n_channels else ()


def _of_zarr(path: Path) -> tuple[str, ...]:
    for name in _ZARR_FILES:
        if (path / name).is_file():
            found = json.loads((path / name).read_text(encoding="utf-8"))
            found = found.get("attributes", found)
            return names_in(found.get("ome", found))
    return ()


def _labels_of(channels: Any) -> tuple[str, ...]:
    if not isinstance(channels, list | tuple):
        return ()
    names = [
        channel.get("label") or channel.get("name") or ""
        if isinstance(channel, dict)
        else channel
        for channel in channels
    ]
    return tuple(map(str, names)) if all(names) else ()
