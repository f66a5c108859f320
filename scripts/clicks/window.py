"""A window with all docks, its work made short, and what is in it to click."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import napari
from qtpy.QtCore import QTimer
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QListView,
    QPushButton,
    QTableWidget,
    QWidget,
)
from superqt import QLabeledDoubleRangeSlider, QLabeledRangeSlider

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.widgets._soon import _TURNS

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.widgets._dock import Dock
    from napari_disentangle.widgets._session import Session

PLUGIN = "napari-disentangle"
NAMES = (
    *("Crops", "Factors", "Explore", "Annotate"),
    *("Classify", "Fine-tune", "Traversal", "Export"),
)
SIZE = (1280, 800)
LONGEST_S = 120  # that small data may take on a busy machine
RANGES = QLabeledRangeSlider, QLabeledDoubleRangeSlider
KINDS = (
    *(QAbstractButton, QComboBox, QAbstractSpinBox, QAbstractSlider),
    *(QTableWidget, QListView, *RANGES),
)


class Window:
    """A viewer with all docks, and no dialog that stays open.

    Parameters
    ----------
    model : Path
        Folder of a model that is quick.

    Attributes
    ----------
    viewer : napari.Viewer
        The real one.
    docks : dict of str to Dock
        Those that are open, by name.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self.viewer = napari.Viewer()
        self.viewer.window._qt_window.resize(*SIZE)
        self.docks: dict[str, Any] = {}
        for name in NAMES:
            self.open(name)
        self._closer = QTimer()
        self._closer.timeout.connect(close_dialogs)
        self._closer.start(15)

    @property
    def session(self) -> Session:
        """What the docks share."""
        session: Session = self.docks["Factors"].session
        return session

    def open(self, name: str) -> None:
        """Open a dock and let its work be short."""
        add = self.viewer.window.add_plugin_dock_widget
        dock = self.docks[name] = add(PLUGIN, name, tabify=True)[1]
        if name == "Factors":
            dock.set_model(self._model)
        elif name == "Fine-tune":
            dock.model_combo.choose(self._model)
            dock.form.setValue(FinetuneConfig(mode="paper", epochs=2, batch=16))
        elif name == "Classify":
            dock.form.setValue(ClassifierConfig(kind="linear", folds=2, repeats=1))

    def close(self, name: str) -> None:
        """Close a dock."""
        self.viewer.window.remove_dock_widget(self.docks.pop(name))

    def busy(self) -> bool:
        """Return whether a task runs or something waits to be shown."""
        docks: list[Dock] = list(self.docks.values())
        return any(dock.jobs.running for dock in docks) or bool(_TURNS.waiting)

    def rest(self, ms: int = 40, *, until_done: bool = True) -> bool:
        """Let the window work, and return whether it came to rest."""
        QTest.qWait(ms)
        end = time.monotonic() + LONGEST_S
        while until_done and self.busy():
            if time.monotonic() > end:
                return False
            QTest.qWait(20)
        return True

    def press(self, name: str, text: str) -> bool:
        """Press a button of a dock by the start of its text, if it can be pressed."""
        for button in self.docks[name].findChildren(QPushButton):
            shown = button.text().replace("&", "")
            if shown.startswith(text) and button.isEnabled():
                button.click()
                return True
        return False

    def widgets(self, name: str) -> list[QWidget]:
        """Return all of a dock that a user can click or turn now."""
        dock = self.docks[name]
        return [
            widget
            for widget in dock.findChildren(QWidget)
            if isinstance(widget, KINDS)
            and widget.isEnabled()
            and widget.isVisibleTo(dock)
            and not isinstance(widget.parent(), RANGES)
        ]


def close_dialogs() -> None:
    """Close what waits for an answer, as a user who cancels."""
    for widget in (QApplication.activeModalWidget(), QApplication.activePopupWidget()):
        if widget is not None:
            widget.close()
