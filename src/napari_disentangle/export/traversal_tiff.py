"""Traversal pictures as an ImageJ hyperstack, and back.

Z is the factor, T the step, so that Fiji and napari walk with their sliders. Each slice
is labeled with both; the rest is JSON in ImageJ's info field.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Literal

import numpy as np
import tifffile
from pydantic import Field

from napari_disentangle.config import Config, check_config
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydantic import JsonValue

PictureKind = Literal["decoded", "nearest"]

KIND_KEY = "napari_disentangle_traversal"
"""Present in the info field of our files only; its value is the format version."""

OFF_SD = 0.5
"""A real cell farther from a step than this does not show the step."""

_VERSION = 1
_DAMAGES = (OSError, ValueError, struct.error, tifffile.TiffFileError)


class TraversalInfo(Config):
    """What a stack of traversal pictures, (F, T, H, W, 3), shows."""

    factors: tuple[str, ...] = Field(
        min_length=1, description="Walked factor of each walk"
    )
    steps_sd: tuple[float, ...] = Field(
        min_length=1,
        description="Value of the walked factor at each step, in sd of the reference "
        "cells' codes from their mean",
    )
    picture: PictureKind = Field(
        description="Drawn by a decoder, or crops of the nearest real cells"
    )
    model_id: str = Field(description="Model whose codes were walked")
    picture_source: str = Field(
        "",
        description="What the decoder learned from: synthetic or own cells; "
        "empty for real cells",
    )
    step_names: tuple[str, ...] = Field(
        (),
        description="What each step is called where that is not its sd: a percentile, "
        "a part of the way from A to B",
    )
    positions_sd: tuple[tuple[float, ...], ...] = Field(
        (),
        description="Value of each walked factor at each step, where factors differ: "
        "`steps_sd` is then their mean; empty where they do not",
    )
    reached_sd: tuple[tuple[float, ...], ...] = Field(
        (),
        description="Where the real cells that are shown really lie in the walked "
        "factor; empty of drawn pictures",
    )
    cells: tuple[tuple[int, ...], ...] = Field(
        (), description="Label ids of the real cells; empty of drawn pictures"
    )
    notes: tuple[str, ...] = Field(
        (), description="What must be said beside the pictures, a sentence each"
    )

    @property
    def words(self) -> str:
        """What the pictures are: ``real``, ``drawn`` or ``drawn, synthetic``."""
        if self.picture == "nearest":
            return "real"
        return "drawn, synthetic" if self.picture_source == "synthetic" else "drawn"

    def place(self, factor: int, step: int) -> tuple[str, bool]:
        """Return where the real cell of a picture lies, and whether that is off.

        Empty of drawn pictures: ``cell 12, +1.3 sd``.
        """
        if not self.reached_sd or not self.cells:
            return "", False
        there = self.reached_sd[factor][step]
        asked = self.positions_sd[factor] if self.positions_sd else self.steps_sd
        words = f"cell {self.cells[factor][step]}, {there:+.1f} sd"
        return words, abs(there - asked[step]) > OFF_SD

    def slice_label(self, factor: int, step: int) -> str:
        """Return the label of one picture, ``texture -2.5 sd``."""
        return f"{self.factors[factor]} {self.step_name(step)}"

    def step_name(self, step: int) -> str:
        """Return what a step is called: ``+0.5 sd``, ``p 98``, ``40 % to B``."""
        if self.step_names:
            return self.step_names[step]
        return f"{self.steps_sd[step]:+.2g} sd"


def write_traversal(
    path: Path, pictures: NDArray[np.float32], info: TraversalInfo
) -> None:
    """Write traversal pictures as an ImageJ hyperstack.

    Parameters
    ----------
    path : Path
        File to write.
    pictures : array, (F, T, H, W, 3), in [0, 1]
        Stored with 8 bits a color.
    info : TraversalInfo
        What they show.

    Raises
    ------
    DataError
        If `pictures` do not fit `info`.
    StorageError
        If the file cannot be written.
    """
    check_pictures(pictures, info)
    n_factors, n_steps = len(info.factors), len(info.steps_sd)
    colors = np.round(np.clip(pictures, 0, 1) * 255).astype(np.uint8)
    hyperstack = colors.swapaxes(0, 1)[:, :, None]  # (T, Z, C, Y, X, S)
    labels = [
        info.slice_label(factor, step)
        for step in range(n_steps)
        for factor in range(n_factors)
    ]
    facts = json.dumps({KIND_KEY: _VERSION, **info.model_dump()})
    with write_atomic(path) as part:
        tifffile.imwrite(
            part,
            hyperstack,
            imagej=True,
            metadata={"axes": "TZCYXS", "Labels": labels, "Info": facts},
        )


def check_pictures(pictures: NDArray[np.float32], info: TraversalInfo) -> None:
    """Refuse pictures of another shape than (F, T, H, W, 3).

    Raises
    ------
    DataError
        With the shape that was given.
    """
    n_factors, n_steps = len(info.factors), len(info.steps_sd)
    shape = pictures.shape
    if len(shape) != 5 or shape[:2] != (n_factors, n_steps) or shape[-1] != 3:
        raise DataError(
            f"{n_factors} factors of {n_steps} steps need pictures of shape "
            f"({n_factors}, {n_steps}, H, W, 3); got {shape}."
        )


def read_traversal(path: Path) -> tuple[NDArray[np.uint8], TraversalInfo]:
    """Return pictures, (F, T, H, W, 3), and what they show.

    Raises
    ------
    StorageError
        If the file cannot be read, or was not written by `write_traversal`.
    """
    try:
        with tifffile.TiffFile(path) as tiff:
            facts = _facts(tiff)
            hyperstack = tiff.asarray()
        if facts is None:
            raise StorageError(
                f"{path} is not a traversal written by napari-disentangle; "
                f"open it as an image."
            )
        info = check_config(TraversalInfo, facts)
        height, width = hyperstack.shape[-3:-1]
        shape = (len(info.steps_sd), len(info.factors), height, width, 3)
        return hyperstack.reshape(shape).swapaxes(0, 1), info
    except StorageError:
        raise
    except _DAMAGES as error:
        raise StorageError(f"Traversal {path} cannot be read: {error}.") from error


def is_traversal(path: Path) -> bool:
    """Return whether `path` is a file written by `write_traversal`; never raises."""
    try:
        with tifffile.TiffFile(path) as tiff:
            return _facts(tiff) is not None
    except _DAMAGES:
        return False


def _facts(tiff: tifffile.TiffFile) -> dict[str, JsonValue] | None:
    """Return what we wrote into ImageJ's info field, None in another's file."""
    try:
        facts = json.loads((tiff.imagej_metadata or {}).get("Info", ""))
    except ValueError:
        return None
    if not isinstance(facts, dict) or facts.pop(KIND_KEY, None) != _VERSION:
        return None
    return facts
