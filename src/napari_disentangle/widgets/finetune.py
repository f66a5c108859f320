"""The Fine-tune dock: adapt a model to these cells and watch whether names hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from superqt.utils import qdebounced

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.finetune_cells import (
    FinetuneRequest,
    iter_finetune_cells,
)
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import Dock, action, allow
from napari_disentangle.widgets._finetune.inputs import CROPS, FOLDER, InputsPanel
from napari_disentangle.widgets._finetune.results import ResultsPanel, RunsPanel
from napari_disentangle.widgets._finetune.settings import SettingsPanel
from napari_disentangle.widgets._settings import preference

if TYPE_CHECKING:
    from pathlib import Path

    import napari

    from napari_disentangle.recipes.finetune_cells import FinetunedCells

_SOON_MS = 400


class FinetuneWidget(Dock):
    """Fine-tune on the cells of the Crops dock, or on a folder of images."""

    onward = ("Factors",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._out: Path | None = None
        self._build()
        self._name_parts()
        self._list_soon = qdebounced(self._list_runs, timeout=_SOON_MS, parent=self)
        self._undo += [self.inputs.stop, self.results.stop, self._list_soon.cancel]
        self._connect(self.inputs.changed, self._on_data)
        self._connect(self.settings.moved, self._on_moved)
        self._connect(self.run_list.runs.chosen, self.refresh)
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.jobs.progressed, self._on_progressed)
        self._connect(self.jobs.held, self._on_held)
        self._connect(self.jobs.finished, self._on_finished)
        self._on_data()

    # What a script may call ----------------------------------------------------------

    def finetune(self) -> None:
        """Fine-tune the chosen model in a new run; the model itself stays as it is.

        Raises
        ------
        DataError
            If there are no cells.
        ConfigError
            If a setting or the name of the run is wrong.
        """
        self._start(self.settings.new_run(), resume=False)

    def go_on(self) -> None:
        """Go on with the chosen run, on the same cells.

        Raises
        ------
        DataError
            If no run is chosen, or there are no cells.
        """
        self._start(self.run_list.require().folder, resume=True)

    def use(self) -> None:
        """Let the Factors dock choose the model of the chosen run.

        Raises
        ------
        ModelError
            If no finished run is chosen.
        """
        run = self.run_list.require_finished()
        self.session.want_model(run.folder)
        show_info(f"The Factors dock now uses {run.folder.name}; press Encode there.")

    def set_folder(self, folder: Path) -> None:
        """Fine-tune on a folder of images: one folder a class, or with boxes."""
        self.inputs.set_folder(folder)

    def hold(self) -> None:
        """Pause the running task after this epoch, or let a paused one go on."""
        if self.jobs.paused:
            self.jobs.go_on()
        else:
            self.jobs.pause()

    def refresh(self) -> None:
        busy, no_cells = self._why_busy(), self.inputs.why_none()
        crops = self.inputs.crops() if self.inputs.data() == CROPS else None
        text = f"&Fine-tune on {len(crops)} cells" if crops else "&Fine-tune"
        self.start_button.setText(text)
        allow(self.start_button, busy or no_cells or self.settings.why_no_place())
        allow(self.hold_button, "" if self.jobs.running else "nothing is running")
        self.run_list.allow(busy, no_cells)
        self.inputs.refresh()

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.inputs = InputsPanel(self.viewer, self.session)
        self.settings = SettingsPanel()
        self.start_button = action(
            "&Fine-tune",
            "Adapt a copy of the model to these cells, without labels; Cancel keeps "
            "the old model, and the run can go on later",
            self.finetune,
            main=True,
        )
        self.hold_button = action(
            "&Pause", "Pause after this epoch, or go on", self.hold
        )
        self.results = ResultsPanel(self.viewer)
        self.run_list = RunsPanel(self.go_on, self.use)
        for widget in (
            self.inputs,
            self.settings,
            self.start_button,
            self.hold_button,
            self.results,
            self.run_list,
        ):
            self._body.addWidget(widget)
        self._body.addStretch(1)

    def _name_parts(self) -> None:
        """Give the parts of the panels the names by which scripts know them."""
        self.model_combo = self.inputs.model_combo
        self.data_combo = self.inputs.data_combo
        self.form = self.settings.form
        self.name_edit = self.settings.name_edit
        self.runs_folder = self.settings.runs_folder
        self.status = self.results.status
        self.curves = self.results.curves
        self.before_after = self.results.before_after
        self.compared_section = self.results.compared_section
        self.runs = self.run_list.runs
        self.go_on_button = self.run_list.go_on_button
        self.use_button = self.run_list.use_button

    # Work ----------------------------------------------------------------------------

    def _start(self, out: Path, *, resume: bool) -> None:
        task = iter_finetune_cells(self._request(out, resume=resume))
        self._out = out
        self.results.begin()
        self.jobs.run(task, "Fine-tuning", self._keep)

    def _request(self, out: Path, *, resume: bool) -> FinetuneRequest:
        session, inputs = self.session, self.inputs
        why = inputs.why_none()
        if why:
            raise DataError(f"There are no cells to learn from: {why}.")
        images = inputs.images()
        return FinetuneRequest(
            model=str(inputs.model_combo.currentData()),
            models=inputs.model_combo.models(),
            config=self.form.value(),
            out=out,
            crops=inputs.crops(),
            shown=session.source,
            others=images.others,
            left_out=images.left_out,
            annotations=inputs.annotations(images.others),
            folder=inputs.data_folder.path(),
            crop=getattr(session.crops, "config", None),
            resume=resume,
            device=preference("device", "auto"),
        )

    # Results -------------------------------------------------------------------------

    def _on_progressed(self, event: Any) -> None:
        if hasattr(event, "health"):
            self.results.add(event)

    def _keep(self, found: FinetunedCells) -> None:
        self.results.finish(found)
        self.session.add_model(found.tuned.folder)

    def _on_held(self, held: bool) -> None:
        self.hold_button.setText("&Go on" if held else "&Pause")

    def _on_finished(self, how: str) -> None:
        self.hold_button.setText("&Pause")
        if how != "done":
            self.results.tell_stopped()
        self._list_runs()
        self._list_soon()  # what was cancelled is still writing its last epoch

    def _list_runs(self) -> None:
        folder = self.runs_folder.path()
        for run in self.run_list.show_folder(folder, self._out):
            if run.is_finished and str(run.folder) not in self.session.models:
                self.session.add_model(run.folder)

    # Choices -------------------------------------------------------------------------

    def _on_crops(self, _: object) -> None:
        self._on_data()

    def _on_moved(self) -> None:
        self._list_soon()

    def _on_data(self) -> None:
        """Suggest to keep runs beside the data."""
        source, folder = self.session.source, self.inputs.data_folder.path()
        if self.inputs.data() == FOLDER:
            data = folder if folder is not None and folder.is_dir() else None
        else:
            data = None if source is None else _layers.image_file(source)
        self.settings.suggest(data)
        self.refresh()
