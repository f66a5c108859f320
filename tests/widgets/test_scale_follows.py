"""Micrometers follow the scale of an image whenever it changes, whatever is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from imageio.v3 import imwrite

from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.widgets.factors import FactorsWidget


@pytest.fixture
def scaled(viewer: Any, encode_in: Callable[..., Any]) -> FactorsWidget:
    """The Factors dock, with the cells encoded of an image of 0.5 x 0.25 um a pixel."""
    image = viewer.layers["image"]
    image.scale, image.units = (0.5, 0.25), "um"
    dock: FactorsWidget = encode_in(viewer)
    return dock


def assert_spacing(known: Any, height: float, width: float) -> None:
    assert known.spacing_um == (height, width)
    table = known.table
    np.testing.assert_allclose(table["pos_y_um"], table["pos_y"] * height)
    np.testing.assert_allclose(table["pos_x_um"], table["pos_x"] * width)
    np.testing.assert_allclose(table["area_um2"], table["area"] * height * width)


def test_of_an_image_that_is_not_chosen(
    viewer: Any, scaled: FactorsWidget, sparse_image: NDArray[np.uint8]
) -> None:
    other = viewer.add_image(sparse_image, rgb=True, name="other")
    crops = next(
        dock
        for dock in viewer.window.dock_widgets.values()
        if isinstance(dock, CropsWidget)
    )
    crops.image_combo.set_layer(other)
    viewer.layers["image"].scale = (2, 3)
    assert_spacing(session_of(viewer).images[0], 2, 3)
    viewer.layers["image"].units = "nm"
    assert_spacing(session_of(viewer).images[0], 0.002, 0.003)


def test_with_no_dock_open(viewer: Any, scaled: FactorsWidget) -> None:
    for dock in list(viewer.window.dock_widgets.values()):
        viewer.window.remove_dock_widget(dock)
    viewer.layers["image"].scale = (2, 3)
    assert_spacing(session_of(viewer).images[0], 2, 3)


@pytest.mark.parametrize("name", ["other", "image"])
def test_of_an_image_that_was_encoded_with_the_one_shown(
    make_napari_viewer: Any,
    encode_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    name: str,
) -> None:
    viewer = make_napari_viewer()
    for folder, file, step in (("b", name, -1), ("a", "image", 1)):
        (tmp_path / folder).mkdir()
        imwrite(tmp_path / folder / f"{file}.png", sparse_image[:, ::step])
        (layer,) = viewer.open(tmp_path / folder / f"{file}.png")
        layer.name, layer.scale, layer.units = folder, (0.5, 0.25), "um"
        viewer.add_labels(sparse_labels[:, ::step], name=f"{folder} cells")
    dock = encode_in(viewer)
    dock.encode_all()
    wait_for(dock)
    shown = session_of(viewer).source.image_layer()
    (other,) = {viewer.layers["a"], viewer.layers["b"]} - {shown}
    other.scale = (2, 3)
    first, second = session_of(viewer).images
    assert_spacing(first, 0.5, 0.25)
    assert_spacing(second, 2, 3)


def test_while_cells_are_cut_encoded_and_updated(
    viewer: Any,
    scaled: FactorsWidget,
    wait_for: Callable[[Any], None],
    settle: Callable[[Any], None],
) -> None:
    image = viewer.layers["image"]
    scaled.encode()
    image.scale = (2, 3)
    wait_for(scaled)
    assert_spacing(session_of(viewer).images[0], 2, 3)
    viewer.layers["cells"].data_setitem((np.array([14]), np.array([10])), 1)
    settle(scaled)
    scaled.encode()
    image.scale = (4, 5)
    wait_for(scaled)
    assert_spacing(session_of(viewer).images[0], 4, 5)
