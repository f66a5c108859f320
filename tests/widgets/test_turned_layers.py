"""What docks add lies on layers that are turned, sheared or registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._layers.placing import turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGISTERED = np.array([[0.9, -0.2, 7.0], [0.3, 1.1, -4.0], [0.0, 0.0, 1.0]])
PLACES = [
    {"scale": (0.5, 0.25), "translate": (100.0, -40.0)},
    {"rotate": 30, "scale": (0.5, 0.25), "translate": (100.0, -40.0)},
    {"affine": REGISTERED, "scale": (2.0, 2.0), "translate": (3.0, 4.0)},
    {"shear": [0.4], "rotate": -70, "affine": REGISTERED},
]


@pytest.fixture(params=PLACES, ids=("plain", "turned", "registered", "all"))
def place(request: Any) -> dict[str, Any]:
    return dict(request.param)


@pytest.fixture
def placed(
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    place: dict[str, Any],
) -> Any:
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image", **place)
    viewer.add_labels(sparse_labels, name="cells", **place)
    return viewer


def same_place(a: Any, b: Any) -> None:
    for point in ((0, 0), (30, 0), (12, 50)):
        np.testing.assert_allclose(a.data_to_world(point), b.data_to_world(point))


def test_a_segmentation_lies_on_its_image(
    placed: Any, sparse_labels: NDArray[np.int32]
) -> None:
    image = placed.layers["image"]
    same_place(
        _layers.add_labels(placed, image, sparse_labels[None, None], "yxc"), image
    )


def test_a_preview_lies_on_the_part_of_the_image_it_is_of(
    placed: Any, sparse_labels: NDArray[np.int32]
) -> None:
    image, region = placed.layers["image"], (slice(10, 40), slice(20, 60))
    for _ in range(2):  # made, then moved
        _layers.show_preview(placed, image, sparse_labels[region], region)
        preview = placed.layers["segmentation preview"]
        at = preview.data_to_world((3, 4))
        np.testing.assert_allclose(at, image.data_to_world((13, 24)))
        region = (slice(10, 40), slice(20, 60))


@pytest.mark.parametrize("ring", [False, True])
def test_marks_lie_on_the_cells(
    placed: Any, ring: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ring:
        from napari_disentangle.widgets._layers import highlight

        monkeypatch.setattr(highlight, "OUTLINE_BELOW_PX", 0)
    image, cells = placed.layers["image"], placed.layers["cells"]
    source = _layers.read_source(image, cells, "yxc")
    crops = run(iter_plan_objects(source, CropConfig()))
    marks = _layers.Highlight(placed)
    marks.show(source, crops.table.iloc[1:2], crops.window_px)
    same_place(placed.layers["selected cells"], cells)
    marks.stop()


def test_a_plain_layer_needs_nothing_beyond_scale_and_translation(
    make_napari_viewer: Any,
) -> None:
    viewer = make_napari_viewer()
    place = {"scale": (3.0, 0.1, 0.7), "translate": (1e3, -7.3, 0.1)}
    image = viewer.add_image(np.zeros((4, 5, 6)), **place)
    np.testing.assert_array_equal(turned(image, [0, 1, 2]), np.eye(4))
    np.testing.assert_array_equal(turned(image, [1, 2]), np.eye(3))
