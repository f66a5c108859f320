from __future__ import annotations

from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.errors import ConfigError, DataError, ModelError
from napari_disentangle.recipes.finetune_cells import _iter_cells
from napari_disentangle.storage.card import read_card
from napari_disentangle.storage.models import read_model
from napari_disentangle.storage.runs import read_run
from napari_disentangle.tasks import run
from napari_disentangle.testing import write_small_model
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.widgets._curves import colors_of
from napari_disentangle.widgets._layers.identity import image_key
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.finetune import FinetuneWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("home")

CONFIG = FinetuneConfig(mode="paper", epochs=3, batch=4)
LONG = CONFIG.replace(epochs=2000)


@pytest.fixture
def dock(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    small_model: Path,
    tmp_path: Path,
) -> FinetuneWidget:
    """Return the dock of a viewer whose crops are cut, with a small model."""
    crops, dock = dock_in(viewer, CropsWidget), dock_in(viewer, FinetuneWidget)
    crops.cut()
    wait_for(crops)
    dock.model_combo.choose(small_model)
    dock.form.setValue(CONFIG)
    dock.runs_folder.set_path(tmp_path / "runs")
    return dock


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model of small pixels that fine-tunes in a moment."""
    return write_small_model(tmp_path_factory.mktemp("models"))


def after_epochs(dock: FinetuneWidget, n: int, do: Callable[[], object]) -> None:
    """Call `do` once, when `n` epochs were reported."""
    seen: list[Any] = []

    def count(event: Any) -> None:
        if hasattr(event, "health"):
            seen.append(event)
            if len(seen) == n:
                do()

    dock.jobs.progressed.connect(count)


def test_the_button_counts_the_cells(dock: FinetuneWidget) -> None:
    assert dock.start_button.text() == "&Fine-tune on 3 cells"
    assert dock.start_button.isEnabled()
    assert not dock.hold_button.isEnabled()


def test_a_finished_model_is_offered_in_factors_and_encodes_at_once(
    viewer: Any,
    dock: FinetuneWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    small_model: Path,
    tmp_path: Path,
    notes: list[str],
) -> None:
    factors = dock_in(viewer, FactorsWidget)
    before = read_model(small_model).id
    dock.start_button.click()
    wait_for(dock)
    assert notes == []
    out = tmp_path / "runs" / "tuned"
    assert read_run(out).is_finished
    assert read_model(small_model).id == before
    assert factors.model_combo.findData(str(out)) >= 0
    assert dock.model_combo.findData(str(out)) >= 0
    assert dock.runs.run() is not None
    dock.use_button.click()
    assert factors.model_combo.currentData() == str(out)
    factors.encode()
    wait_for(factors)
    table = factors.session.table
    assert table is not None
    assert table["model"].str.startswith("tuned-").all()


def test_curves_and_comparison_are_shown(
    dock: FinetuneWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    dock.finetune()
    wait_for(dock)
    panel = dock.curves
    qtbot.waitUntil(lambda: not panel.drawing)
    for plot, lines in ((panel.loss, 2), (panel.kl, 5), (panel.health, 5)):
        drawn = plot.getPlotItem().listDataItems()
        assert len(drawn) == lines
        assert all(len(line.xData) == 3 for line in drawn)
        assert plot.getPlotItem().titleLabel.text
        assert plot.getAxis("bottom").labelText == "epoch"
    assert panel.scores.isHidden()  # this model has no drawn images
    assert "texture" in panel.legend.text()
    shown = dock.before_after
    assert "moved" in shown.codes.text()
    assert "unknown, fewer than two classes" in shown.separability.text()
    assert "drawn before, drawn after" in shown.caption.text()
    assert shown.pictures.pixmap().width() > 100
    assert "is ready" in dock.status.text()


def test_the_health_line_tells_after_each_epoch_how_far_names_hold(
    dock: FinetuneWidget, wait_for: Callable[[Any], None]
) -> None:
    lines: list[str] = []
    dock.jobs.progressed.connect(lambda _: lines.append(dock.status.text()))
    dock.finetune()
    wait_for(dock)
    (third,) = {line for line in lines if line.startswith("Epoch 3/3")}
    assert "kept on cells: texture " in third
    assert "of 5 dimensions active" in third


def test_annotations_tell_separability(
    dock: FinetuneWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    dock.set_folder(two_classes(tmp_path / "images"))
    assert dock.start_button.text() == "&Fine-tune"
    dock.finetune()
    wait_for(dock)
    assert "balanced accuracy" in dock.before_after.separability.text()
    assert "before" in dock.before_after.separability.text()


def test_all_open_images_are_learned_from_with_one_window(
    dock: FinetuneWidget,
    viewer: Any,
    wait_for: Callable[[Any], None],
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
) -> None:
    n = len(dock.session.crops or ())
    viewer.add_image(sparse_image[::-1], rgb=True, name="other")
    viewer.add_labels(sparse_labels[::-1], name="other cells")
    viewer.add_image(sparse_image[:30], rgb=True, name="bare")
    dock.data_combo.setCurrentIndex(dock.data_combo.findData("images"))
    dock.finetune()
    wait_for(dock)
    data = read_card(dock.session.models[-1]).data
    assert data.startswith(
        f"{2 * n} cells of 2 images: image, other; left out: bare (no layer of cells "
        "of its own), "
    )


def test_before_the_start_the_dock_tells_which_open_images_it_takes_and_why_not_others(
    dock: FinetuneWidget,
    viewer: Any,
    qtbot: Any,
    wait_for: Callable[[Any], None],
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
) -> None:
    told = dock.inputs.images_note
    assert told.isHidden()
    dock.data_combo.setCurrentIndex(dock.data_combo.findData("images"))
    qtbot.wait_for_turns()
    assert told.text() == "Takes image alone."
    viewer.add_image(sparse_image[::-1], rgb=True, name="other")
    cells = viewer.add_labels(sparse_labels[::-1], name="marked")
    viewer.add_image(sparse_image.astype(np.float32) / 255, rgb=True, name="deep")
    viewer.add_labels(sparse_labels, name="deep cells")
    qtbot.wait_for_turns()
    deep = "deep (the pixels are float32, those of image uint8)"
    bare = "other (no layer of cells of its own)"
    assert told.text() == f"Takes 2 open images; leaves out {deep}."
    cells.name = "image cells"
    qtbot.wait_for_turns()
    assert told.text() == f"Takes image alone; leaves out {deep}, {bare}."
    assert "save both in one data type" in told.toolTip()
    assert "name that layer after its image" in told.toolTip()
    cells.name = "other cells"
    qtbot.wait_for_turns()
    dock.finetune()
    wait_for(dock)
    data = read_card(dock.session.models[-1]).data
    assert data.startswith(f"6 cells of 2 images: image, other; left out: {deep}, ")
    dock.data_combo.setCurrentIndex(dock.data_combo.findData("crops"))
    assert told.isHidden()


def test_images_of_one_file_name_are_learned_from_apart_each_with_its_own_classes(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    small_model: Path,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    tmp_path: Path,
) -> None:
    viewer = make_napari_viewer()
    cutting, annotate = dock_in(viewer, CropsWidget), dock_in(viewer, AnnotateWidget)
    for name, pixels in (("round", sparse_image), ("long", 255 - sparse_image)):
        (tmp_path / name).mkdir()
        iio.imwrite(tmp_path / name / "img.png", pixels)
        (image,) = viewer.open(tmp_path / name / "img.png", plugin="napari")
        cells = viewer.add_labels(sparse_labels, name=f"{image.name} cells")
        cutting.image_combo.set_layer(image)
        cutting.cells_combo.set_layer(cells)
        cutting.cut()
        wait_for(cutting)
        annotate.add_class(name)
        annotate.give_to(annotate.session.crops.table.iloc[:2], name)
    dock = dock_in(viewer, FinetuneWidget)
    dock.data_combo.setCurrentIndex(dock.data_combo.findData("images"))
    request = dock._request(tmp_path / "runs" / "tuned", resume=False)
    crops, classes, what = run(_iter_cells(request))
    images = crops.table["roi_id"].tolist()
    key = image_key(request.others[0])
    assert what == f"6 cells of 2 images: img.png, img.png#{key}"
    assert images == ["img.png"] * 3 + [f"img.png#{key}"] * 3
    assert list(classes) == ["long", "long", "", "round", "round", ""]


def test_all_open_images_are_no_choice_while_a_folder_is_shown_and_it_says_why(
    dock: FinetuneWidget,
    viewer: Any,
    wait_for: Callable[[Any], None],
    dock_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    combo = dock.data_combo
    row = combo.findData("images")
    combo.setCurrentIndex(row)
    assert dock.start_button.isEnabled()
    source, crops = dock.session.source, dock.session.crops
    cutting = dock_in(viewer, CropsWidget)
    cutting.open_folder(two_classes(tmp_path / "images"))
    wait_for(cutting)
    why = "crops of a folder are shown; cut those of an open image"
    assert not dock.start_button.isEnabled()
    assert why in dock.start_button.toolTip()
    assert not combo.model().item(row).isEnabled()
    assert why in combo.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert why in combo.toolTip()
    with pytest.raises(DataError, match="crops of a folder are shown"):
        dock.finetune()
    combo.setCurrentIndex(combo.findData("crops"))
    assert dock.start_button.text() == "&Fine-tune on 16 cells"
    assert dock.start_button.isEnabled()
    assert source is not None
    assert crops is not None
    dock.session.set_crops(source, crops)
    assert combo.model().item(row).isEnabled()
    assert "Not now" not in combo.toolTip()


def test_cells_of_a_folder_that_were_excluded_are_left_out(
    dock: FinetuneWidget,
    viewer: Any,
    wait_for: Callable[[Any], None],
    dock_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    cutting = dock_in(viewer, CropsWidget)
    cutting.open_folder(two_classes(tmp_path / "images"))
    wait_for(cutting)
    set_excluded(dock, "dark/3.png")
    for choice in ("crops", "folder"):
        dock.set_folder(tmp_path / "images")
        dock.data_combo.setCurrentIndex(dock.data_combo.findData(choice))
        dock.runs_folder.set_path(tmp_path / "runs")
        dock.finetune()
        wait_for(dock)
        data = read_card(dock.session.models[-1]).data
        assert data.startswith("15 cells of ")
        assert "(1 excluded)" in data


def test_what_was_excluded_in_an_open_image_is_known_before_it_is_shown(
    dock: FinetuneWidget,
    viewer: Any,
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
) -> None:
    before = make_napari_viewer()
    before.add_image(sparse_image[::-1], rgb=True, name="other")
    before.add_labels(sparse_labels[::-1], name="other cells")
    cutting, earlier = dock_in(before, CropsWidget), dock_in(before, FinetuneWidget)
    cutting.cut()
    wait_for(cutting)
    set_excluded(earlier, "other")
    viewer.add_image(sparse_image[::-1], rgb=True, name="other")
    viewer.add_labels(sparse_labels[::-1], name="other cells")
    dock.data_combo.setCurrentIndex(dock.data_combo.findData("images"))
    dock.finetune()
    wait_for(dock)
    data = read_card(dock.session.models[-1]).data
    assert data.startswith("5 cells of 2 images (1 excluded): image, other")


def set_excluded(dock: FinetuneWidget, roi_id: str) -> None:
    """Exclude the first cell of an image, as the section Bad cells does."""
    crops = dock.session.crops
    assert crops is not None
    book = book_of(dock.session)
    bad = crops.table[crops.table["roi_id"] == roi_id].iloc[:1]
    book.apply(exclude(book.value, bad, "debris"), "excluded")


def two_classes(folder: Path) -> Path:
    """Return a folder with eight dark and eight bright images."""
    rng = np.random.default_rng(0)
    for name, color in (("dark", 40), ("bright", 200)):
        (folder / name).mkdir(parents=True)
        for number in range(8):
            picture = rng.integers(color, color + 30, (40, 40, 3), dtype=np.uint8)
            iio.imwrite(folder / name / f"{number}.png", picture)
    return folder


def test_pause_holds_the_run_and_go_on_finishes_it(
    qtbot: Any, dock: FinetuneWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.form.setValue(CONFIG.replace(epochs=30))
    after_epochs(dock, 2, dock.hold)
    dock.finetune()
    qtbot.waitUntil(lambda: dock.jobs.paused)
    assert dock.hold_button.text() == "&Go on"
    assert "paused" in dock.job_bar.text()
    qtbot.waitUntil(lambda: dock.jobs._worker.is_paused)
    qtbot.wait(50)
    n = len(dock.results.history)
    qtbot.wait(200)
    assert len(dock.results.history) == n < 30
    dock.hold_button.click()
    wait_for(dock)
    assert len(dock.results.history) == 30
    assert dock.hold_button.text() == "&Pause"


def test_cancel_keeps_the_old_model_and_the_run_goes_on_to_its_end(
    qtbot: Any,
    dock: FinetuneWidget,
    wait_for: Callable[[Any], None],
    small_model: Path,
    tmp_path: Path,
) -> None:
    before = read_model(small_model).id
    dock.form.setValue(CONFIG.replace(epochs=40))
    after_epochs(dock, 2, dock.jobs.cancel)
    dock.finetune()
    qtbot.wait_for_workers()
    assert "the old model stays" in dock.status.text()
    out = tmp_path / "runs" / "tuned"
    assert not read_run(out).is_finished
    assert str(out) not in dock.session.models
    qtbot.waitUntil(lambda: "stopped after" in dock.runs.item(0).text())
    assert not dock.use_button.isEnabled()
    assert "not finished" in dock.use_button.toolTip()
    dock.go_on_button.click()
    wait_for(dock)
    assert read_run(out).is_finished
    assert [report.epoch for report in dock.results.history] == list(range(1, 41))
    assert read_model(small_model).id == before


def test_a_finished_run_goes_on_for_more_epochs_and_its_model_is_read_anew(
    viewer: Any,
    dock: FinetuneWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
) -> None:
    factors = dock_in(viewer, FactorsWidget)
    dock.finetune()
    wait_for(dock)
    dock.use()
    factors.encode()
    wait_for(factors)
    first = factors.session.table
    dock.go_on()
    wait_for(dock)
    assert len(dock.results.history) == 6
    factors.encode()
    wait_for(factors)
    second = factors.session.table
    assert first is not None
    assert second is not None
    assert first["model"].iloc[0] != second["model"].iloc[0]


def test_a_model_that_cannot_be_anchored_is_one_sentence_and_a_new_run_can_start(
    dock: FinetuneWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    dock.form.setValue(FinetuneConfig(epochs=2, picture_steps=0))
    dock.start_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "paper" in notes[0]
    assert dock.session.models == (str(dock.model_combo.currentData()),)
    dock.form.setValue(CONFIG)
    dock.finetune()
    wait_for(dock)
    assert len(notes) == 1
    assert "is ready" in dock.status.text()


def test_other_cells_do_not_go_on_with_a_run(
    viewer: Any, dock: FinetuneWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    dock.finetune()
    wait_for(dock)
    crops = dock.session.crops
    source = dock.session.source
    assert source is not None
    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.objects import iter_plan_objects
    from napari_disentangle.tasks import run

    other = run(iter_plan_objects(source, CropConfig(background="keep", margin=3)))
    assert other is not crops
    dock.session.set_crops(source, other)
    dock.go_on_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "other cells" in notes[0]


def test_layers_removed_meanwhile_do_not_disturb_the_run(
    viewer: Any, dock: FinetuneWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    after_epochs(dock, 1, lambda: viewer.layers.clear())
    dock.finetune()
    wait_for(dock)
    assert read_run(tmp_path / "runs" / "tuned").is_finished
    assert dock.session.models[-1] == str(tmp_path / "runs" / "tuned")


@pytest.mark.parametrize("paused", [False, True])
def test_a_dock_closed_meanwhile_stops_and_leaves_a_run_that_can_go_on(
    qtbot: Any, viewer: Any, dock: FinetuneWidget, tmp_path: Path, paused: bool
) -> None:
    dock.form.setValue(LONG)
    if paused:
        after_epochs(dock, 2, dock.hold)
    dock.finetune()
    qtbot.waitUntil(
        lambda: dock.jobs.paused if paused else len(dock.results.history) > 2
    )
    viewer.window.remove_dock_widget(dock)
    qtbot.wait_for_workers()
    found = read_run(tmp_path / "runs" / "tuned")
    assert not found.is_finished
    assert found.read_checkpoint() is not None
    assert 0 < len(found.read_history()) < LONG.epochs


def test_each_mode_brings_its_own_defaults(dock: FinetuneWidget) -> None:
    dock.form.setValue(FinetuneConfig(seed=7))
    dock.form.editor("mode").value = "paper"
    assert dock.form.value() == FinetuneConfig(mode="paper", seed=7)
    dock.form.editor("mode").value = "anchored"
    assert dock.form.value() == FinetuneConfig(seed=7)


def test_a_run_gets_a_free_name(
    dock: FinetuneWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    for _ in range(2):
        dock.finetune()
        wait_for(dock)
    assert {p.name for p in (tmp_path / "runs").iterdir()} == {"tuned", "tuned-2"}
    dock.name_edit.setText("../elsewhere")
    with pytest.raises(ConfigError, match="cannot be called"):
        dock.finetune()


def test_without_crops_the_dock_says_what_to_do(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(make_napari_viewer(), FinetuneWidget)
    assert not dock.start_button.isEnabled()
    assert "Crops dock" in dock.start_button.toolTip()
    assert "click a run" in dock.go_on_button.toolTip()
    with pytest.raises(DataError, match="Crops dock"):
        dock.finetune()
    with pytest.raises(DataError, match="No run is chosen"):
        dock.go_on()
    with pytest.raises(ModelError, match="No finished run"):
        dock.use()


def test_opened_models_are_remembered_while_they_are_there(
    viewer: Any, dock: FinetuneWidget, dock_in: Callable[..., Any], small_model: Path
) -> None:
    from napari_disentangle.widgets._models import ModelCombo
    from napari_disentangle.widgets._session import Session

    combo = ModelCombo(Session(), "of another napari")
    assert str(small_model) in combo.models()


def test_settings_are_remembered(
    viewer: Any, dock: FinetuneWidget, dock_in: Callable[..., Any]
) -> None:
    assert dock_in(viewer, FinetuneWidget).form.value() == CONFIG


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dock_is_usable_at_350_px_in_both_themes(
    viewer: Any, dock: FinetuneWidget, wait_for: Callable[[Any], None], theme: str
) -> None:
    dock.finetune()
    wait_for(dock)
    viewer.theme = theme
    content = dock.layout().itemAt(0).widget().widget()
    assert content.minimumSizeHint().width() <= 350
    for widget in (dock.model_combo, dock.data_combo, dock.start_button, dock.runs):
        assert widget.toolTip()
        assert widget.focusPolicy().value


def test_dimensions_without_a_name_are_gray() -> None:
    colors = colors_of(("scale", "residual_1", "color", ""))
    assert colors[1] == colors[3]
    assert len(set(colors)) == 3
