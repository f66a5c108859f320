from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from napari.layers import Image, Labels, Points, Shapes
from napari.utils import CyclicLabelColormap, DirectLabelColormap

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._layers import id_colors as id_colors_module
from napari_disentangle.widgets._layers.id_colors import cycle_length, id_colors

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING = (0.5, 0.5, 0.5, 0.6)


def painted(labels: np.ndarray, ids: list[int]) -> Labels:
    colors = np.random.default_rng(0).random((len(ids), 4)).astype(np.float32)
    layer = Labels(labels)
    layer.colormap = id_colors(cycle_length(labels), np.array(ids), colors, MISSING)
    for label, color in zip(ids, colors, strict=True):
        np.testing.assert_allclose(layer.get_color(label), color, atol=1e-6)
    return layer


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_each_id_has_its_own_color_whatever_its_type(dtype: type) -> None:
    labels = np.arange(100, dtype=dtype).reshape(10, 10)
    layer = painted(labels, [1, 99, 42])
    assert isinstance(layer.colormap, CyclicLabelColormap)
    np.testing.assert_allclose(layer.get_color(7), MISSING, atol=1e-6)
    np.testing.assert_allclose(layer.colormap.map(0), np.zeros(4))


def test_more_objects_than_a_byte_and_than_a_short_tells_are_kept_apart() -> None:
    for largest in (300, 40_000, 70_000):
        labels = np.array([[0, 1], [largest - 1, largest]], np.int32)
        painted(labels, [1, largest - 1, largest])


def test_an_object_drawn_later_has_no_other_objects_color() -> None:
    labels = np.array([[0, 1], [2, 3]], np.int32)
    layer = painted(labels, [1, 2, 3])
    for new in (4, 5, 100):
        np.testing.assert_allclose(layer.get_color(new), MISSING, atol=1e-6)


def test_ids_that_are_too_large_or_not_read_yet_have_a_color_each() -> None:
    da = pytest.importorskip("dask.array")
    huge = np.array([[0, 7], [2**17, 9]])
    for labels in (huge, da.from_array(np.array([[0, 7]]))):
        assert cycle_length(labels) == 0
        found = id_colors(0, np.array([7]), np.ones((1, 4), np.float32), MISSING)
        assert isinstance(found, DirectLabelColormap)
    assert cycle_length(np.array([[0, 7]])) > 7


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int32, np.uint64])
def test_the_first_colors_are_compiled_by_the_task_before_its_work(
    dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready: list[np.dtype[Any]] = []

    def note(data: np.ndarray, **looks: Any) -> Labels:
        ready.append(data.dtype)
        return Labels(data, **looks)

    def work() -> Iterator[str]:
        assert ready == [np.dtype(dtype)]
        yield "half"
        return 42

    monkeypatch.setattr(id_colors_module, "Labels", note)
    labels = np.array([[0, 1], [1, 1]]).astype(dtype)
    source = _layers.read_source(Image(np.zeros((2, 2))), Labels(labels), "yx")
    source = replace(source, objects=labels[None, None])
    task = _layers.iter_with_colors(work(), source)
    assert next(task) == "half"
    with pytest.raises(StopIteration) as ended:
        next(task)
    assert ended.value.value == 42


def test_objects_that_get_no_cycle_of_colors_need_nothing_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    da = pytest.importorskip("dask.array")
    image = Image(np.zeros((9, 9)))
    lazy = Labels(da.zeros((9, 9), dtype=int))
    monkeypatch.setattr(id_colors_module, "Labels", None)
    for objects in (lazy, Points([[1, 2]]), Shapes([[0, 0], [4, 4]])):
        source = _layers.read_source(image, objects, "yx")
        assert list(_layers.iter_with_colors(iter("abc"), source)) == ["a", "b", "c"]


def test_painted_cells_stay_above_an_image_between_two_labels_layers(
    make_napari_viewer: Any,
) -> None:
    viewer = make_napari_viewer(show=True)
    labels = np.ones((40, 40), np.int32)
    viewer.add_labels(labels, name="others")
    image = viewer.add_image(np.zeros((40, 40, 3), np.uint8), rgb=True)
    cells = viewer.add_labels(labels, name="cells")
    table = pd.DataFrame({"roi_id": "Image", "frame": 0, "label": [1], "z": [1.0]})
    source = _layers.read_source(image, cells, "yxc")
    table["roi_id"] = source.roi_id
    viewer.screenshot(flash=False)
    _layers.paint(viewer, source, table, 0, _layers.Coloring("z", "gray", 0, 1))
    height, width = viewer.screenshot(flash=False).shape[:2]
    pixel = viewer.screenshot(flash=False)[height // 2, width // 2]
    assert pixel[:3].min() > 100  # white, not the black of the image
