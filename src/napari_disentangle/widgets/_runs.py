"""The runs of a folder: how far each came, which is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.runs import list_runs

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.runs import Run

_HEIGHT_PX = 96


class RunList(QListWidget):
    """Lists the runs of a folder by name.

    Attributes
    ----------
    chosen : Signal
        Emitted when another run is chosen, or none.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, Run] = {}
        self.setAccessibleName("Runs")
        self.setToolTip("Fine-tunings in this folder, finished or not")
        self.setFixedHeight(_HEIGHT_PX)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit())

    def show_folder(self, folder: Path | None) -> tuple[Run, ...]:
        """List the runs of `folder` and return them; the chosen one stays chosen."""
        before = self.run()
        runs = () if folder is None else list_runs(folder)
        blocked = self.blockSignals(True)
        self.clear()
        self._runs = {run.folder.name: run for run in runs}
        for name, run in self._runs.items():
            item = QListWidgetItem(describe(run))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(f"{run.manifest.data}\n{run.folder}")
            self.addItem(item)
            item.setSelected(before is not None and before.folder == run.folder)
        self.blockSignals(blocked)
        self.chosen.emit()
        return runs

    def run(self) -> Run | None:
        """Return the chosen run."""
        chosen = [item.data(Qt.ItemDataRole.UserRole) for item in self.selectedItems()]
        return self._runs.get(chosen[0]) if chosen else None

    def choose(self, name: str) -> None:
        """Choose the run called `name`."""
        for row in range(self.count()):
            item = self.item(row)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == name:
                self.setCurrentItem(item)
                return


def describe(run: Run) -> str:
    """Return name, epochs and origin of a run: "tuned: 30 epochs, from features"."""
    try:
        n = len(run.read_history())
    except StorageError:
        return f"{run.folder.name}: damaged"
    how = f"{n} epochs" if run.is_finished else f"stopped after {n} epochs"
    parent = run.manifest.parent.rpartition("-")[0]
    return f"{run.folder.name}: {how}, from {parent}"
