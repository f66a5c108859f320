from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._layers.pairs import other_sources
from napari_disentangle.widgets._layers.read import read_source

if TYPE_CHECKING:
    from napari_disentangle.widgets._layers.read import Source

SIDES = 20, 30


@pytest.fixture
def viewer() -> ViewerModel:
    """An image that is shown with its cells, without a window."""
    viewer = ViewerModel()
    viewer.add_image(np.zeros(SIDES), name="shown")
    viewer.add_labels(np.ones(SIDES, np.int32), name="shown cells")
    return viewer


@pytest.fixture
def shown(viewer: ViewerModel) -> Source:
    return read_source(viewer.layers["shown"], viewer.layers["shown cells"], "yx")


def add(viewer: ViewerModel, image: str, sides: tuple[int, int] = SIDES) -> None:
    viewer.add_image(np.zeros(sides), name=image)


def label(viewer: ViewerModel, name: str, sides: tuple[int, int] = SIDES) -> Any:
    return viewer.add_labels(np.ones(sides, np.int32), name=name)


def pairs(viewer: ViewerModel, shown: Source) -> dict[str, str]:
    """Return the name of the cells of each other image."""
    found = {}
    for source in other_sources(viewer, shown)[0]:
        image, cells = source.image_layer(), source.objects_layer()
        assert image is not None
        assert cells is not None
        found[image.name] = cells.name
    return found


def test_cells_are_of_the_image_that_their_name_begins_with(
    viewer: ViewerModel, shown: Source
) -> None:
    for name in ("a", "b"):
        add(viewer, name)
    for name in ("b cells", "a cells"):
        label(viewer, name)
    assert pairs(viewer, shown) == {"a": "a cells", "b": "b cells"}


def test_of_two_names_that_fit_the_longer_one_is_meant(
    viewer: ViewerModel, shown: Source
) -> None:
    for name in ("slide 1", "slide 12"):
        add(viewer, name)
    label(viewer, "slide 12 cells")
    assert pairs(viewer, shown) == {"slide 12": "slide 12 cells"}
    assert other_sources(viewer, shown)[1] == ["slide 1"]


def test_a_number_that_goes_on_is_another_number(
    viewer: ViewerModel, shown: Source
) -> None:
    for name in ("slide 1", "b"):
        add(viewer, name)
    label(viewer, "slide 10 cells")
    assert pairs(viewer, shown) == {}


def test_of_two_layers_that_fit_the_newer_one_is_meant(
    viewer: ViewerModel, shown: Source
) -> None:
    add(viewer, "a")
    for name in ("a cells", "a cells, better"):
        label(viewer, name)
    assert pairs(viewer, shown) == {"a": "a cells, better"}


def test_a_name_does_not_help_cells_of_another_shape(
    viewer: ViewerModel, shown: Source
) -> None:
    add(viewer, "a")
    label(viewer, "a cells", (40, 50))
    assert pairs(viewer, shown) == {}


def test_without_a_name_cells_are_taken_only_if_no_other_image_fits(
    viewer: ViewerModel, shown: Source
) -> None:
    add(viewer, "a", (40, 50))
    label(viewer, "nameless", (40, 50))
    assert pairs(viewer, shown) == {"a": "nameless"}
    add(viewer, "b", (40, 50))
    assert pairs(viewer, shown) == {}
    assert other_sources(viewer, shown)[1] == ["a", "b"]


def test_what_the_docks_made_is_no_cells(viewer: ViewerModel, shown: Source) -> None:
    add(viewer, "a")
    label(viewer, "a selected").metadata["selection"] = True
    assert pairs(viewer, shown) == {}


def test_points_beyond_the_edge_of_an_image_are_not_its_cells() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros(SIDES), name="shown")
    points = viewer.add_points([[1, 2]], name="shown points")
    shown = read_source(image, points, "yx")
    add(viewer, "a", (50, 50))
    add(viewer, "b")
    viewer.add_points([[3, 4], [40, 45]], name="b points")
    assert pairs(viewer, shown) == {"a": "b points"}
