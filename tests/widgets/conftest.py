"""Fixtures of the docks: settings that never touch the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.widgets._session import Session


PATIENCE_MS = 120_000  # until a test gives up: a busy machine is slow, not wrong


class PatientBot(QtBot):
    """Waits for a condition for as long as a busy machine may need."""

    def waitUntil(
        self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def wait_for_workers(self) -> None:
        """Wait until no worker runs and all that they sent has arrived."""
        from superqt.utils import WorkerBase

        self.waitUntil(lambda: not WorkerBase._worker_set)

    def wait_for_turns(self) -> None:
        """Wait until docks have shown all that they left to later turns."""
        from napari_disentangle.widgets._soon import _TURNS

        self.waitUntil(lambda: not _TURNS.waiting)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's bot, with patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _own_settings() -> Iterator[None]:
    from napari_disentangle.widgets._settings import kept_apart

    with kept_apart():
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user who has kept nothing yet."""
    monkeypatch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _no_keys_held() -> Iterator[None]:
    """Let go of Shift and the like, which Qt holds after a simulated key until a new.

    A later click of another test would else add to the selection.
    """
    yield
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication, QWidget

    if QApplication.instance() is None or not QApplication.keyboardModifiers().value:
        return
    anything = QWidget()
    QTest.keyClick(anything, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    anything.deleteLater()


@pytest.fixture
def sparse_labels() -> NDArray[np.int32]:
    """Three cells with the ids 1, 5 and 10, a row of gaps between them."""
    labels = np.zeros((60, 90), np.int32)
    for column, label in enumerate((1, 5, 10)):
        labels[15:45, 5 + 30 * column : 25 + 30 * column] = label
    return labels


@pytest.fixture
def sparse_image(sparse_labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """An RGB image in which each of these cells has a color of its own."""
    colors = np.array([[40, 40, 40], [220, 60, 60], [60, 220, 60], [60, 60, 220]])
    rank = np.searchsorted([1, 5, 10], sparse_labels) + 1
    return colors[np.where(sparse_labels > 0, rank, 0)].astype(np.uint8)


@pytest.fixture
def notes() -> Iterator[list[str]]:
    """What napari tells the user meanwhile."""
    from napari.utils.notifications import notification_manager

    seen: list[str] = []

    def note(notification: Any) -> None:
        seen.append(notification.message)

    notification_manager.notification_ready.connect(note)
    yield seen
    notification_manager.notification_ready.disconnect(note)


@pytest.fixture
def viewer(
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
) -> Any:
    """A real viewer with an image and cells 1, 5 and 10."""
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


@pytest.fixture
def dock_in(qtbot: Any) -> Iterator[Callable[..., Any]]:
    """Put a dock into a viewer; wait for its worker at the end."""

    def add(viewer: Any, kind: Callable[[Any], Any]) -> Any:
        dock = kind(viewer)
        viewer.window.add_dock_widget(dock, name=kind.__name__)
        return dock

    yield add
    qtbot.wait_for_workers()


@pytest.fixture
def wait_for(qtbot: Any) -> Callable[[Any], None]:
    """Wait until the task of a dock has ended and its result is shown."""

    def wait(dock: Any) -> None:
        qtbot.waitUntil(lambda: not dock.jobs.running)
        qtbot.wait_for_turns()

    return wait


@pytest.fixture
def settle(qtbot: Any) -> Callable[[Any], None]:
    """Wait until all that was edited was looked at."""

    def wait(dock: Any) -> None:
        qtbot.wait(500)  # longer than a look waits for the next stroke
        qtbot.waitUntil(lambda: not dock._edits.looking)

    return wait


@pytest.fixture(scope="session")
def pixel_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model of pixels: quick, and every recipe runs on it."""
    from napari_disentangle.models.config import ModelConfig
    from napari_disentangle.storage.models import write_model
    from napari_disentangle.testing import untrained_model

    config = ModelConfig(kind="pixels", image_size=64)
    folder = tmp_path_factory.mktemp("models") / "untrained"
    write_model(untrained_model("untrained", config, "by construction"), folder)
    return folder


@pytest.fixture
def encode_in(
    dock_in: Callable[..., Any], wait_for: Callable[[Any], None], pixel_model: Path
) -> Callable[..., Any]:
    """Cut and encode the cells of a viewer in the docks; return the Factors dock."""
    from napari_disentangle.widgets.crops import CropsWidget
    from napari_disentangle.widgets.factors import FactorsWidget

    def encode(viewer: Any, **options: Any) -> FactorsWidget:
        crops: CropsWidget = dock_in(viewer, CropsWidget)
        factors: FactorsWidget = dock_in(viewer, FactorsWidget)
        crops.crop_form.setValue(crops.crop_form.value().replace(**options))
        crops.cut()
        wait_for(crops)
        factors.set_model(pixel_model)
        factors.encode()
        wait_for(factors)
        return factors

    return encode


@pytest.fixture
def encoded(viewer: Any, encode_in: Callable[..., Any]) -> Any:
    """The Factors dock, with cells 1, 5 and 10 encoded."""
    return encode_in(viewer)


DOCKS = {
    "crops": "CropsWidget",
    "factors": "FactorsWidget",
    "explore": "ExploreWidget",
    "annotate": "AnnotateWidget",
    "classify": "ClassifyWidget",
    "finetune": "FinetuneWidget",
    "traversal": "TraversalWidget",
    "export": "ExportWidget",
}


@pytest.fixture(params=DOCKS)
def dock_name(request: pytest.FixtureRequest) -> str:
    """Each dock in turn."""
    return str(request.param)


@pytest.fixture
def put_dock(
    dock_in: Callable[..., Any], dock_name: str, pixel_model: Path, tmp_path: Path
) -> Callable[[Any], Any]:
    """Put the dock into a viewer, ready to do its work in a moment."""
    from importlib import import_module

    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.training.finetune_config import FinetuneConfig

    module = import_module(f"napari_disentangle.widgets.{dock_name}")

    def add(viewer: Any) -> Any:
        dock = dock_in(viewer, getattr(module, DOCKS[dock_name]))
        if dock_name == "factors":
            dock.set_model(pixel_model)
        elif dock_name == "classify":
            dock.form.setValue(ClassifierConfig(kind="linear", folds=2, repeats=1))
            dock.again_box.setChecked(False)
        elif dock_name == "finetune":
            dock.model_combo.choose(pixel_model)
            dock.form.setValue(FinetuneConfig(mode="paper", epochs=2, batch=16))
            dock.runs_folder.set_path(tmp_path / "runs")
        elif dock_name == "export":
            dock.folder.set_path(tmp_path / "out")
        return dock

    return add


@pytest.fixture
def with_cells(pixel_model: Path) -> Callable[[Any], Any]:
    """Give a viewer thirty cells, cut, encoded, eight of them annotated."""
    from napari_disentangle.annotations.values import Annotations, CellClass
    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.objects import (
        iter_encode_objects,
        iter_plan_objects,
    )
    from napari_disentangle.tasks import run
    from napari_disentangle.widgets import _layers
    from napari_disentangle.widgets._session import session_of

    classes = CellClass("small", "#ff0000", 1), CellClass("large", "#0000ff", 2)

    def fill(viewer: Any) -> Any:
        labels = np.zeros((100, 120), np.int32)
        for rank in range(30):
            y, x = divmod(rank, 6)
            size = 8 + rank % 8
            labels[20 * y + 2 :, 20 * x + 2 :][:size, :size] = 3 + 2 * rank
        image = viewer.add_image((labels % 50).astype(np.float32), name="image")
        cells = viewer.add_labels(labels, name="cells")
        source = _layers.read_source(image, cells, "yx")
        session = session_of(viewer)
        session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
        encoding = iter_encode_objects(source, session.crops, pixel_model, device="cpu")
        found = run(encoding)
        session.measured = found.measured
        session.set_codes(found.model, found.embedding, found.table)
        table = session.crops.table
        some = Annotations(classes).set(table.iloc[[0, 2, 4, 6]], "small")
        session.annotations = some.set(table.iloc[[1, 3, 5, 7]], "large")
        return viewer

    return fill


@pytest.fixture
def grid(make_napari_viewer: Any, with_cells: Callable[[Any], Any]) -> Any:
    """A viewer with thirty cells that are cut, encoded, and eight of them annotated."""
    return with_cells(make_napari_viewer())


@pytest.fixture
def set_excluded() -> Callable[[Session, list[int]], None]:
    """Exclude these cells and no others, as the section Bad cells does."""
    from napari_disentangle.annotations.exclusions import exclude, include
    from napari_disentangle.widgets._reading import book_of

    def apply(session: Session, labels: list[int]) -> None:
        assert session.crops is not None
        assert session.annotations is not None
        cells = session.crops.table
        value = include(session.annotations, cells)
        value = exclude(value, cells[cells["label"].isin(labels)], "debris")
        book_of(session).apply(value, "excluded")

    return apply
