"""Which classical measures speak for which factor, and in which words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Measure(NamedTuple):
    """One classical measure of a cell.

    Attributes
    ----------
    family : str
        What it is a measure of: size, shape, brightness, color, texture, orientation.
    label : str
        Its name in a sentence.
    higher, lower : str
        What a cell is with more and with less of it.
    """

    family: str
    label: str
    higher: str
    lower: str


MEASURES: dict[str, Measure] = {
    "area": Measure("size", "area", "larger", "smaller"),
    "solidity": Measure("shape", "solidity", "without dents", "with dents"),
    "eccentricity": Measure("shape", "eccentricity", "longer", "rounder"),
    "form_factor": Measure("shape", "form factor", "rounder", "less round"),
    "orientation": Measure("orientation", "orientation", "turned", "turned back"),
    "intensity_mean": Measure("brightness", "brightness", "brighter", "darker"),
    "intensity_std": Measure(
        "brightness", "spread of brightness", "richer in contrast", "flatter"
    ),
    "intensity_mean_0": Measure("color", "mean red", "more red", "less red"),
    "intensity_mean_1": Measure("color", "mean green", "more green", "less green"),
    "intensity_mean_2": Measure("color", "mean blue", "more blue", "less blue"),
    "color_red": Measure("color", "share of red", "redder", "less red"),
    "color_green": Measure("color", "share of green", "greener", "less green"),
    "color_blue": Measure("color", "share of blue", "bluer", "less blue"),
    "color_saturation": Measure("color", "saturation", "more colorful", "paler"),
    "texture_contrast": Measure("texture", "Haralick contrast", "rougher", "smoother"),
    "texture_homogeneity": Measure(
        "texture", "Haralick homogeneity", "smoother", "rougher"
    ),
    "texture_entropy": Measure(
        "texture", "Haralick entropy", "richer in grays", "poorer in grays"
    ),
    "texture_correlation": Measure(
        "texture", "Haralick correlation", "coarser", "finer"
    ),
    "texture_anisotropy": Measure(
        "texture", "anisotropy of texture", "more striped", "less striped"
    ),
    "texture_patterns": Measure(
        "texture", "variety of local patterns", "more varied", "more uniform"
    ),
    "texture_edges": Measure(
        "texture", "share of edge patterns", "richer in edges", "poorer in edges"
    ),
    "texture_roughness": Measure("texture", "roughness", "rougher", "smoother"),
}
"""All measures of a cell that factors are compared with, in order."""

NAMED_FAMILY = {
    "texture": "texture",
    "color": "color",
    "shape": "shape",
    "scale": "size",
    "orientation": "orientation",
}
"""The family of measures that must move with a factor for it to deserve its name."""

ELONGATED = 0.6
"""Least eccentricity of a cell that has an orientation: axes 1.25 to 1."""


_SHOWN_AS = ("red", "green", "blue")


def label_of(measure: str, channels: Sequence[str] = ()) -> str:
    """Return a measure of crops in a sentence, by the names of their channels.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.
    channels : sequence of str
        Names of the channels that crops show as red, green and blue.

    Examples
    --------
    >>> label_of("intensity_mean_1"), label_of("intensity_mean_1", ["DAPI", "GFP"])
    ('mean green', 'mean GFP (green)')
    """
    label = MEASURES[measure].label
    for color, channel in zip(_SHOWN_AS, channels, strict=False):
        if MEASURES[measure].family == "color" and label.endswith(f" {color}"):
            return f"{label.removesuffix(color)}{channel} ({color})"
    return label


def factor_of(dimension: str) -> str:
    """Return the factor that a dimension is named after: ``orientation_2`` and so on.

    Examples
    --------
    >>> factor_of("orientation_2"), factor_of("residual_1"), factor_of("scale")
    ('orientation', 'residual', 'scale')
    """
    return re.sub(r"_\d+$", "", dimension)


def family_of(dimension: str) -> str | None:
    """Return the family that a dimension should follow by its name, None if unnamed."""
    return NAMED_FAMILY.get(factor_of(dimension))
