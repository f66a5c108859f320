"""The pixel size of an image layer: where it comes from, and setting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from napari_disentangle.crops.tiff_spacing import read_spacing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari.layers import Image, Layer

    from napari_disentangle.crops.pixel_size import Spacing

PixelSides = tuple[float, float]

_ENTERED: WeakKeyDictionary[Layer, PixelSides] = WeakKeyDictionary()
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

    spacing_um: PixelSides | None
    origin: Literal["layer", "file", "user", ""]
    scale: PixelSides

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to be asked.

        A scale of exactly 1 is what a layer has from the start, also with a unit.
        """
        said = self.origin == "layer" and self.scale != (1.0, 1.0)
        return said or self.origin == "file"

    @property
    def guess_um(self) -> PixelSides | None:
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
            return PixelSize(known[-2:], origin, scale)  # type: ignore[arg-type]
    return PixelSize(None, "", scale)


def spacing_of(layer: Image, axes: str) -> Spacing | None:
    """Return the pixel size of `layer` in micrometers, None if it is not known.

    Height and width; before them the distance of planes, if there are some and it is
    known, too.

    Parameters
    ----------
    layer : Image
        The layer.
    axes : str
        What its axes are, from ``tzcyx``.
    """
    size = pixel_size_of(layer).spacing_um
    depth = _planes_um(layer, axes.index("z")) if "z" in axes else None
    return size if size is None or depth is None else (depth, *size)


def enter_pixel_size(layer: Image, spacing_um: PixelSides | None) -> None:
    """Believe the user about the pixel size of `layer`; None: forget it again."""
    _ENTERED.pop(layer, None)
    if spacing_um is not None:
        _ENTERED[layer] = spacing_um


def scale_layers(image: Image, others: Iterable[Layer], spacing_um: PixelSides) -> None:
    """Give `image` the scale `spacing_um` in micrometers, and `others` with it.

    What lay on each other does so afterwards: all are stretched by the same factors.
    """
    factors = np.asarray(spacing_um) / np.asarray(_scale_of(image))
    for layer in (image, *others):
        lead = _leading_units(layer)
        layer.scale = _stretched(layer.scale, factors)
        layer.translate = _stretched(layer.translate, factors)
        layer.units = [*lead, "um", "um"]


def _leading_units(layer: Layer) -> list[str]:
    """Return the units of the axes before y and x, no length where nobody scaled any.

    The planes of such a layer would else seem to be 1 apart once y and x are scaled.
    """
    unset = all(scale == 1 for scale in layer.scale)
    return [
        "pixel" if unset and (1 * unit).check("[length]") else str(unit)
        for unit in layer.units[:-2]
    ]


def _stretched(values: Any, factors: Any) -> Any:
    new = np.array(values, float)
    new[-2:] *= factors
    return new


def _scale_of(layer: Layer) -> PixelSides:
    y, x = (abs(float(value)) for value in layer.scale[-2:])
    return y, x


def _by_units(layer: Image) -> PixelSides | None:
    y, x = (_um_of(layer, axis) for axis in (-2, -1))
    return None if y is None or x is None else (y, x)


def _um_of(layer: Image, axis: int) -> float | None:
    """Return the step of a layer along an axis, None if its unit is no length."""
    quantity = abs(float(layer.scale[axis])) * (1 * layer.units[axis])
    if not quantity.check("[length]"):
        return None
    return float(quantity.to("micrometer").magnitude)


def _planes_um(layer: Image, axis: int) -> float | None:
    """Return the distance of planes as the layer says, or its file.

    A scale of 1 that the layer has had from the start says nothing of them either.
    """
    said = _um_of(layer, axis)
    if said is not None and (layer.scale[axis], *_scale_of(layer)) != (1, 1, 1):
        return said
    of_file = _by_file(layer)
    return None if of_file is None or len(of_file) < 3 else of_file[0]


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
