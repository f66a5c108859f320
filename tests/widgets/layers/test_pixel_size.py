from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Image
from napari.layers._source import layer_source

from napari_disentangle.crops.images import read_image
from napari_disentangle.widgets._layers.pixel_size import (
    enter_pixel_size,
    scale_layers,
    spacing_of,
)
from napari_disentangle.widgets._layers.stacks import add_opened_image

if TYPE_CHECKING:
    from pathlib import Path


def stack(scale: tuple[float, ...], *units: str, rgb: bool = False) -> Image:
    shape = (3, 20, 30, 3) if rgb else (3, 20, 30)
    return Image(np.zeros(shape), scale=scale, units=units, rgb=rgb)


@pytest.mark.parametrize(
    ("scale", "units"),
    [
        ((2000, 500, 250), ("nm", "nm", "nm")),
        ((2, 0.5, 0.25), ("um", "um", "um")),
        ((0.002, 0.0005, 0.00025), ("mm", "mm", "mm")),
        ((0.002, 500, 0.25), ("mm", "nm", "um")),
    ],
)
@pytest.mark.parametrize("rgb", [False, True])
def test_each_axis_is_converted_by_its_own_unit(
    scale: tuple[float, ...], units: tuple[str, ...], rgb: bool
) -> None:
    axes = "zyxc" if rgb else "zyx"
    found = spacing_of(stack(scale, *units, rgb=rgb), axes)
    assert found == pytest.approx((2, 0.5, 0.25))


@pytest.mark.parametrize(
    ("axes", "units", "spacing"),
    [
        ("zyx", ("pixel", "um", "um"), (0.5, 0.25)),
        ("tyx", ("um", "um", "um"), (0.5, 0.25)),
        ("cyx", ("um", "um", "um"), (0.5, 0.25)),
        ("zyx", ("um", "um", "pixel"), None),
        ("zyx", ("um", "pixel", "pixel"), None),
    ],
)
def test_a_distance_that_is_none_of_planes_is_not_told(
    axes: str, units: tuple[str, ...], spacing: Any
) -> None:
    assert spacing_of(stack((2, 0.5, 0.25), *units), axes) == spacing


def test_planes_are_1_apart_only_if_the_layer_was_scaled() -> None:
    assert spacing_of(stack((1, 0.5, 0.25), *3 * ["um"]), "zyx") == (1, 0.5, 0.25)
    untouched = stack((1, 1, 1), *3 * ["um"])
    assert spacing_of(untouched, "zyx") == (1, 1)
    enter_pixel_size(untouched, (0.5, 0.25))
    assert spacing_of(untouched, "zyx") == (0.5, 0.25)
    enter_pixel_size(untouched, None)
    scale_layers(untouched, [], (0.5, 0.25))
    assert spacing_of(untouched, "zyx") == (0.5, 0.25)


def test_a_size_that_was_entered_keeps_the_distance_that_the_layer_says() -> None:
    layer = stack((2, 1, 1), "um", "pixel", "pixel")
    enter_pixel_size(layer, (0.5, 0.25))
    assert spacing_of(layer, "zyx") == (2, 0.5, 0.25)


def test_the_file_of_a_stack_tells_the_distance_too(tmp_path: Path) -> None:
    path, data = tmp_path / "a.tif", np.zeros((3, 6, 9), np.uint8)
    metadata = {"axes": "ZYX", "unit": "um", "spacing": 3.0}
    tifffile.imwrite(path, data, imagej=True, resolution=(4, 2), metadata=metadata)
    with layer_source(path=str(path)):
        layer = Image(data)
    assert spacing_of(layer, "zyx") == (3, 0.5, 0.25)
    enter_pixel_size(layer, (2, 2))
    assert spacing_of(layer, "zyx") == (3, 2, 2)


def test_an_opened_stack_lies_in_the_viewer_by_what_its_file_tells(
    tmp_path: Path,
) -> None:
    path, data = tmp_path / "a.tif", np.zeros((3, 6, 9), np.uint8)
    metadata = {"axes": "ZYX", "unit": "um", "spacing": 3.0}
    tifffile.imwrite(path, data, imagej=True, resolution=(4, 2), metadata=metadata)
    layer = add_opened_image(ViewerModel(), read_image(path))
    assert layer.scale.tolist() == [3, 0.5, 0.25]
    assert spacing_of(layer, "zyx") == (3, 0.5, 0.25)
    del metadata["spacing"]
    tifffile.imwrite(path, data, imagej=True, resolution=(4, 2), metadata=metadata)
    layer = add_opened_image(ViewerModel(), read_image(path))
    assert [str(unit) for unit in layer.units] == ["pixel", "micrometer", "micrometer"]
    assert spacing_of(layer, "zyx") == (0.5, 0.25)
