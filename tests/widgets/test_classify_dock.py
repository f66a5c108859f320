from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import iter_plan_crops
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.tables import Embedding
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.classify import ClassifyWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAST = ClassifierConfig(kind="linear", folds=2, repeats=1)
CLASSES = (CellClass("small", "#ff0000", 1), CellClass("large", "#0000ff", 2))


def codes(seed: int = 0) -> dict[str, Any]:
    """Codes whose scale tells the classes apart and whose texture does not."""
    rng = np.random.default_rng(seed)
    rank = np.arange(30)
    return {
        "z_texture": np.where(rank % 4 < 2, 1.0, -1.0),
        "z_scale": np.where(rank % 2, 2.0, -2.0) + rng.normal(0, 0.2, 30),
        "area": 100.0,
        "model": "m-12345678",
    }


@pytest.fixture
def grid_viewer(make_napari_viewer: Any) -> Any:
    """A viewer with thirty cells, ids from 3 in steps of two, in a grid."""
    labels = np.zeros((100, 120), np.int32)
    for rank in range(30):
        y, x = divmod(rank, 6)
        labels[20 * y + 4 : 20 * y + 14, 20 * x + 4 : 20 * x + 14] = 3 + 2 * rank
    viewer = make_napari_viewer()
    viewer.add_image(labels.astype(np.float32), name="image")
    viewer.add_labels(labels, name="cells")
    return viewer


@pytest.fixture
def session(grid_viewer: Any) -> Any:
    """Its session: all cells are encoded, eight have a class, by their scale."""
    session = session_of(grid_viewer)
    image, labels = grid_viewer.layers
    source = _layers.read_source(image, labels, "yx")
    planning = iter_plan_crops(
        source.image, source.objects, CropConfig(), roi_id=source.roi_id
    )
    session.set_crops(source, run(planning))
    cells = session.crops.table
    session.table = cells.assign(**codes())
    few = Annotations(CLASSES)
    few = few.set(cells.iloc[[0, 2, 4, 6]], "small")
    session.annotations = few.set(cells.iloc[[1, 3, 5, 7]], "large")
    return session


@pytest.fixture
def dock(grid_viewer: Any, session: Any, dock_in: Callable[..., Any]) -> ClassifyWidget:
    dock = dock_in(grid_viewer, ClassifyWidget)
    dock.form.setValue(FAST)
    return dock


@pytest.fixture
def trained(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> ClassifyWidget:
    dock.train_button.click()
    wait_for(dock)
    qtbot.wait_for_turns()
    return dock


def predictions(dock: ClassifyWidget) -> list[Any]:
    table = dock.session.table
    assert table is not None
    return [None if pd.isna(name) else name for name in table["prediction"]]


def test_training_predicts_all_cells_with_scores(
    grid_viewer: Any, trained: ClassifyWidget
) -> None:
    assert predictions(trained) == ["small", "large"] * 15
    table = trained.session.table
    assert table is not None
    assert table["probability"].between(0.5, 1).all()
    text = trained.verdict.score_note.text()
    assert text.startswith("Balanced accuracy 1.00 ± 0.00; a guess reaches 0.50.")
    assert "2-fold cross-validation" in text
    assert "of 8 cells" in text
    assert trained.parts.predicted_note.text().startswith("Predicted: ")
    features = grid_viewer.layers["cells"].features.set_index("index")
    assert features["prediction"][3] == "small"
    assert trained.session.classifier is not None
    assert trained.session.classifier.columns == ("z_texture", "z_scale")


@pytest.mark.parametrize("kind", ["gbt", "mlp", "linear"])
def test_each_kind_learns_predicts_explains_and_is_read_again(
    dock: ClassifyWidget,
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    notes: list[str],
    kind: Any,
) -> None:
    cells = dock.session.crops.table
    annotations = dock.session.annotations.set(cells.iloc[8:24:2], "small")
    dock.session.annotations = annotations.set(cells.iloc[9:24:2], "large")
    dock.form.editor("kind").value = kind
    assert dock.form.value().kind == kind
    dock.train_button.click()
    wait_for(dock)
    assert predictions(dock) == ["small", "large"] * 15
    assert "Balanced accuracy 1.00" in dock.verdict.score_note.text()
    assert dock.verdict.bars.text().startswith("Scale ")
    probabilities = dock.session.table["probability"].to_numpy()
    dock.save(tmp_path / kind)
    dock.open(tmp_path / kind)
    wait_for(dock)
    assert dock.session.classifier.config.kind == kind
    np.testing.assert_allclose(dock.session.table["probability"], probabilities)
    assert all("saved" in note for note in notes)


def test_importances_name_the_factor_that_tells_the_classes(
    trained: ClassifyWidget,
) -> None:
    first = trained.verdict.bars.text().split("\n")[0]
    assert first.startswith("Scale ")


def test_predictions_color_the_cells_after_the_first_training(
    grid_viewer: Any, trained: ClassifyWidget, qtbot: Any
) -> None:
    layer = grid_viewer.layers["cells"]
    assert trained.session.painter == "classify"

    def has(cell: int, color: tuple[int, int, int]) -> bool:
        return np.allclose(layer.get_color(cell)[:3], color, atol=0.01)

    for column in ("probability", "novelty"):
        trained.color_by("prediction")
        qtbot.waitUntil(lambda: has(3, (1, 0, 0)) and has(5, (0, 0, 1)))
        trained.color_by(column)
        qtbot.waitUntil(lambda: not has(3, (1, 0, 0)))
    trained.color_by("")
    assert trained.session.painter == ""


def test_colors_of_another_dock_end_those_of_predictions(
    trained: ClassifyWidget,
) -> None:
    trained.session.painter = "annotate"
    assert trained.parts.color_combo.currentData() == ""
    assert trained.session.painter == "annotate"


def test_a_click_on_a_confusion_selects_its_cells(trained: ClassifyWidget) -> None:
    table = trained.verdict.confusion
    classes = [table.verticalHeaderItem(row).text() for row in (0, 1)]
    assert classes == ["large", "small"]
    assert [table.item(row, row).text() for row in (0, 1)] == ["4", "4"]
    table.cellClicked.emit(1, 1)
    selection = trained.session.selection
    assert isinstance(selection, Selection)
    assert selection.labels.tolist() == [3, 7, 11, 15]
    assert "4 cells of class small" in trained.verdict.confused_note.text()
    table.cellClicked.emit(0, 1)
    assert trained.session.selection is not None
    assert len(trained.session.selection) == 0


def test_below_the_chosen_probability_no_class_is_told(
    qtbot: Any, trained: ClassifyWidget
) -> None:
    before = trained.session.table
    trained.verdict.abstain.setValue(1.0)
    qtbot.waitUntil(lambda: trained.session.table is not before)
    assert predictions(trained) == [None] * 30
    assert "No cell" in trained.verdict.abstain_note.text()
    assert trained.parts.predicted_note.text() == "Predicted: no class 30."
    trained.verdict.abstain.setValue(0.0)
    qtbot.waitUntil(lambda: predictions(trained) == ["small", "large"] * 15)
    assert trained.verdict.abstain_note.isHidden()


def test_changed_classes_are_learned_in_the_background(
    qtbot: Any, trained: ClassifyWidget
) -> None:
    session = trained.session
    assert session.annotations is not None
    assert session.crops is not None
    first = session.classifier
    more = session.annotations.set(session.crops.table.iloc[8:10], "small")
    session.annotations = more
    session.annotations = more.clear(session.crops.table.iloc[9:10])
    qtbot.waitUntil(
        lambda: session.classifier is not first and not trained.jobs.running
    )
    assert session.classifier is not None
    assert session.classifier.counts == (4, 5)
    assert session.table is not None
    assert "annotation" not in session.table


def test_a_dock_closed_before_it_trains_again_does_not(
    grid_viewer: Any, trained: ClassifyWidget, qtbot: Any
) -> None:
    started: list[str] = []
    trained.jobs.started.connect(started.append)
    session = trained.session
    cells = session.crops.table.iloc[[8]]
    session.annotations = session.annotations.set(cells, "small")
    grid_viewer.window.remove_dock_widget(trained)
    qtbot.wait(1200)
    assert started == []


def test_without_a_change_nothing_is_trained_again(
    qtbot: Any, trained: ClassifyWidget
) -> None:
    first = trained.session.classifier
    assert trained.session.table is not None
    trained.session.table = trained.session.table.copy()
    qtbot.wait(1000)
    assert not trained.jobs.running
    assert trained.session.classifier is first


def test_training_again_can_be_switched_off(
    qtbot: Any, trained: ClassifyWidget
) -> None:
    trained.again_box.setChecked(False)
    first = trained.session.classifier
    trained.session.annotations = Annotations(CLASSES)
    qtbot.wait(1000)
    assert trained.session.classifier is first


def test_classes_of_one_cell_are_left_out_and_named(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    session = dock.session
    assert session.annotations is not None
    assert session.crops is not None
    rare = session.annotations.with_class(CellClass("rare", "#00ff00", 3))
    session.annotations = rare.set(session.crops.table.iloc[9:10], "rare")
    qtbot.waitUntil(lambda: "rare" in dock.parts.state_note.text())
    dock.train()
    wait_for(dock)
    assert session.classifier is not None
    assert session.classifier.classes == ("large", "small")


def test_without_classes_the_button_says_what_is_missing(
    dock: ClassifyWidget, qtbot: Any
) -> None:
    dock.session.annotations = Annotations(CLASSES)
    qtbot.waitUntil(lambda: not dock.train_button.isEnabled())
    assert "two classes" in dock.train_button.toolTip()
    assert "train or open a classifier first" in dock.parts.save_button.toolTip()
    with pytest.raises(DataError, match="two classes"):
        dock.train()
    with pytest.raises(ModelError, match="no classifier yet"):
        dock.save(None)  # type: ignore[arg-type]
    dock.session.table = None
    qtbot.waitUntil(lambda: "encode the cells first" in dock.train_button.toolTip())
    assert "encode the cells first" in dock.parts.open_button.toolTip()


def test_columns_can_be_chosen_one_by_one(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    dock.inputs.kind_combo.setCurrentIndex(dock.inputs.kind_combo.findData("both"))
    assert dock.inputs.columns() == ["z_texture", "z_scale", "area"]
    dock.inputs.choose(["z_scale"])
    dock.train()
    wait_for(dock)
    assert dock.session.classifier is not None
    assert dock.session.classifier.columns == ("z_scale",)
    dock.inputs.choose([])
    qtbot.waitUntil(lambda: "choose columns" in dock.train_button.toolTip())


def test_a_saved_classifier_predicts_the_same_when_opened(
    trained: ClassifyWidget,
    tmp_path: Path,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    folder = tmp_path / "sizes"
    trained.save(folder)
    assert "saved" in notes[-1]
    assert (folder / "confusion.png").exists()
    before = predictions(trained)
    session = trained.session
    session.table = None
    assert session.crops is not None
    session.table = session.crops.table.assign(**codes())
    session.annotations = None
    trained.open(folder)
    wait_for(trained)
    assert predictions(trained) == before
    assert "Tells apart: large, small" in trained.verdict.score_note.text()
    assert not trained.again_box.isChecked()


def test_a_classifier_of_another_model_is_refused_in_one_sentence(
    trained: ClassifyWidget,
    tmp_path: Path,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    trained.save(tmp_path / "sizes")
    notes.clear()
    assert trained.session.table is not None
    trained.session.table = trained.session.table.assign(model="other-1")
    trained.open(tmp_path / "sizes")
    wait_for(trained)
    assert len(notes) == 1
    assert "m-12345678" in notes[0]
    with pytest.raises(ModelError, match="not a classifier folder"):
        trained.open(tmp_path)


def test_cancel_keeps_classifier_predictions_and_scores_together(
    trained: ClassifyWidget, wait_for: Callable[[Any], None]
) -> None:
    session, before = trained.session, predictions(trained)
    first, text = session.classifier, trained.verdict.score_note.text()
    assert session.annotations is not None
    assert session.crops is not None
    trained.again_box.setChecked(False)
    cells = session.crops.table
    swapped = Annotations(CLASSES).set(cells.iloc[[0, 2, 4, 6]], "large")
    session.annotations = swapped.set(cells.iloc[[1, 3, 5, 7]], "small")

    def cancel(event: Any) -> None:
        if getattr(event, "stage", "") == "Cross-validating":
            trained.jobs.cancel()

    trained.jobs.progressed.connect(cancel)
    trained.train()
    wait_for(trained)
    assert trained.job_bar.text() == "Training cancelled."
    assert session.classifier is first
    assert predictions(trained) == before
    assert trained.verdict.score_note.text() == text
    assert trained.train_button.isEnabled()


def test_cancelling_the_first_training_leaves_no_predictions(
    dock: ClassifyWidget, wait_for: Callable[[Any], None]
) -> None:
    def cancel(event: Any) -> None:
        if getattr(event, "stage", "") == "Cross-validating":
            dock.jobs.cancel()

    dock.jobs.progressed.connect(cancel)
    dock.train()
    wait_for(dock)
    assert dock.session.table is not None
    assert "prediction" not in dock.session.table
    assert dock.session.classifier is None


def test_an_error_in_training_is_one_sentence(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    assert dock.session.table is not None
    models = ["m-1"] * 15 + ["m-2"] * 15
    dock.session.table = dock.session.table.assign(model=models)
    assert dock.session.annotations is not None
    assert dock.session.crops is not None
    cells = dock.session.crops.table
    dock.session.annotations = dock.session.annotations.set(cells.iloc[20:22], "large")
    dock.train_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "mixes codes" in notes[0]
    assert dock.session.classifier is None


def test_removed_layers_leave_the_predictions_in_the_table(
    grid_viewer: Any,
    dock: ClassifyWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
    qtbot: Any,
) -> None:
    def clear(_: Any) -> None:
        if len(grid_viewer.layers):
            grid_viewer.layers.clear()

    dock.jobs.progressed.connect(clear)
    dock.train_button.click()
    wait_for(dock)
    qtbot.wait_for_turns()
    assert predictions(dock) == ["small", "large"] * 15
    assert notes == []


def test_cells_encoded_anew_meanwhile_drop_the_result(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    def anew(event: Any) -> None:
        if getattr(event, "stage", "") == "Cross-validating":
            dock.session.table = None

    dock.jobs.progressed.connect(anew)
    dock.train()
    wait_for(dock)
    assert len(notes) == 1
    assert "dropped" in notes[0]
    assert dock.session.table is None


def test_predictions_from_codes_that_are_gone_are_never_shown(
    dock: ClassifyWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    """Their ids are the same, so only the codes tell that they are of other cells."""
    table, cells = dock.session.table, dock.session.crops.table  # type: ignore[union-attr]
    shown = []

    def anew(event: Any) -> None:
        if getattr(event, "stage", "") == "Cross-validating":
            zeros = np.zeros((30, 2), np.float32)
            names = "texture", "scale"
            dock.session.embedding = Embedding(zeros, zeros, names, "new-1", cells)
            dock.session.table = table.copy()  # type: ignore[union-attr]
            dock.session.events.table.connect(shown.append)

    dock.jobs.progressed.connect(anew)
    dock.train()
    wait_for(dock)
    assert [table for table in shown if "prediction" in table] == []
    assert [note for note in notes if "dropped" in note] != []


def test_a_viewer_closed_during_training_stops_it_silently(
    qtbot: Any, grid_viewer: Any, dock: ClassifyWidget, notes: list[str]
) -> None:
    dock.train()
    grid_viewer.close()
    qtbot.wait_for_workers()
    assert not dock.jobs.running
    assert notes == []


@pytest.fixture
def second(grid_viewer: Any) -> Callable[[], None]:
    """Opens another image with the same ids, whose cells are encoded."""

    def add() -> None:
        session = session_of(grid_viewer)
        image = grid_viewer.add_image(grid_viewer.layers["image"].data * 2, name="two")
        source = _layers.read_source(image, grid_viewer.layers["cells"], "yx")
        planning = iter_plan_crops(
            source.image, source.objects, CropConfig(), roi_id=source.roi_id
        )
        session.set_crops(source, run(planning))
        session.embedding = SimpleNamespace(is_gray=False)
        session.table = session.crops.table.assign(**codes(seed=1))

    return add


def test_cells_of_another_image_are_predicted_when_they_are_encoded(
    qtbot: Any, trained: ClassifyWidget, second: Callable[[], None]
) -> None:
    trained.again_box.setChecked(False)
    second()
    qtbot.waitUntil(lambda: "prediction" in trained.session.table)
    assert set(trained.session.table["roi_id"]) == {"two"}
    assert predictions(trained) == ["small", "large"] * 15
    assert trained.verdict.score_note.text().startswith("Balanced accuracy")
    text = trained.parts.predicted_note.text()
    assert text.startswith("Predicted in 2 images: ")
    assert "small 30" in text
    assert "no class 0" in text


def test_classes_of_all_images_are_learned_together(
    trained: ClassifyWidget,
    second: Callable[[], None],
    wait_for: Callable[[Any], None],
    qtbot: Any,
) -> None:
    session = trained.session
    trained.again_box.setChecked(False)
    second()
    wait_for(trained)
    assert session.annotations is not None
    cells = session.crops.table  # type: ignore[union-attr]
    more = session.annotations.set(cells.iloc[[0, 2, 4]], "small")
    session.annotations = more.set(cells.iloc[[1, 3]], "large")
    button = trained.train_button
    qtbot.waitUntil(lambda: button.text() == "&Train on 13 cells")
    trained.train()
    wait_for(trained)
    assert session.classifier is not None
    assert session.classifier.counts == (6, 7)
    assert "whole images" in trained.verdict.score_note.text()
    for known in session.images:
        assert known.table["prediction"].notna().all()
    trained.verdict.confusion.cellClicked.emit(1, 1)
    assert "3 cells" in trained.verdict.confused_note.text()
    assert "4 more are in other images" in trained.verdict.confused_note.text()


def test_a_classifier_that_cannot_read_the_new_codes_is_dropped(
    trained: ClassifyWidget,
) -> None:
    session = trained.session
    session.table = None
    cells = session.crops.table  # type: ignore[union-attr]
    session.table = cells.assign(**codes() | {"model": "other-1"})
    assert session.classifier is None
    assert trained.verdict.confusion.isHidden()
    assert "train or open a classifier first" in trained.parts.save_button.toolTip()


def test_a_closed_dock_stops_its_training_and_lets_go_of_the_session(
    qtbot: Any,
    grid_viewer: Any,
    session: Any,
    dock_in: Callable[..., Any],
    notes: list[str],
) -> None:
    signals = [getattr(session.events, name) for name in ("table", "painter")]
    before = [len(signal) for signal in signals]
    dock = dock_in(grid_viewer, ClassifyWidget)
    dock.train()
    grid_viewer.window.remove_dock_widget(dock)
    assert not dock.jobs.running
    assert [len(signal) for signal in signals] == before
    at_the_end = session.classifier  # a first one, if the worker was that quick
    qtbot.wait_for_workers()
    assert session.classifier is at_the_end
    assert notes == []


def test_a_wrong_option_is_one_sentence_when_training_again_is_due(
    trained: ClassifyWidget, qtbot: Any, notes: list[str]
) -> None:
    trained.form.editor("hidden").value = "wide"
    session = trained.session
    cells = session.crops.table  # type: ignore[union-attr]
    with qtbot.captureExceptions() as raised:
        session.annotations = session.annotations.set(cells.iloc[[8]], "small")  # type: ignore[union-attr]
        qtbot.waitUntil(lambda: len(notes) > 0)
    assert raised == []
    assert "hidden" in notes[0]
    assert not trained.jobs.running
