"""What a number measured in a picture of crop size means: its unit and its channel."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees, isfinite, nan, prod
from typing import TYPE_CHECKING, Any

from napari_disentangle.latents.measures import MEASURES, label_of

if TYPE_CHECKING:
    from napari_disentangle.crops.pixel_size import Spacing
    from napari_disentangle.recipes.objects import Objects

_DEGREES = degrees(1)


@dataclass(frozen=True, slots=True)
class CropReading:
    """How crops show an image.

    Attributes
    ----------
    channels : tuple of str
        Names of the channels shown as red, green and blue; empty where nobody tells
        them, and of gray or color crops.
    window_px : float
        Side of the window of all crops in pixels of the image; NaN where each has its
        own.
    spacing_um : tuple of float or None
        Size of these pixels in micrometers, height and width last, where it is known.
    """

    channels: tuple[str, ...] = ()
    window_px: float = nan
    spacing_um: Spacing | None = None

    def label(self, measure: str) -> str:
        """Return a key of `MEASURES` in words, by the names of the channels."""
        return label_of(measure, self.channels)

    def unit(self, measure: str, picture_px: int) -> tuple[float, str]:
        """Return what takes a measure of pictures to its unit, and the unit.

        Parameters
        ----------
        measure : str
            A key of `MEASURES`.
        picture_px : int
            Side of the pictures that were measured, each of a whole window.

        Returns
        -------
        factor : float
            Times the measure it is in the unit.
        unit : str
            Empty of a number without unit. Areas are in pixels of the picture where
            each crop has its own window.
        """
        if measure == "area":
            return self._area(picture_px)
        if measure == "orientation":
            return _DEGREES, "°"
        if MEASURES[measure].family == "brightness" or measure.startswith("intensity"):
            return 1.0, "0 to 1"
        return 1.0, ""

    def _area(self, picture_px: int) -> tuple[float, str]:
        if not isfinite(self.window_px):
            return 1.0, f"px² of {picture_px}²"
        pixels = (self.window_px / picture_px) ** 2
        if self.spacing_um is None:
            return pixels, "px²"
        return pixels * prod(self.spacing_um[-2:]), "µm²"


def crop_reading(source: Objects | None, crops: Any) -> CropReading:
    """Return how `crops` show the image of `source`."""
    if source is None or crops is None:
        return CropReading()
    return CropReading(_shown(source, crops), crops.window_px, source.spacing_um)


def _shown(source: Objects, crops: Any) -> tuple[str, ...]:
    """Return the names of the channels that crops show in colors."""
    names, config = source.channels, getattr(crops, "config", None)
    if source.is_rgb or config is None:
        return ()
    used = config.shown_channels(len(names))
    known = len(used) > 1 and max(used) < len(names)
    return tuple(names[i] for i in used) if known else ()
