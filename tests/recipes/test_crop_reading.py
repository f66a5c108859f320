from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.crop_reading import CropReading, crop_reading
from napari_disentangle.recipes.image_objects import ImageObjects

NAMES = ("DAPI", "GFP", "actin", "mito")


def crops(*channels: int) -> SimpleNamespace:
    return SimpleNamespace(window_px=80.0, config=CropConfig(channels=channels))


def source(names: tuple[str, ...] = NAMES, *, is_rgb: bool = False) -> ImageObjects:
    image = np.zeros((1, 1, len(names) or 3, 9, 9))
    return ImageObjects(
        image, None, is_rgb=is_rgb, spacing_um=(3, 0.5, 0.25), channels=names
    )


def test_an_area_is_told_in_the_unit_of_the_image() -> None:
    window = CropReading(window_px=128.0)
    assert window.unit("area", 64) == (4.0, "px²")
    known = CropReading(window_px=128.0, spacing_um=(0.5, 0.25))
    assert known.unit("area", 64) == (0.5, "µm²")
    assert known.unit("area", 32) == (2.0, "µm²")


def test_the_distance_of_planes_is_no_part_of_an_area() -> None:
    assert crop_reading(source(), crops()).unit("area", 80) == (0.125, "µm²")


def test_areas_in_windows_of_their_own_are_in_pixels_of_the_picture() -> None:
    fitted = CropReading(spacing_um=(0.5, 0.25))
    assert fitted.unit("area", 64) == (1.0, "px² of 64²")


@pytest.mark.parametrize(
    ("measure", "unit"),
    [
        ("intensity_std", "0 to 1"),
        ("intensity_mean_2", "0 to 1"),
        ("solidity", ""),
        ("texture_entropy", ""),
        ("color_red", ""),
    ],
)
def test_only_what_has_a_unit_gets_one(measure: str, unit: str) -> None:
    assert CropReading().unit(measure, 64) == (1.0, unit)


def test_an_orientation_is_told_in_degrees() -> None:
    factor, unit = CropReading().unit("orientation", 64)
    assert (factor * np.pi, unit) == (pytest.approx(180), "°")


def test_colors_of_crops_are_called_by_the_channels_they_show() -> None:
    chosen = crop_reading(source(), crops(3, 1))
    assert chosen.label("intensity_mean_0") == "mean mito (red)"
    assert chosen.label("color_green") == "share of GFP (green)"
    assert chosen.label("intensity_mean_2") == "mean blue"
    assert chosen.label("area") == "area"
    first = crop_reading(source(), crops())
    assert first.channels == ("DAPI", "GFP", "actin")


@pytest.mark.parametrize(
    ("given", "channels"),
    [
        (source((), is_rgb=True), ()),
        (source(()), (0, 1)),
        (source(), (2,)),
        (source(("DAPI", "GFP")), (0, 2)),
    ],
)
def test_color_gray_and_unnamed_crops_have_no_names_of_channels(
    given: ImageObjects, channels: tuple[int, ...]
) -> None:
    assert crop_reading(given, crops(*channels)).channels == ()
