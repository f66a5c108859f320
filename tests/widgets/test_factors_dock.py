from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.export.tabular import read_table
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import color_columns, column_text
from napari_disentangle.widgets._meaning import direction_of
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def docks(
    viewer: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> tuple[CropsWidget, FactorsWidget]:
    """Both docks of one viewer; crops are cut, a model is chosen in the tests."""
    crops = dock_in(viewer, CropsWidget)
    factors = dock_in(viewer, FactorsWidget)
    crops.cut()
    wait_for(crops)
    return crops, factors


@pytest.fixture
def factors(
    docks: tuple[CropsWidget, FactorsWidget], pixel_model: Path
) -> FactorsWidget:
    docks[1].set_model(pixel_model)
    return docks[1]


@pytest.fixture
def encoded(factors: FactorsWidget, wait_for: Callable[[Any], None]) -> FactorsWidget:
    factors.encode()
    wait_for(factors)
    return factors


def test_two_docks_share_one_session(docks: tuple[CropsWidget, FactorsWidget]) -> None:
    crops, factors = docks
    assert crops.session is factors.session
    assert factors.encode_button.text() == "&Encode 3 cells"
    assert factors.encode_button.isEnabled()


def test_encoding_fills_the_table_the_layer_and_the_columns(
    viewer: Any, qtbot: Any, encoded: FactorsWidget
) -> None:
    qtbot.wait_for_turns()
    table = encoded.session.table
    assert table is not None
    assert table["label"].tolist() == [1, 5, 10]
    features = viewer.layers["cells"].features
    assert features["index"].tolist() == [1, 5, 10]
    np.testing.assert_array_equal(features["z_scale"], table["z_scale"])
    assert encoded.column_combo.itemData(0) == "z_texture"
    assert encoded.column_combo.findData("area") >= 0
    assert encoded.column_combo.findData("z_scale_sd") < 0


def test_colors_match_the_table_by_label_id(
    viewer: Any, encoded: FactorsWidget
) -> None:
    encoded.color_by("z_scale")
    table = encoded.session.table
    assert table is not None
    coloring = encoded._coloring
    assert coloring is not None
    layer = viewer.layers["cells"]
    colors = _layers.rgba_of(table["z_scale"].to_numpy(float), coloring)
    for label, expected in zip(table["label"], colors, strict=True):
        np.testing.assert_allclose(layer.get_color(label), expected, atol=1e-6)


def test_limits_and_colormap_are_the_users(encoded: FactorsWidget, qtbot: Any) -> None:
    encoded.percentiles.setValue((0, 50))
    encoded.colormap_combo.setCurrentText("magma")
    encoded.color_by("area")
    table, coloring = encoded.session.table, encoded._coloring
    assert table is not None
    assert coloring is not None
    assert coloring.colormap == "magma"
    assert coloring.low == table["area"].min() - 0.5  # all areas are equal
    qtbot.waitUntil(lambda: not encoded.color_bar.isHidden())


def test_original_colors_come_back(
    viewer: Any, encoded: FactorsWidget, qtbot: Any
) -> None:
    layer = viewer.layers["cells"]
    qtbot.waitUntil(encoded.restore_button.isEnabled)
    painted = layer.colormap
    encoded.restore_button.click()
    assert layer.colormap is not painted
    assert not encoded.restore_button.isEnabled()
    assert "not colored" in encoded.restore_button.toolTip()


def test_an_unknown_column_is_refused_with_those_there_are(
    encoded: FactorsWidget,
) -> None:
    with pytest.raises(DataError, match=r"'z_size'.*z_texture"):
        encoded.color_by("z_size")


def test_the_cell_under_the_pointer_shows_its_factors(encoded: FactorsWidget) -> None:
    table = encoded.session.table
    assert table is not None
    encoded.readout.show_cell(Cell(5))
    lines = encoded.readout.text().splitlines()
    assert lines[0] == "Cell 5"
    assert len(lines) == 6
    assert lines[1] == f"{table['z_texture'][1]:+.2f}"
    encoded.readout.show_cell(None)
    assert "Point at a cell" in encoded.readout.text()


def test_cancel_in_the_middle_keeps_what_there_was(
    encoded: FactorsWidget, wait_for: Callable[[Any], None]
) -> None:
    before = encoded.session.table
    encoded.jobs.progressed.connect(lambda _: encoded.jobs.cancel())
    encoded.encode()
    assert not encoded.encode_button.isEnabled()
    assert "Encoding is running" in encoded.encode_button.toolTip()
    wait_for(encoded)
    assert encoded.session.table is before
    assert encoded.job_bar.text() == "Encoding cancelled."


def test_a_layer_removed_meanwhile_drops_the_codes(
    viewer: Any,
    factors: FactorsWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    def remove(_: Any) -> None:
        if "cells" in viewer.layers:
            viewer.layers.remove("cells")

    factors.jobs.progressed.connect(remove)
    factors.encode()
    wait_for(factors)
    assert factors.session.table is None
    assert len(notes) == 1
    assert "dropped" in notes[0]


def test_crops_cut_anew_meanwhile_drop_the_codes(
    factors: FactorsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    source = factors.session.source
    assert source is not None
    other = run(iter_plan_objects(source, CropConfig(margin=2)))
    factors.jobs.progressed.connect(lambda _: factors.session.set_crops(source, other))
    factors.encode()
    wait_for(factors)
    assert factors.session.crops is other
    assert factors.session.table is None
    assert "dropped" in notes[-1]


def test_a_damaged_model_is_an_error_and_nothing_is_lost(
    factors: FactorsWidget,
    pixel_model: Path,
    tmp_path: Path,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.json").write_text((pixel_model / "model.json").read_text())
    factors.set_model(broken)
    factors.encode_button.click()
    wait_for(factors)
    assert factors.session.table is None
    assert factors.session.crops is not None
    assert len(notes) == 1
    assert "weights.safetensors" in notes[0]


def test_a_folder_without_a_card_is_refused(
    factors: FactorsWidget, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"no model\.json"):
        factors.set_model(tmp_path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_exported_table_is_the_sessions(
    encoded: FactorsWidget,
    tmp_path: Path,
    wait_for: Callable[[Any], None],
    suffix: str,
    notes: list[str],
) -> None:
    path = tmp_path / f"cells{suffix}"
    encoded.export(path)
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    found = read_table(path)
    assert found.pop("exclusion_reason").isna().all()
    others = table.drop(columns="exclusion_reason")
    pd.testing.assert_frame_equal(found, others, check_dtype=False)
    assert str(path) in notes[0]


def test_an_export_that_cannot_be_written_is_one_sentence(
    encoded: FactorsWidget,
    tmp_path: Path,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    encoded.export(tmp_path / "cells.xlsx")
    wait_for(encoded)
    assert len(notes) == 1
    assert ".parquet or .h5ad" in notes[0]


def test_new_crops_empty_the_dock(
    docks: tuple[CropsWidget, FactorsWidget],
    encoded: FactorsWidget,
    wait_for: Callable[[Any], None],
) -> None:
    docks[0].cut()
    wait_for(docks[0])
    assert encoded.session.table is None
    assert encoded.column_combo.count() == 0
    assert not encoded.export_button.isEnabled()
    assert "encode the cells first" in encoded.export_button.toolTip()


def test_without_crops_the_dock_says_what_to_do(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(make_napari_viewer(), FactorsWidget)
    assert not dock.encode_button.isEnabled()
    assert "Crops dock" in dock.encode_button.toolTip()
    with pytest.raises(DataError, match="Crops dock"):
        dock.encode()
    with pytest.raises(DataError, match="encode the cells first"):
        dock.export("cells.csv")


def test_a_movie_shows_codes_and_colors_of_the_current_frame(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((8, 48, 48), int)
    labels[:, 8:24, 8:24] = 7
    labels[3:, 28:40, 28:40] = 9
    rng = np.random.default_rng(0)
    viewer.add_image(rng.random((8, 48, 48)) * (labels > 0))
    layer = viewer.add_labels(labels)
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    table = factors.session.table
    assert len(table) == 8 + 5
    factors.color_by("z_scale")
    for frame in (0, 5, 3):
        viewer.dims.set_current_step(0, frame)
        rows = table[table["frame"] == frame]
        assert layer.features["index"].tolist() == rows["label"].tolist()
        colors = _layers.rgba_of(rows["z_scale"].to_numpy(float), factors._coloring)
        for label, expected in zip(rows["label"], colors, strict=True):
            np.testing.assert_allclose(layer.get_color(label), expected, atol=1e-6)


def test_points_are_encoded_and_colored(
    viewer: Any,
    qtbot: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    points = viewer.add_points([[30, 15], [-50, 0], [30, 75]])
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    crops.cells_combo.set_layer(points)
    crops.crop_form.setValue(crops.crop_form.value().replace(window_px=30))
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    factors.color_by("z_shape")
    qtbot.wait_for_turns()
    table = factors.session.table
    assert table["label"].tolist() == [1, 3]
    assert np.isnan(points.features["z_shape"][1])
    colors = _layers.rgba_of(table["z_shape"].to_numpy(float), factors._coloring)
    np.testing.assert_allclose(points.face_color[[0, 2]], colors, atol=1e-6)


def test_columns_are_offered_in_words_codes_first() -> None:
    table = pd.DataFrame(
        {
            "label": [1],
            "index": [1],
            "frame": [0],
            "area": [3.0],
            "z_residual_1": [0.0],
            "z_scale": [0.1],
            "z_scale_sd": [0.1],
            "z_texture": [0.2],
            "model": ["m"],
        }
    )
    assert [column for _, column in color_columns(table)] == [
        "z_texture",
        "z_scale",
        "z_residual_1",
        "area",
    ]
    assert column_text("area_um2") == "Area (µm²), measured"


def test_the_direction_of_a_code_comes_with_its_evidence() -> None:
    rng = np.random.default_rng(0)
    area = rng.uniform(10, 90, 50)
    table = pd.DataFrame(
        {"area": area, "z_scale": -area, "z_shape": rng.normal(size=50), "pos_y": area}
    )
    assert direction_of(table, "z_scale") == (
        "In these cells: higher = less area (rank correlation -1.00 over 50)."
    )
    assert "No measured feature follows it" in direction_of(table, "z_shape")
    assert direction_of(table, "area") == ""
    assert "cannot be told" in direction_of(table.head(3), "z_scale")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dock_is_usable_at_350_px_in_both_themes(
    viewer: Any, encoded: FactorsWidget, theme: str
) -> None:
    viewer.theme = theme
    assert encoded.minimumSizeHint().width() <= 350
    assert encoded.layout().itemAt(0).widget().widget().minimumSizeHint().width() <= 350


@pytest.mark.slow
def test_the_bundled_model_encodes_real_features(
    docks: tuple[CropsWidget, FactorsWidget], wait_for: Callable[[Any], None]
) -> None:
    factors = docks[1]
    factors.set_model("features")
    factors.encode()
    wait_for(factors)
    table = factors.session.table
    assert table is not None
    assert table["model"].str.startswith("features-").all()
    assert np.isfinite(table["z_scale"]).all()


def test_colors_of_another_dock_are_left_alone(
    viewer: Any, encoded: FactorsWidget, qtbot: Any
) -> None:
    layer, session = viewer.layers["cells"], encoded.session
    qtbot.waitUntil(lambda: session.painter == "factors")
    session.painter = "annotate"
    assert encoded.color_bar.isHidden()
    before = layer.colormap
    assert session.table is not None
    session.table = session.table.assign(annotation="a")
    qtbot.wait_for_turns()
    assert layer.colormap is before
    assert layer.features["annotation"].tolist() == ["a"] * 3
    encoded.color_by("z_scale")
    assert session.painter == "factors"
    assert layer.colormap is not before


def test_the_same_factor_chosen_again_takes_the_colors_back(
    encoded: FactorsWidget, qtbot: Any
) -> None:
    encoded.color_by("z_scale")
    qtbot.waitUntil(lambda: not encoded.direction.isHidden())
    encoded.session.painter = "annotate"
    assert encoded.direction.isHidden()
    encoded.column_combo.activated.emit(encoded.column_combo.currentIndex())
    assert encoded.session.painter == "factors"
    qtbot.waitUntil(lambda: not encoded.direction.isHidden())


def test_a_factor_that_mostly_separates_days_is_warned_of_beside_its_colors(
    encoded: FactorsWidget, qtbot: Any
) -> None:
    table, (shown,) = encoded.session.table, encoded.session.images
    assert table is not None
    copies = []
    for n, day in enumerate("1112222"):
        name = f"copy {n}"
        moved = table.assign(roi_id=name, z_scale=table["z_scale"] + 9 * int(day))
        moved["z_shape"] = table["z_shape"] + (n % 2)
        info = {name: {"day": day}}
        copies.append(replace(shown, roi_id=name, key=name, table=moved, info=info))
    encoded.color_by("z_scale")
    encoded.session.images = (shown, *copies)
    warning = "Scale mostly separates day"
    qtbot.waitUntil(lambda: warning in encoded.direction.text())
    encoded.color_by("z_shape")
    qtbot.waitUntil(lambda: "Scale" not in encoded.direction.text())
    assert "mostly separates" not in encoded.direction.text()
