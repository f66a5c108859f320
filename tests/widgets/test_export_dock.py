from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from qtpy.QtWidgets import QApplication

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.compare_models import compare_models
from napari_disentangle.recipes.comparison_files import keep_comparison
from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.recipes.finetune import finetune_model
from napari_disentangle.storage.models import read_model
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np


@pytest.fixture
def docks(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
) -> tuple[CropsWidget, FactorsWidget, ExportWidget]:
    """Return the docks of a viewer whose cells are encoded."""
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    export = dock_in(viewer, ExportWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    export.folder.set_path(tmp_path / "out")
    return crops, factors, export


@pytest.fixture
def dock(docks: tuple[CropsWidget, FactorsWidget, ExportWidget]) -> ExportWidget:
    return docks[2]


def test_the_chosen_files_are_written_and_named(
    dock: ExportWidget, wait_for: Callable[[Any], None], tmp_path: Path, notes: Any
) -> None:
    dock.form.setValue(ExportConfig(table="parquet"))
    dock.export_button.click()
    wait_for(dock)
    table = dock.session.table
    assert table is not None
    written = pd.read_parquet(tmp_path / "out" / "cells.parquet")
    assert written["label"].tolist() == table["label"].tolist()
    for column in ("annotation", "prediction", "probability", "model", "pos_y_um"):
        assert column in written
    assert "cells.parquet" in dock.done.text()
    assert str(tmp_path / "out") in notes[-1]


def test_figures_of_a_fine_tuning_come_of_its_run_and_one_that_is_lacking_is_told(
    docks: tuple[CropsWidget, FactorsWidget, ExportWidget],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
) -> None:
    _, factors, dock = docks
    crops, before = dock.session.crops, read_model(pixel_model)
    assert crops is not None
    config = FinetuneConfig(mode="paper", epochs=1, batch=4)
    tuned = finetune_model(crops, before, config, tmp_path / "tuned", device="cpu")
    factors.set_model(tuned.folder)
    factors.encode()
    wait_for(factors)
    dock.form.setValue(ExportConfig(traversal=False, methods=False))
    dock.export()
    wait_for(dock)
    assert "finetune_curves.png" in dock.done.text().partition(". ")[0]
    assert dock.done.text().endswith("fine-tune anew, to get one.")
    keep_comparison(tuned.folder, compare_models(crops, before, tuned.model))
    dock.export()
    wait_for(dock)
    assert (tmp_path / "out" / "finetune_before_after.png").stat().st_size > 10_000
    assert dock.done.text().endswith("finetune_before_after.png.")


def test_all_images_are_written_those_without_cells_are_listed(
    viewer: Any,
    docks: tuple[CropsWidget, FactorsWidget, ExportWidget],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
) -> None:
    crops, factors, dock = docks
    for name, empty in (("second", False), ("blank", True)):
        data = viewer.layers["image"].data
        layer = viewer.add_image(255 - data, rgb=True, name=name)
        ids = 0 * viewer.layers["cells"].data if empty else viewer.layers["cells"].data
        labels = viewer.add_labels(ids.copy(), name=f"{name} cells")
        crops.image_combo.set_layer(layer)
        crops.cells_combo.set_layer(labels)
        crops.cut()
        wait_for(crops)
        if not empty:
            factors.encode()
            wait_for(factors)
    assert dock.cells_combo.itemText(0) == "all images (3)"
    assert dock.summary.text() == "6 cells of 3 images, 1 without cells"
    dock.export()
    wait_for(dock)
    cells = pd.read_csv(tmp_path / "out" / "cells.csv")
    assert cells["roi_id"].tolist() == ["image"] * 3 + ["second"] * 3
    assert cells["label"].tolist() == [1, 5, 10, 1, 5, 10]
    images = pd.read_csv(tmp_path / "out" / "images.csv")
    assert images["n_cells"].tolist() == [3, 3, 0]
    dock.set_all(False)
    assert dock.summary.text() == "3 cells of 1 image"
    dock.export()
    wait_for(dock)
    assert pd.read_csv(tmp_path / "out" / "cells.csv")["roi_id"].unique() == ["second"]


def test_cells_before_and_after_their_pixels_were_replaced_are_told_to_count_both(
    viewer: Any,
    docks: tuple[CropsWidget, FactorsWidget, ExportWidget],
    wait_for: Callable[[Any], None],
) -> None:
    crops, factors, dock = docks
    assert dock.summary.text() == "3 cells of 1 image"
    viewer.layers["image"].data = 255 - viewer.layers["image"].data
    crops.cut()
    wait_for(crops)
    factors.encode()
    wait_for(factors)
    assert dock.summary.text().startswith(
        "6 cells of 2 images. Several images have one name: image (2). "
    )
    dock.set_all(False)
    assert dock.summary.text() == "3 cells of 1 image"


def test_the_methods_are_copied_and_written_by_one_click(
    dock: ExportWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    dock.methods_button.click()
    wait_for(dock)
    written = (tmp_path / "out" / "methods.md").read_text(encoding="utf-8")
    assert dock.methods.toPlainText() == written
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == written
    assert "3 cells of 1 image" in written
    assert not dock.methods.isHidden()


def test_cancel_leaves_whole_files_only(
    qtbot: Any, dock: ExportWidget, tmp_path: Path
) -> None:
    events: list[Any] = []

    def stop(event: Any) -> None:
        events.append(event)
        if len(events) == 2:
            dock.jobs.cancel()

    dock.jobs.progressed.connect(stop)
    dock.form.setValue(ExportConfig(table="all three"))
    dock.export()
    assert "Export is running" in dock.export_button.toolTip()
    qtbot.wait_for_workers()
    assert dock.job_bar.text() == "Export cancelled."
    assert dock.done.text() == ""
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert "cells.csv" in names
    assert not any(name.startswith(".") for name in names)
    assert len(pd.read_csv(tmp_path / "out" / "cells.csv")) == 3


def test_a_folder_that_cannot_be_written_is_one_sentence(
    dock: ExportWidget, wait_for: Callable[[Any], None], tmp_path: Path, notes: Any
) -> None:
    (tmp_path / "file").touch()
    dock.folder.set_path(tmp_path / "file")
    dock.export_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "cannot be written" in notes[0]
    assert dock.export_button.isEnabled()


def test_a_layer_removed_meanwhile_changes_nothing_in_the_files(
    viewer: Any, dock: ExportWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    def remove(_: Any) -> None:
        viewer.layers.clear()

    dock.jobs.progressed.connect(remove)
    dock.export()
    wait_for(dock)
    assert len(pd.read_csv(tmp_path / "out" / "cells.csv")) == 3
    assert (tmp_path / "out" / "factors.png").is_file()


def test_a_viewer_closed_meanwhile_leaves_whole_files_only(
    qtbot: Any, viewer: Any, dock: ExportWidget, tmp_path: Path
) -> None:
    dock.form.setValue(ExportConfig(table="all three"))
    closed: list[str] = []

    def close(_: Any) -> None:
        if not closed:
            closed.append("now")
            viewer.window.remove_dock_widget(dock)

    dock.jobs.progressed.connect(close)
    dock.export()
    qtbot.waitUntil(lambda: bool(closed))
    qtbot.wait_for_workers()
    assert not dock.jobs.running
    names = [file.name for file in (tmp_path / "out").iterdir()]
    assert not any(name.startswith(".") for name in names)


def test_codes_of_two_models_are_refused_in_one_sentence(
    dock: ExportWidget, wait_for: Callable[[Any], None], notes: Any
) -> None:
    table = dock.session.table
    assert table is not None
    dock.session.table = table.assign(model="other-1")
    dock.export_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "other-1" in notes[0]


def test_without_codes_the_dock_says_what_to_do(
    make_napari_viewer: Any, dock_in: Callable[..., Any], tmp_path: Path
) -> None:
    dock = dock_in(make_napari_viewer(), ExportWidget)
    for button in (dock.export_button, dock.methods_button):
        assert not button.isEnabled()
        assert "Factors dock" in button.toolTip()
    with pytest.raises(DataError, match="No folder"):
        dock.copy_methods()
    dock.folder.set_path(tmp_path)
    with pytest.raises(DataError, match="encode the cells first"):
        dock.export()


def test_the_folder_follows_the_image_until_the_user_chooses_one(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    sparse_image: np.ndarray[Any, Any],
) -> None:
    import imageio.v3 as iio

    crops, dock = dock_in(viewer, CropsWidget), dock_in(viewer, ExportWidget)
    iio.imwrite(tmp_path / "a.png", sparse_image)
    (layer,) = viewer.open(tmp_path / "a.png", plugin="napari")
    crops.image_combo.set_layer(layer)
    crops.cut()
    wait_for(crops)
    assert dock.folder.path() == tmp_path / "napari-disentangle" / "export"
    dock.folder.set_path(tmp_path)
    crops.cut()
    wait_for(crops)
    assert dock.folder.path() == tmp_path


def test_what_is_written_is_remembered(
    viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(viewer, ExportWidget)
    dock.form.setValue(ExportConfig(table="h5ad", model=True))
    assert dock_in(viewer, ExportWidget).form.value().table == "h5ad"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dock_is_usable_at_350_px_in_both_themes(
    viewer: Any, dock: ExportWidget, theme: str
) -> None:
    viewer.theme = theme
    dock.cells_combo.setItemText(
        1, "this image (BloodImage_00000_of_a_long_series.jpg)"
    )
    content = dock.layout().itemAt(0).widget().widget()
    assert content.minimumSizeHint().width() <= 350
    for name in ("cells_combo", "export_button", "methods_button", "folder"):
        assert getattr(dock, name).toolTip()
