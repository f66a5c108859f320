from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import CropError, NoCellsError
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.recipes.traversal import TraversalStack
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._layers import color, id_colors, value_map
from napari_disentangle.widgets._selection import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIRIDIS = _layers.Coloring("z_scale", "viridis", 0.0, 1.0)


def table_of(labels: list[int], values: list[float], frame: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "roi_id": "image",
            "frame": frame,
            "label": labels,
            "index": labels,
            "pos_y": 30.0,
            "pos_x": [10.0 * label for label in labels],
            "z_scale": values,
        }
    )


@pytest.fixture
def viewer(
    sparse_image: NDArray[np.uint8], sparse_labels: NDArray[np.int32]
) -> ViewerModel:
    viewer = ViewerModel()
    viewer.add_image(sparse_image, rgb=True, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


@pytest.fixture
def source(viewer: ViewerModel) -> _layers.Source:
    return _layers.read_source(viewer.layers["image"], viewer.layers["cells"], "yxc")


def test_an_rgb_image_and_its_labels_become_canonical(source: _layers.Source) -> None:
    assert source.image.shape == (1, 1, 3, 60, 90)
    assert source.objects.shape == (1, 1, 60, 90)
    assert source.roi_id == "image"
    assert source.spacing_um is None
    assert source.frame_axis is None


def test_pixel_size_is_read_in_micrometers_from_any_length_unit() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((8, 8)), scale=(500, 250), units=("nm", "nm"))
    labels = viewer.add_labels(np.ones((8, 8), int), scale=(500, 250), units="nm")
    found = _layers.read_source(image, labels, "yx")
    assert found.spacing_um == pytest.approx((0.5, 0.25))


@pytest.mark.parametrize(
    ("shape", "rgb", "names", "expected"),
    [
        ((9, 9), False, None, "yx"),
        ((9, 9, 3), True, None, "yxc"),
        ((20, 9, 9), False, None, "tyx"),
        ((3, 9, 9), False, None, "cyx"),
        ((20, 9, 9), False, ("z", "y", "x"), "zyx"),
        ((12, 9, 9, 3), True, None, "tyxc"),
        ((12, 2, 9, 9), False, None, "tcyx"),
        ((12, 20, 3, 9, 9), False, None, "tzcyx"),
    ],
)
def test_the_likeliest_axes_come_first(
    shape: tuple[int, ...], rgb: bool, names: Any, expected: str
) -> None:
    layer = ViewerModel().add_image(np.zeros(shape, np.uint8), rgb=rgb)
    if names:
        layer.axis_labels = names
    choices = [axes for _, axes in _layers.axes_choices(layer)]
    assert choices[0] == expected
    assert len(set(choices)) == len(choices)


def test_a_lazy_image_is_not_read() -> None:
    def refuse(block: Any) -> Any:
        raise AssertionError("read")

    lazy = da.zeros((5, 40, 40), chunks=(1, 40, 40)).map_blocks(
        refuse, dtype=float, meta=np.zeros((0, 0, 0))
    )
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((5, 40, 40)))
    image._data = lazy
    labels = viewer.add_labels(np.ones((5, 40, 40), int))
    assert _layers.read_source(image, labels, "tyx").image.shape == (5, 1, 1, 40, 40)


def test_labels_of_other_dimensions_are_refused_with_a_remedy(
    viewer: ViewerModel,
) -> None:
    movie = viewer.add_labels(np.ones((4, 60, 90), int), name="movie")
    with pytest.raises(CropError, match=r"'movie' has 3 dimensions.*2 \(y, x\)"):
        _layers.read_source(viewer.layers["image"], movie, "yxc")


def test_points_and_boxes_become_pixels_of_the_image() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((40, 40)), scale=(2, 2), translate=(10, 0))
    points = viewer.add_points([[30, 20]])
    found = _layers.read_source(image, points, "yx")
    np.testing.assert_allclose(found.objects, [[0, 0, 10, 10]])
    box = np.array([[10, 0], [10, 20], [50, 20], [50, 0]])
    shapes = viewer.add_shapes([box], shape_type="rectangle")
    found = _layers.read_source(image, shapes, "yx")
    np.testing.assert_allclose(found.objects, [[0, 0, 0, 0, 20, 10]])


def test_empty_points_and_shapes_layers_are_images_without_cells() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((40, 40)))
    for layer, what in (
        (viewer.add_points(ndim=2), "points"),
        (viewer.add_shapes(ndim=2), "boxes"),
    ):
        source = _layers.read_source(image, layer, "yx")
        with pytest.raises(NoCellsError, match=f"no {what} to crop around; add some"):
            run(iter_plan_objects(source, CropConfig(window_px=20)))


def test_a_source_whose_layer_was_removed_is_not_open(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    assert _layers.is_open(viewer, source)
    viewer.layers.remove("cells")
    assert not _layers.is_open(viewer, source)


def test_features_are_found_by_label_id(viewer: ViewerModel) -> None:
    layer = viewer.layers["cells"]
    _layers.set_features(layer, table_of([1, 5, 10], [0.1, 0.5, 1.0]), 0, "image")
    assert list(layer.features["index"]) == [1, 5, 10]
    for label, value in ((1, 0.1), (5, 0.5), (10, 1.0)):
        assert f"z_scale: {value:g}" in layer._get_properties(
            (30, 30 * (1, 5, 10).index(label) + 10), world=True
        )


def test_columns_from_elsewhere_stay_with_their_object(viewer: ViewerModel) -> None:
    layer = viewer.layers["cells"]
    layer.features = pd.DataFrame({"index": [10, 1], "note": ["ten", "one"]})
    for _ in range(2):
        _layers.set_features(layer, table_of([1, 5, 10], [0, 0, 0]), 0, "image")
    assert list(layer.features["note"].fillna("")) == ["one", "", "ten"]


def test_points_without_a_code_get_nan() -> None:
    layer = ViewerModel().add_points(np.zeros((3, 2)))
    _layers.set_features(layer, table_of([1, 3], [0.1, 0.3]), 0, "image")
    assert list(layer.features["label"]) == [1, 2, 3]
    assert np.isnan(layer.features["z_scale"][1])


def test_colors_match_the_table_by_label_id_in_any_row_order(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    table = table_of([10, 1, 5], [1.0, 0.0, 0.5])
    _layers.paint(viewer, source, table, 0, VIRIDIS)
    layer = viewer.layers["cells"]
    for label, value in ((1, 0.0), (5, 0.5), (10, 1.0)):
        expected = _layers.rgba_of(np.array([value]), VIRIDIS)[0]
        np.testing.assert_allclose(layer.get_color(label), expected, atol=1e-6)
    np.testing.assert_allclose(layer.colormap.map(0), (0, 0, 0, 0))


def test_cells_without_a_value_are_gray(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    _layers.paint(viewer, source, table_of([1, 5], [0.2, np.nan]), 0, VIRIDIS)
    layer = viewer.layers["cells"]
    np.testing.assert_allclose(layer.get_color(5), color.GRAY, atol=1e-6)
    np.testing.assert_allclose(layer.get_color(10), color.GRAY, atol=1e-6)


def test_original_colors_come_back(viewer: ViewerModel, source: _layers.Source) -> None:
    layer = viewer.layers["cells"]
    before, opacity = layer.colormap, layer.opacity
    for _ in range(2):
        _layers.paint(viewer, source, table_of([1, 5], [0.2, 0.3]), 0, VIRIDIS)
    assert layer.colormap is not before
    _layers.restore_colors(viewer, source)
    assert layer.colormap is before
    assert layer.opacity == opacity


def test_many_objects_are_colored_by_an_image_beneath_the_transparent_labels(
    viewer: ViewerModel, source: _layers.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(color, "FAST_ABOVE", 2)
    monkeypatch.setattr(id_colors, "_MOST", 0)
    table = table_of([1, 5, 10], [0.1, 0.5, np.nan])
    for _ in range(2):
        _layers.paint(viewer, source, table, 0, VIRIDIS)
    names = [layer.name for layer in viewer.layers]
    assert names == ["image", "cells (colored)", "cells"]
    labels, colored = viewer.layers["cells"], viewer.layers["cells (colored)"]
    assert viewer.layers.selection.active is labels
    assert labels.opacity == 0
    assert labels.visible
    for label, value in ((1, 0.1), (5, 0.5), (10, np.nan)):
        np.testing.assert_allclose(colored.data[labels.data == label], value, rtol=1e-6)
    assert np.isnan(colored.data[labels.data == 0]).all()
    _layers.restore_colors(viewer, source)
    assert [layer.name for layer in viewer.layers] == ["image", "cells"]
    assert labels.opacity > 0


def test_huge_ids_need_no_huge_table() -> None:
    ids, values = np.array([7, 2**40]), np.array([0.5, 0.7])
    labels = np.array([[0, 7], [2**40, 8]])
    found = value_map.lookup(labels, ids, values)
    np.testing.assert_allclose(found, [[np.nan, 0.5], [0.7, np.nan]], rtol=1e-6)


def test_limits_ignore_missing_values_and_never_coincide() -> None:
    values = np.array([np.nan, 0.0, 1.0, 2.0, 100.0])
    low, high = _layers.limits_of(values, 0, 75)
    assert (low, high) == (0.0, 26.5)
    low, high = _layers.limits_of(np.full(5, 3.0), 1, 99)
    assert low < 3.0 < high
    assert _layers.limits_of(np.full(2, np.nan), 1, 99) == (0.0, 1.0)


def test_a_movie_shows_the_rows_of_the_current_frame() -> None:
    viewer = ViewerModel()
    labels = np.zeros((3, 40, 40), int)
    labels[:, 5:20, 5:20] = 7
    labels[1:, 25:35, 25:35] = 9
    image = viewer.add_image(np.zeros((3, 40, 40)))
    layer = viewer.add_labels(labels)
    source = _layers.read_source(image, layer, "tyx")
    table = pd.concat(
        [table_of([7], [0.0], 0), table_of([7, 9], [1.0, 0.5], 1)], ignore_index=True
    )
    frames: list[int] = []

    def show(frame: int) -> None:
        frames.append(frame)
        _layers.set_features(layer, table, frame, "image")

    viewer.dims.set_current_step(0, 0)
    follower = _layers.FrameFollower(viewer, show)
    follower.follow(source)
    viewer.dims.set_current_step(0, 1)
    assert list(layer.features["index"]) == [7, 9]
    assert list(layer.features["z_scale"]) == [1.0, 0.5]
    viewer.dims.set_current_step(0, 2)
    assert len(layer.features) == 0
    viewer.dims.set_current_step(0, 0)
    assert list(layer.features["z_scale"]) == [0.0]
    follower.stop()
    viewer.dims.set_current_step(0, 2)
    assert frames == [1, 2, 0]


def test_the_pointer_finds_the_label_and_background_finds_nothing(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    assert _layers.cell_at(viewer, source, (30, 40)) == Cell(5)
    assert _layers.cell_at(viewer, source, (2, 2)) is None
    assert _layers.cell_at(viewer, source, (500, 500)) is None
    viewer.layers["cells"].visible = False
    assert _layers.cell_at(viewer, source, (30, 40)) is None


def test_hovering_reports_each_change_once_and_a_click_selects(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    hovered: list[Any] = []
    clicked: list[Cell] = []
    picker = _layers.Picker(
        viewer, lambda: source, on_hover=hovered.append, on_click=clicked.append
    )

    def event(kind: str, position: Any) -> Any:
        return SimpleNamespace(type=kind, position=position, pos=position)

    for position in ((30, 40), (31, 40), (2, 2)):
        for callback in viewer.mouse_move_callbacks:
            callback(viewer, event("mouse_move", position))
    assert hovered == [Cell(5), None]
    press = event("mouse_press", (30, 80))
    pressed = viewer.mouse_drag_callbacks[-1]
    list(pressed(viewer, press))  # pressed and released in place
    assert clicked == [Cell(10)]
    drag = event("mouse_press", (30, 80))
    steps = pressed(viewer, drag)
    next(steps)
    drag.type, drag.pos = "mouse_move", (60, 120)
    assert list(steps) == []
    assert clicked == [Cell(10)]
    picker.stop()
    assert not viewer.mouse_move_callbacks
    assert pressed not in viewer.mouse_drag_callbacks


def test_the_camera_goes_to_a_cell_and_selects_it(
    viewer: ViewerModel, source: _layers.Source
) -> None:
    row = table_of([5], [0.0]).iloc[0]
    _layers.center_on(viewer, source, row, side_px=30)
    np.testing.assert_allclose(viewer.scene.camera.center[-2:], (30, 50))
    assert viewer.layers["cells"].selected_label == 5


@pytest.mark.parametrize(
    ("side_px", "zoom"), [(300, 2.0), (30, 2.0), (400, 1.5), (20, 7.5)]
)
def test_the_camera_zooms_only_to_a_cell_that_is_tiny_or_does_not_fit(
    viewer: ViewerModel, source: _layers.Source, side_px: float, zoom: float
) -> None:
    viewer.scene.camera.zoom = 2.0  # on a canvas of 600 pixels
    row = table_of([5], [0.0]).iloc[0]
    _layers.center_on(viewer, source, row, side_px=side_px)
    assert viewer.scene.camera.zoom == pytest.approx(zoom)


def stack_of(n_factors: int = 2, n_steps: int = 5) -> TraversalStack:
    shape = (n_factors, n_steps, 16, 16, 3)
    return TraversalStack(
        decoded=np.full(shape, 0.2, np.float32),
        nearest=np.full(shape, 0.7, np.float32),
        factors=("scale", "shape")[:n_factors],
        steps_sd=np.linspace(-2, 2, n_steps, dtype=np.float32),
        positions_sd=np.tile(np.linspace(-2, 2, n_steps), (n_factors, 1)),
        model_id="features-12345678",
        picture_source="own cells",
        from_prior=(False,) * n_factors,
        nearest_rows=np.zeros((n_factors, n_steps), np.int64),
        nearest_sd=np.zeros((n_factors, n_steps), np.float32),
    )


def test_a_traversal_stands_right_of_the_image_with_named_axes(
    viewer: ViewerModel,
) -> None:
    image = viewer.layers["image"]
    for _ in range(2):
        decoded, nearest = run(_layers.iter_add_stack(viewer, stack_of(), image))
    assert [layer.name for layer in viewer.layers][-3:] == [
        _layers.NAMES["decoded"],
        _layers.NAMES["nearest"],
        _layers.STEPS_NAME,
    ]
    assert viewer.layers.selection.active is nearest
    assert len(viewer.layers) == 5
    assert decoded.axis_labels == nearest.axis_labels == ("factor", "step", "y", "x")
    right = image.extent.world[1, 1]
    for layer in (decoded, nearest):
        assert layer.extent.world[0, -1] > right
        assert layer.metadata["traversal"]["factors"] == ("scale", "shape")
        assert layer.metadata["traversal"]["steps_sd"] == (-2, -1, 0, 1, 2)
        assert layer.metadata["traversal"]["model_id"] == "features-12345678"
    assert decoded.metadata["traversal"]["picture"] == "decoded"
    assert nearest.metadata["traversal"]["picture"] == "nearest"
    assert nearest.extent.world[0, -2] > decoded.extent.world[1, -2]
    assert viewer.dims.current_step[:2] == (0, 2)
    assert viewer.dims.axis_labels[:2] == ("factor", "step")


def test_beside_an_image_of_one_row_a_traversal_has_a_size(viewer: ViewerModel) -> None:
    image = viewer.add_image(np.arange(200.0)[None], name="row")
    decoded, _ = run(_layers.iter_add_stack(viewer, stack_of(), image))
    assert (np.ptp(decoded.extent.world, axis=0)[-2:] > 10).all()


def test_without_decoded_pictures_only_the_real_cells_are_shown(
    viewer: ViewerModel,
) -> None:
    stack = replace(stack_of(), decoded=None)
    layers = run(_layers.iter_add_stack(viewer, stack, viewer.layers["image"]))
    assert [layer.name for layer in layers] == [_layers.NAMES["nearest"]]


def test_segmented_labels_lie_over_their_image() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((4, 3, 20, 20)), scale=(1, 1, 2, 2))
    labels = np.arange(4)[:, None, None, None] * np.ones((1, 1, 20, 20), np.int32)
    layer = _layers.add_labels(viewer, image, labels.astype(np.int32), "tcyx")
    assert layer.data.shape == (4, 20, 20)
    assert layer.data[3, 0, 0] == 3
    np.testing.assert_allclose(layer.scale, (1, 2, 2))


def test_a_preview_comes_moves_and_goes_without_taking_the_selection(
    viewer: ViewerModel,
) -> None:
    image = viewer.layers["image"]
    viewer.layers.selection.active = image
    region = slice(10, 30), slice(20, 50)
    small = np.ones((20, 30), np.int32)
    _layers.show_preview(viewer, image, small, region)
    _layers.show_preview(viewer, image, small, (slice(5, 25), slice(20, 50)))
    (preview,) = [x for x in viewer.layers if x.name == "segmentation preview"]
    np.testing.assert_allclose(preview.translate, (5, 20))
    assert viewer.layers.selection.active is image
    _layers.show_preview(viewer, image, None, region)
    assert len(viewer.layers) == 2
