"""What the dimensions of an image layer are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.channels import full_resolution

if TYPE_CHECKING:
    from napari.layers import Image

AXIS_NAMES = {"t": "time", "z": "z", "c": "channel", "y": "y", "x": "x"}
_FEW_CHANNELS = 6


def axes_choices(layer: Image) -> list[tuple[str, str]]:
    """Return the possible axes of an image layer as (text, axes), likeliest first.

    A leading axis that the layer names, or one of at most six, decides the first guess;
    the user may choose another.
    """
    n_lead = layer.ndim - 2
    tail = "yxc" if layer.rgb else "yx"
    letters = "tz" if layer.rgb else "tzc"
    if n_lead > len(letters):
        raise CropError(
            f"Layer {layer.name!r} has {layer.ndim} dimensions; at most time, z, "
            "channel, y and x can be used. Split it first."
        )
    combos = [""]
    for _ in range(n_lead):
        combos = [c + letter for c in combos for letter in letters if letter not in c]
    ordered = sorted(combos, key=lambda lead: -_plausible(layer, lead))
    return [
        (", ".join(AXIS_NAMES[a] for a in lead + tail.replace("c", "")), lead + tail)
        for lead in ordered
    ]


def is_named(layer: Image, axis: int, letter: str) -> bool:
    """Return whether a layer gives an axis a name that begins with `letter`."""
    return str(layer.axis_labels[axis]).lower().startswith(letter)


def _plausible(layer: Image, lead: str) -> float:
    shape = full_resolution(layer).shape
    score = 0.0
    for axis, letter in enumerate(lead):
        few = shape[axis] <= _FEW_CHANNELS
        score += 10.0 * is_named(layer, axis, letter)
        score += {"c": 1.0 if few else -2.0, "t": 0.5 - 0.1 * axis, "z": 0.1}[letter]
    return score
