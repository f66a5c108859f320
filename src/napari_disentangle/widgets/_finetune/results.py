"""What came of a fine-tuning: how far names hold, curves, before and after, runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.widgets._before_after import BeforeAfter
from napari_disentangle.widgets._curves import CurvePanel
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._runs import RunList
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_disentangle.recipes.finetune_cells import FinetunedCells
    from napari_disentangle.storage.runs import Run
    from napari_disentangle.training.finetune_state import FinetuneReport

_STATUS_TIP = (
    "Kept: the correlation of each factor's codes with those before, 1 is unchanged; "
    "on Source: on generated images, in brackets: on these cells. OMES and MIG: scores "
    "of the names on Source, from 0 to 1"
)
_RUNS = "Runs in the folder above:"
_NO_RUNS = "No run is in the folder above yet."


class ResultsPanel(QWidget):
    """The line of the last epoch, the curves, and the model before and after.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme is followed.

    Attributes
    ----------
    history : list of FinetuneReport
        The epochs of the run that is shown.
    """

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self.history: list[FinetuneReport] = []
        self._clear_soon = Soon(self._clear, self)
        self.status = note()
        self.status.setToolTip(_STATUS_TIP)
        self.curves = CurvePanel(viewer)
        self.curves_section = Section("Curves", self.curves)
        self.before_after = BeforeAfter()
        self.compared_section = Section("Before and after", self.before_after)
        self.compared_section.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.status, self.curves_section, self.compared_section):
            layout.addWidget(widget)

    def begin(self) -> None:
        """Show that a run starts, in a turn after that of the click."""
        self.history = []
        self.status.setText("")
        self._clear_soon()

    def add(self, report: FinetuneReport) -> None:
        """Show one more epoch."""
        self._clear_soon.flush()
        self.history.append(report)
        self.curves.show_history(self.history, report.health.names)
        self.status.setText(f"{report}.")

    def finish(self, found: FinetunedCells) -> None:
        """Show the finished model beside the one before."""
        self._clear_soon.flush()
        self.before_after.show_comparison(found.comparison)
        self.compared_section.show()
        self.compared_section.expand()
        best = found.tuned.result.best_epoch
        n = len(found.tuned.result.history)
        self.status.setText(
            f"{found.tuned.model.id} is ready (epoch {best} of {n} was best); choose "
            "it in the Factors dock, or press Use in Factors."
        )

    def tell_stopped(self) -> None:
        """Say that the run was stopped, if it had begun."""
        if self.history:
            self.status.setText(
                "Stopped: the old model stays as it is, and the run can go on."
            )

    def stop(self) -> None:
        """Stop following napari's theme."""
        self._clear_soon.stop()
        self.curves.stop()

    def _clear(self) -> None:
        """Take away what is shown of the run before."""
        self.curves.show_history([], ())
        self.curves_section.expand()
        self.compared_section.hide()


class RunsPanel(QWidget):
    """The runs of a folder, and what can be done with the chosen one.

    Parameters
    ----------
    on_go_on, on_use : callable
        Called by the buttons; what they raise for the user is shown.
    """

    def __init__(
        self, on_go_on: Callable[[], object], on_use: Callable[[], object]
    ) -> None:
        super().__init__()
        self.told = note()
        self.runs = RunList()
        self.go_on_button = action(
            "&Go on with run",
            "Go on with the chosen run on the same cells: to its end or, if it is "
            "finished, for as many epochs more as set above",
            on_go_on,
        )
        self.use_button = action(
            "&Use in Factors", "Choose this model in the Factors dock", on_use
        )
        line = QHBoxLayout()
        line.addWidget(self.go_on_button)
        line.addWidget(self.use_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.told)
        layout.addWidget(self.runs)
        layout.addLayout(line)

    def require(self) -> Run:
        """Return the chosen run.

        Raises
        ------
        DataError
            If none is chosen.
        """
        run = self.runs.run()
        if run is None:
            raise DataError("No run is chosen; click one in the list.")
        return run

    def require_finished(self) -> Run:
        """Return the chosen run, which has a model.

        Raises
        ------
        ModelError
            If no finished run is chosen.
        """
        run = self.runs.run()
        if run is None or not run.is_finished:
            raise ModelError("No finished run is chosen; click one in the list.")
        return run

    def show_folder(self, folder: Path | None, last: Path | None) -> tuple[Run, ...]:
        """List the runs of a folder and return them; choose the last one if none is."""
        runs = self.runs.show_folder(folder)
        self.told.setText(_RUNS if runs else _NO_RUNS)
        self.runs.setVisible(bool(runs))
        if last is not None and self.runs.run() is None:
            self.runs.choose(last.name)
        return runs

    def allow(self, busy: str, no_cells: str) -> None:
        """Enable the buttons, or say why they cannot be pressed."""
        run = self.runs.run()
        no_run = "" if run is not None else "click a run in the list first"
        no_model = no_run or ("" if run and run.is_finished else "it is not finished")
        allow(self.go_on_button, busy or no_run or no_cells)
        allow(self.use_button, busy or no_model)
