"""The pixel size of an image layer: where it comes from, and setting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from napari_disentangle.crops.images import read_spacing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari.layers import Image, Layer

Spacing = tuple[float, float]

_ENTERED: WeakKeyDictionary[Layer, Spacing] = WeakKeyDictionary()
_OF_FILE: WeakKeyDictionary[Layer, Spacing | None] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class PixelSize:
    """What is known of the pixel size of an image layer.

    Attributes
    ----------
    spacing_um : tuple of float or None
        Height and width of a pixel in micrometers; None: not known.
    origin : str
        Who says so: the units of the layer, its file, or the user; empty: nobody.
    scale : tuple of float
        Scale of the layer in y and x, whatever its unit.
    """

    spacing_um: Spacing | None
    origin: Literal["layer", "file", "user", ""]
    scale: Spacing

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to be asked.

        A scale of exactly 1 is what a layer has from the start, also with a unit.
        """
        said = self.origin == "layer" and self.scale != (1.0, 1.0)
        return said or self.origin == "file"

    @property
    def guess_um(self) -> Spacing | None:
        """A scale without a unit, which may be in micrometers, to be confirmed."""
        asked = self.spacing_um is None and self.scale != (1.0, 1.0)
        return self.scale if asked else None


def pixel_size_of(layer: Image) -> PixelSize:
    """Return what is known of the pixel size of `layer`.

    What the user entered comes before the layer's own scale, if its units are lengths,
    and that before what the file says. A scale without a unit says nothing.
    """
    scale = _scale_of(layer)
    for origin, known in (
        ("user", _ENTERED.get(layer)),
        ("layer", _by_units(layer)),
        ("file", _by_file(layer)),
    ):
        if known is not None:
            return PixelSize(known, origin, scale)  # type: ignore[arg-type]
    return PixelSize(None, "", scale)


def enter_pixel_size(layer: Image, spacing_um: Spacing | None) -> None:
    """Believe the user about the pixel size of `layer`; None: forget it again."""
    _ENTERED.pop(layer, None)
    if spacing_um is not None:
        _ENTERED[layer] = spacing_um


def scale_layers(image: Image, others: Iterable[Layer], spacing_um: Spacing) -> None:
    """Give `image` the scale `spacing_um` in micrometers, and `others` with it.

    What lay on each other does so afterwards: all are stretched by the same factors.
    """
    factors = np.asarray(spacing_um) / np.asarray(_scale_of(image))
    for layer in (image, *others):
        layer.scale = _stretched(layer.scale, factors)
        layer.translate = _stretched(layer.translate, factors)
        layer.units = [*map(str, layer.units[:-2]), "um", "um"]


def _stretched(values: Any, factors: Any) -> Any:
    new = np.array(values, float)
    new[-2:] *= factors
    return new


def _scale_of(layer: Layer) -> Spacing:
    y, x = (abs(float(value)) for value in layer.scale[-2:])
    return y, x


def _by_units(layer: Image) -> Spacing | None:
    sizes = []
    for scale, unit in zip(_scale_of(layer), layer.units[-2:], strict=True):
        quantity = scale * (1 * unit)
        if not quantity.check("[length]"):
            return None
        sizes.append(float(quantity.to("micrometer").magnitude))
    return sizes[0], sizes[1]


def _by_file(layer: Image) -> Spacing | None:
    """Return what the file says, asked once; a layer that was scaled is not asked."""
    path = getattr(layer.source, "path", None)
    if path is None or _scale_of(layer) != (1.0, 1.0):
        return None
    if layer not in _OF_FILE:
        shape = (layer.data[0] if layer.multiscale else layer.data).shape
        y, x = shape[-3:-1] if layer.rgb else shape[-2:]
        _OF_FILE[layer] = read_spacing(path, (int(y), int(x)))
    return _OF_FILE[layer]
