from __future__ import annotations

import numpy as np
import pytest
from napari.layers import Image, Labels, Points, Shapes, Vectors

from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.objects import may_lie_on, read_objects

STACK = Image(np.zeros((3, 4, 20, 30)), scale=(1, 2, 0.5, 0.5))


def test_points_are_given_in_pixels_of_the_image_whatever_their_own_scale() -> None:
    points = Points([[2, 3, 5, 10]], scale=(1, 2, 1, 1))
    kind, at = read_objects(STACK, points, "tzyx")
    assert kind == "points"
    np.testing.assert_allclose(at, [[2, 3, 10, 20]])


def test_points_without_a_time_lie_in_the_first_frame() -> None:
    _, at = read_objects(STACK, Points([[5, 10]]), "tzyx")
    np.testing.assert_allclose(at, [[0, 0, 10, 20]])


def test_a_rectangle_is_its_frame_and_its_lowest_and_highest_corner() -> None:
    image = Image(np.zeros((20, 30)), translate=(100, 200))
    corners = [[110, 215], [105, 215], [105, 205], [110, 205]]
    kind, boxes = read_objects(image, Shapes([corners]), "yx")
    assert kind == "shapes"
    np.testing.assert_allclose(boxes, [[0, 0, 5, 5, 10, 15]])


def test_no_rectangles_are_no_rows() -> None:
    assert read_objects(Image(np.zeros((20, 30))), Shapes(), "yx")[1].shape == (0, 6)


def test_labels_are_brought_into_the_order_time_z_y_x() -> None:
    labels = Labels(np.arange(24).reshape(4, 2, 3))
    _, found = read_objects(Image(np.zeros((4, 2, 3))), labels, "zyx")
    assert found.shape == (1, 4, 2, 3)
    assert np.asarray(found)[0, 3, 1, 2] == 23


def test_labels_of_other_dimensions_are_refused_in_a_sentence() -> None:
    with pytest.raises(CropError, match="has 2 dimensions but the image has 4"):
        read_objects(STACK, Labels(np.ones((20, 30), int)), "tzyx")


def test_a_layer_of_another_type_is_refused_in_a_sentence() -> None:
    with pytest.raises(CropError, match="no Labels, Points or Shapes layer"):
        read_objects(STACK, Vectors(np.zeros((1, 2, 4))), "tzyx")


@pytest.mark.parametrize(
    ("objects", "may"),
    [
        (Labels(np.ones((20, 30), int)), True),
        (Labels(np.ones((5, 20, 30), int)), False),
        (Labels(np.ones((30, 20), int)), False),
        (Points([[1, 2]]), True),
        (Points([[0, 1, 2]]), True),  # drawn on the first channel
        (Points([[0, 1, 2], [3, 1, 2]]), False),  # frames, if nobody names channels
    ],
)
def test_channels_do_not_count_for_what_may_lie_on_an_image(
    objects: Labels | Points, may: bool
) -> None:
    assert may_lie_on(Image(np.zeros((5, 20, 30))), "cyx", objects) == may


def test_points_in_another_unit_than_the_image_lie_where_napari_draws_them() -> None:
    image = Image(np.zeros((20, 30)), scale=(0.5, 0.5), units=("um", "um"))
    points = Points([[2, 3]], scale=(1000, 1000), units=("nm", "nm"))
    np.testing.assert_allclose(read_objects(image, points, "yx")[1], [[0, 0, 4, 6]])
    plain = Points([[2, 3]])
    np.testing.assert_allclose(read_objects(image, plain, "yx")[1], [[0, 0, 4, 6]])
