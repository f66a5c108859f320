"""Pixels of an object have a digest that changes with them, and with no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.pixel_digest import (
    changed_cells,
    iter_digest_objects,
    iter_digest_pixels,
)
from napari_disentangle.crops.windows import plan_boxes, plan_windows
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Scene:
    """An image of five channels and three planes, with cells 3 and 7."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.image: NDArray[np.uint16] = rng.integers(
            1, 999, (3, 5, 40, 60), dtype=np.uint16
        )
        self.labels = np.zeros((3, 40, 60), np.int32)
        self.labels[:, 10:20, 10:20] = 3
        self.labels[1:, 10:20, 40:50] = 7

    def plan(self, **options: Any) -> Any:
        config = CropConfig(**options)
        return plan_crops(self.pixels, self.objects, config)

    @property
    def pixels(self) -> Any:
        return to_tzcyx(self.image, "zcyx")

    @property
    def objects(self) -> Any:
        return to_tzyx(self.labels, "zyx")

    def changed(self, crops: Any, at: tuple[Any, ...], labels: Any) -> list[int]:
        """Return the cells that differ when pixels change, written in place."""
        before = run(iter_digest_objects(crops, self.pixels, labels))
        self.image[at] += 1
        now = run(iter_digest_objects(crops, self.pixels, labels))
        self.image[at] -= 1
        return [int(label) for label in changed_cells(before, now)["label"]]


@pytest.mark.parametrize(
    ("at", "cells"),
    [
        ((1, 0, 12, 12), [3]),
        ((1, 4, 12, 12), [3]),  # a channel that no crop shows is measured
        ((2, 0, 12, 12), [3]),  # so is a plane beside the central one
        ((0, 0, 12, 42), []),  # where the cell is not
        ((1, 0, 12, 8), []),  # beside it, in its window
        ((slice(None), slice(None), 12, slice(None)), [3, 7]),
    ],
)
def test_with_the_background_suppressed_only_own_pixels_count(
    at: tuple[Any, ...], cells: list[int]
) -> None:
    scene = Scene()
    assert scene.changed(scene.plan(), at, scene.objects) == cells


def test_with_the_background_kept_the_window_counts() -> None:
    scene = Scene()
    crops = scene.plan(background="keep")
    assert scene.changed(crops, (1, 0, 12, 8), scene.objects) == [3]
    assert scene.changed(crops, (1, 0, 35, 12), scene.objects) == []


def test_cells_without_a_crop_are_measured_and_count() -> None:
    scene = Scene()
    scene.labels[1, 30:33, 30:33] = 9
    crops = scene.plan(min_area_px=20)
    assert crops.table["label"].tolist() == [3, 7]
    assert scene.changed(crops, (1, 0, 31, 31), scene.objects) == [9]


def test_points_count_by_window_and_boxes_by_what_is_in_them() -> None:
    scene = Scene()
    at = np.array([[1.0, 15, 15], [1, 15, 45]])
    points = plan_windows(scene.pixels, at, 12, CropConfig())
    assert scene.changed(points, (1, 0, 15, 20), None) == [1]
    assert scene.changed(points, (1, 0, 15, 30), None) == []
    boxes = np.array([[10.0, 10, 20, 20], [10, 40, 20, 50]])
    crops = plan_boxes(scene.pixels, boxes, CropConfig(), frames=np.array([1, 1]))
    assert scene.changed(crops, (1, 0, 15, 45), None) == [2]
    assert scene.changed(crops, (1, 0, 15, 53), None) == []


@pytest.mark.parametrize("background", ["suppress", "keep"])
def test_every_pixel_on_which_a_crop_depends_counts(background: str) -> None:
    scene = Scene()
    crops = scene.plan(background=background, projection="max")
    crop = crops.cut(np.array([0]), 32)
    rng = np.random.default_rng(1)
    told, seen = [], []
    for _ in range(150):
        at = (*rng.integers([3, 3]), *rng.integers([40, 32]))
        kept = scene.image[at]
        before = run(iter_digest_objects(crops, scene.pixels, scene.objects))
        scene.image[at] = 60_000
        now = run(iter_digest_objects(crops, scene.pixels, scene.objects))
        told.append(3 in changed_cells(before, now)["label"].tolist())
        seen.append(bool((crops.cut(np.array([0]), 32) != crop).any()))
        scene.image[at] = kept
    assert any(seen)
    assert not any(s and not t for s, t in zip(seen, told, strict=True))


def test_a_plane_that_is_as_it_was_needs_no_look_at_its_cells() -> None:
    scene = Scene()
    crops = scene.plan()
    before = run(iter_digest_pixels(crops, scene.pixels, scene.objects))
    scene.image[2, 0, 0, 0] += 1
    now = run(iter_digest_pixels(crops, scene.pixels, scene.objects))
    differing = {at for at in now.planes if now.planes[at] != before.planes[at]}
    assert differing == {(0, 2)}
    first = run(iter_digest_objects(crops, scene.pixels, scene.objects, {(0, 0)}))
    assert first["label"].tolist() == [3]
