"""Traversal pictures as OME-Zarr 0.5, and back.

As in the ImageJ hyperstack, z is the factor and t the step, so that viewers walk with
their sliders; the three colors are channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.config import check_config
from napari_disentangle.errors import StorageError, require
from napari_disentangle.export.traversal_tiff import (
    KIND_KEY,
    TraversalInfo,
    check_pictures,
)
from napari_disentangle.storage.atomic import write_folder_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydantic import JsonValue

EXTRA = "large"
"""The extra that installs what is needed here."""

_VERSION = 1
_LEVEL = "0"
_COLORS = {"red": "FF0000", "green": "00FF00", "blue": "0000FF"}


def write_traversal_zarr(
    path: Path, pictures: NDArray[np.float32], info: TraversalInfo
) -> None:
    """Write traversal pictures as OME-Zarr with axes t (step), c, z (factor), y, x.

    Parameters
    ----------
    path : Path
        Folder to write; one written before is replaced.
    pictures : array, (F, T, H, W, 3), in [0, 1]
        Stored with 8 bits a color, one chunk a picture.
    info : TraversalInfo
        What they show.

    Raises
    ------
    MissingExtraError
        If zarr is not installed.
    DataError
        If `pictures` do not fit `info`.
    StorageError
        If the folder holds something else, or cannot be written.
    """
    zarr = require("zarr", extra=EXTRA)
    check_pictures(pictures, info)
    if path.exists() and not is_traversal_zarr(path):
        raise StorageError(f"{path} exists and is no traversal; give a new name.")
    colors = np.round(np.clip(pictures, 0, 1) * 255).astype(np.uint8)
    stack = np.ascontiguousarray(colors.transpose(1, 4, 0, 2, 3))  # (T, C, F, H, W)
    with write_folder_atomic(path) as part:
        group = zarr.create_group(part, zarr_format=3)
        array = group.create_array(
            _LEVEL,
            shape=stack.shape,
            chunks=(1, *stack.shape[1:2], 1, *stack.shape[3:]),
            dtype="uint8",
            dimension_names=list("tczyx"),
        )
        array[:] = stack
        group.attrs.update(_attributes(path.name.split(".")[0], info))


def read_traversal_zarr(path: Path) -> tuple[NDArray[np.uint8], TraversalInfo]:
    """Return pictures, (F, T, H, W, 3), and what they show.

    Raises
    ------
    MissingExtraError
        If zarr is not installed.
    StorageError
        If the folder was not written by `write_traversal_zarr`.
    """
    zarr = require("zarr", extra=EXTRA)
    if not is_traversal_zarr(path):
        raise StorageError(f"{path} is not a traversal written by napari-disentangle.")
    group = zarr.open_group(path, mode="r")
    facts = dict(group.attrs[KIND_KEY])
    facts.pop("version")
    stack = np.asarray(group[_LEVEL][:])
    return stack.transpose(2, 0, 3, 4, 1), check_config(TraversalInfo, facts)


def is_traversal_zarr(path: Path) -> bool:
    """Return whether `path` is a folder written by `write_traversal_zarr`."""
    zarr = require("zarr", extra=EXTRA)
    try:
        found = zarr.open_group(path, mode="r").attrs.get(KIND_KEY)
    except (OSError, ValueError, KeyError):  # no group at all
        return False
    return isinstance(found, dict) and found.get("version") == _VERSION


def _attributes(name: str, info: TraversalInfo) -> dict[str, JsonValue]:
    """Return the metadata of the group: OME's, and what the pictures show."""
    kinds = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
    axes: JsonValue = [{"name": name, "type": kind} for name, kind in kinds.items()]
    scale: JsonValue = {"type": "scale", "scale": [1.0] * 5}
    window: JsonValue = {"start": 0, "end": 255, "min": 0, "max": 255}
    return {
        "ome": {
            "version": "0.5",
            "multiscales": [
                {
                    "name": name,
                    "axes": axes,
                    "datasets": [
                        {"path": _LEVEL, "coordinateTransformations": [scale]}
                    ],
                }
            ],
            "omero": {
                "channels": [
                    {"label": label, "color": color, "active": True, "window": window}
                    for label, color in _COLORS.items()
                ]
            },
        },
        KIND_KEY: {"version": _VERSION, **info.model_dump(mode="json")},
    }
