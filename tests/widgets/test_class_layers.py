from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._layers import color, id_colors

COLORS = {"red": "#ff0000", "green": "#00ff00", "blue": "#0000ff"}


@pytest.fixture
def viewer(sparse_image: Any, sparse_labels: Any) -> ViewerModel:
    viewer = ViewerModel()
    viewer.add_image(sparse_image, rgb=True, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


@pytest.fixture
def source(viewer: ViewerModel) -> _layers.Source:
    return _layers.read_source(viewer.layers["image"], viewer.layers["cells"], "yxc")


def table_of(names: dict[int, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "roi_id": "image",
            "frame": 0,
            "label": list(names),
            "annotation": list(names.values()),
        }
    )


@pytest.mark.parametrize("order", [[10, 1, 5], [1, 5, 10]])
def test_each_cell_has_the_color_of_its_class_by_label_id(
    viewer: ViewerModel, source: _layers.Source, order: list[int]
) -> None:
    names = {1: "red", 5: np.nan, 10: "blue"}
    table = table_of({label: names[label] for label in order})
    _layers.paint_classes(viewer, source, table, 0, "annotation", COLORS)
    layer = viewer.layers["cells"]
    np.testing.assert_allclose(layer.get_color(1), (1, 0, 0, 1), atol=1e-6)
    np.testing.assert_allclose(layer.get_color(10), (0, 0, 1, 1), atol=1e-6)
    assert layer.get_color(5)[3] < 0.3


def test_many_cells_have_the_colors_of_their_classes_in_an_image_beneath(
    viewer: ViewerModel, source: _layers.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(color, "FAST_ABOVE", 2)
    monkeypatch.setattr(id_colors, "_MOST", 0)
    table = table_of({1: "red", 5: "green", 10: "blue"})
    _layers.paint_classes(viewer, source, table, 0, "annotation", COLORS)
    image = viewer.layers["cells (colored)"]
    low, high = image.contrast_limits
    shown = image.colormap.map((image.data[30, [10, 40, 70]] - low) / (high - low))
    np.testing.assert_allclose(shown[:, :3], np.eye(3), atol=1e-6)


def test_a_table_without_any_class_is_painted_faint(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    _layers.paint_classes(viewer, source, table_of({1: np.nan}), 0, "annotation", {})
    assert viewer.layers["cells"].get_color(1)[3] < 0.3


def test_images_of_one_name_are_told_apart_by_their_pixels(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    mark = _layers.fingerprint(source)
    assert mark == _layers.fingerprint(source)
    layer = viewer.layers["image"]
    layer.data = 255 - np.asarray(layer.data)
    other = _layers.read_source(layer, viewer.layers["cells"], "yxc")
    assert _layers.fingerprint(other) != mark
    assert _layers.image_file(source) is None


def test_an_image_that_was_opened_knows_its_file(
    tmp_path: Any, make_napari_viewer: Any, sparse_image: Any, sparse_labels: Any
) -> None:
    from skimage.io import imsave

    file = tmp_path / "blood.png"
    imsave(file, sparse_image, check_contrast=False)
    viewer = make_napari_viewer()
    (image,) = viewer.open(file)
    labels = viewer.add_labels(sparse_labels)
    source = _layers.read_source(image, labels, "yxc")
    assert source.roi_id == "blood.png"
    assert _layers.image_file(source) == file
    file.unlink()
    assert _layers.image_file(source) is None


def test_keys_reach_layers_that_are_added_later_and_leave_those_removed(
    viewer: ViewerModel,
) -> None:
    pressed: list[str] = []
    keys = _layers.Keys(viewer, pressed.append)
    keys.bind(["1", "2"])
    later = viewer.add_labels(np.zeros((4, 4), int))
    for holder in (viewer, later):
        for action in list(holder.keymap.values()):
            action(holder)
    assert pressed == ["1", "2", "1", "2"]
    viewer.layers.remove(later)
    assert not later.keymap
    keys.bind(["2"])
    assert len(viewer.keymap) == 1
    keys.stop()
    assert not viewer.keymap
    assert not viewer.layers["cells"].keymap
    assert not viewer.add_labels(np.zeros((4, 4), int)).keymap


@pytest.mark.parametrize(
    ("mode", "drawing"), [("pan_zoom", False), ("pick", False), ("fill", True)]
)
def test_drawing_is_told_from_looking(mode: str, drawing: bool) -> None:
    active = SimpleNamespace(mode=mode)
    layers = SimpleNamespace(selection=SimpleNamespace(active=active))
    assert _layers.is_drawing(SimpleNamespace(layers=layers)) is drawing
