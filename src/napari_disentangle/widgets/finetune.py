"""The Fine-tune dock: adapt a model to these cells and watch whether names hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLineEdit
from superqt.utils import qdebounced

from napari_disentangle.errors import ConfigError, DataError, ModelError
from napari_disentangle.recipes.finetune_cells import (
    FinetuneRequest,
    iter_finetune_cells,
)
from napari_disentangle.storage.layout import RUNS, project_folder
from napari_disentangle.storage.runs import free_run
from napari_disentangle.training.finetune_config import BASIC, FinetuneConfig
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._before_after import BeforeAfter
from napari_disentangle.widgets._curves import CurvePanel
from napari_disentangle.widgets._dock import Dock, action, allow, note, rows
from napari_disentangle.widgets._folder import FolderEdit
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._models import ModelCombo
from napari_disentangle.widgets._runs import RunList
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._settings import preference, remember_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    import napari

    from napari_disentangle.recipes.finetune_cells import (
        FinetunedCells,
    )
    from napari_disentangle.training.finetune_state import FinetuneReport
    from napari_disentangle.widgets._layers import Source

_CROPS, _IMAGES, _FOLDER = "crops", "images", "folder"
_NAME = "tuned"
_SOON_MS = 400


class FinetuneWidget(Dock):
    """Fine-tune on the cells of the Crops dock, or on a folder of images."""

    onward = ("Factors",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._history: list[FinetuneReport] = []
        self._out: Path | None = None
        self._add_inputs()
        self._add_settings()
        self._add_actions()
        self._add_results()
        self._body.addStretch(1)
        self._list_soon = qdebounced(self._list_runs, timeout=_SOON_MS, parent=self)
        self._undo += [self.model_combo.stop, self.curves.stop, self._list_soon.cancel]
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.jobs.progressed, self._on_progressed)
        self._connect(self.jobs.held, self._on_held)
        self._connect(self.jobs.finished, self._on_finished)
        self._on_crops(self.session.crops)

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
        name = self.name_edit.text().strip() or _NAME
        if Path(name).name != name or name.startswith("."):
            raise ConfigError(f"A run cannot be called {name!r}; take letters, digits.")
        self._start(free_run(self._runs_folder(), name), resume=False)

    def go_on(self) -> None:
        """Go on with the chosen run, on the same cells.

        Raises
        ------
        DataError
            If no run is chosen, or there are no cells.
        """
        run = self.runs.run()
        if run is None:
            raise DataError("No run is chosen; click one in the list.")
        self._start(run.folder, resume=True)

    def use(self) -> None:
        """Let the Factors dock choose the model of the chosen run.

        Raises
        ------
        ModelError
            If no finished run is chosen.
        """
        run = self.runs.run()
        if run is None or not run.is_finished:
            raise ModelError("No finished run is chosen; click one in the list.")
        self.session.want_model(run.folder)
        show_info(f"The Factors dock now uses {run.folder.name}; press Encode there.")

    def set_folder(self, folder: Path) -> None:
        """Fine-tune on a folder of images: one folder a class, or with boxes."""
        self.data_combo.setCurrentIndex(self.data_combo.findData(_FOLDER))
        self.data_folder.set_path(folder)

    def hold(self) -> None:
        """Pause the running task after this epoch, or let a paused one go on."""
        if self.jobs.paused:
            self.jobs.go_on()
        else:
            self.jobs.pause()

    def refresh(self) -> None:
        busy = self._why_busy()
        data = self.data_combo.currentData()
        on_crops = data != _FOLDER
        no_crops = "" if self.session.crops else "cut crops in the Crops dock first"
        no_folder = "" if self.data_folder.path() else "choose a folder of images first"
        no_cells = no_crops if on_crops else no_folder
        no_place = "" if self.runs_folder.path() else "choose a folder for the runs"
        run = self.runs.run()
        no_run = "" if run is not None else "click a run in the list first"
        no_model = no_run or ("" if run and run.is_finished else "it is not finished")
        n = len(self.session.crops) if data == _CROPS and self.session.crops else 0
        self.start_button.setText(f"&Fine-tune on {n} cells" if n else "&Fine-tune")
        allow(self.start_button, busy or no_cells or no_place)
        allow(self.hold_button, "" if self.jobs.running else "nothing is running")
        allow(self.go_on_button, busy or no_run or no_cells)
        allow(self.use_button, busy or no_model)
        self.data_folder.setVisible(not on_crops)

    # Building ------------------------------------------------------------------------

    def _add_inputs(self) -> None:
        self.model_combo = ModelCombo(
            self.session, "The model to start from; it stays as it is"
        )
        self.data_combo = QComboBox()
        self.data_combo.setToolTip(
            "What to learn from: the present crops; those and the cells of every other "
            "open image that has a Labels layer, cut alike; or a folder with a folder "
            "of images for each class (classes are optional)"
        )
        self.data_combo.addItem("the present crops", _CROPS)
        self.data_combo.addItem("all open images", _IMAGES)
        self.data_combo.addItem("a folder of images", _FOLDER)
        self.data_folder = FolderEdit("Folder of images: one folder a class, or boxes")
        self.data_combo.currentIndexChanged.connect(lambda _: self._on_data())
        self.data_folder.changed.connect(lambda _: self._on_data())
        self._body.addLayout(
            rows(("Start &from", self.model_combo), ("&Cells", self.data_combo))
        )
        self._body.addWidget(self.data_folder)

    def _add_settings(self) -> None:
        self.form = ConfigForm(FinetuneConfig, basic=BASIC)
        remember_form(self.form, "finetune")
        self._settings = self.form.value()
        self._connect(self.form.valueChanged, self._on_settings)
        self.name_edit = QLineEdit(_NAME)
        self.name_edit.setToolTip("Name of the run and of its model; made unique")
        self.runs_folder = FolderEdit("Folder where runs and their models are kept")
        self.runs_folder.changed.connect(lambda _: self._list_soon())
        self._body.addWidget(self.form)
        self._body.addLayout(
            rows(("&Name", self.name_edit), ("&Keep in", self.runs_folder))
        )

    def _add_actions(self) -> None:
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
        self._body.addWidget(self.start_button)
        self._body.addWidget(self.hold_button)

    def _add_results(self) -> None:
        self.status = note()
        self.status.setToolTip(
            "Kept: the correlation of each factor's codes with those before, 1 is "
            "unchanged; on Source: on generated images, in brackets: on these cells. "
            "OMES and MIG: scores of the names on Source, from 0 to 1"
        )
        self.curves = CurvePanel(self.viewer)
        self.curves_section = Section("Curves", self.curves)
        self.before_after = BeforeAfter()
        self.compared_section = Section("Before and after", self.before_after)
        self.compared_section.hide()
        self.runs = RunList()
        self.runs.chosen.connect(self.refresh)
        self.go_on_button = action(
            "&Go on with run",
            "Go on with the chosen run on the same cells: to its end or, if it is "
            "finished, for as many epochs more as set above",
            self.go_on,
        )
        self.use_button = action(
            "&Use in Factors", "Choose this model in the Factors dock", self.use
        )
        line = QHBoxLayout()
        line.addWidget(self.go_on_button)
        line.addWidget(self.use_button)
        for widget in (self.status, self.curves_section, self.compared_section):
            self._body.addWidget(widget)
        self._body.addWidget(self.runs)
        self._body.addLayout(line)

    # Work ----------------------------------------------------------------------------

    def _start(self, out: Path, *, resume: bool) -> None:
        task = iter_finetune_cells(self._request(out, resume=resume))
        self._history, self._out = [], out
        self.curves.show_history([], ())
        self.curves_section.expand()
        self.compared_section.hide()
        self.status.setText("")
        self.jobs.run(task, "Fine-tuning", self._keep)

    def _request(self, out: Path, *, resume: bool) -> FinetuneRequest:
        session, data = self.session, self.data_combo.currentData()
        crops, source = (None if data == _FOLDER else session.crops), session.source
        if data != _FOLDER and crops is None:
            raise DataError("There are no crops; cut some in the Crops dock first.")
        others: Sequence[Source] = ()
        if data == _IMAGES and source is not None:
            others, _ = _layers.other_sources(self.viewer, source)
        return FinetuneRequest(
            model=str(self.model_combo.currentData()),
            models=self.model_combo.models(),
            config=self.form.value(),
            out=out,
            crops=crops,
            shown=source,
            others=others,
            annotations=session.annotations,
            folder=self.data_folder.path(),
            crop=getattr(session.crops, "config", None),
            resume=resume,
            device=preference("device", "auto"),
        )

    def _runs_folder(self) -> Path:
        folder = self.runs_folder.path()
        if folder is None:
            raise DataError("No folder is chosen for the runs; type or choose one.")
        return folder

    # Results -------------------------------------------------------------------------

    def _on_progressed(self, event: Any) -> None:
        if not hasattr(event, "health"):
            return
        self._history.append(event)
        self.curves.show_history(self._history, event.health.names)
        self.status.setText(f"{event}.")

    def _keep(self, found: FinetunedCells) -> None:
        self.before_after.show_comparison(found.comparison)
        self.compared_section.show()
        self.compared_section.expand()
        best = found.tuned.result.best_epoch
        n = len(found.tuned.result.history)
        self.status.setText(
            f"{found.tuned.model.id} is ready (epoch {best} of {n} was best); choose "
            "it in the Factors dock, or press Use in Factors."
        )
        self.session.add_model(found.tuned.folder)

    def _on_held(self, held: bool) -> None:
        self.hold_button.setText("&Go on" if held else "&Pause")

    def _on_finished(self, how: str) -> None:
        self.hold_button.setText("&Pause")
        if how != "done" and self._history:
            self.status.setText(
                "Stopped: the old model stays as it is, and the run can go on."
            )
        self._list_runs()
        self._list_soon()  # what was cancelled is still writing its last epoch

    def _list_runs(self) -> None:
        runs = self.runs.show_folder(self.runs_folder.path())
        if self._out is not None and self.runs.run() is None:
            self.runs.choose(self._out.name)
        for run in runs:
            if run.is_finished and str(run.folder) not in self.session.models:
                self.session.add_model(run.folder)

    # Choices -------------------------------------------------------------------------

    def _on_crops(self, _: object) -> None:
        self._on_data()

    def _on_data(self) -> None:
        """Suggest to keep runs beside the data."""
        source, folder = self.session.source, self.data_folder.path()
        if self.data_combo.currentData() == _FOLDER:
            beside = folder if folder is not None and folder.is_dir() else None
            self.runs_folder.suggest(project_folder(beside) / RUNS)
        else:
            image = None if source is None else _layers.image_file(source)
            self.runs_folder.suggest(project_folder(image) / RUNS)
        self.refresh()

    def _on_settings(self, config: FinetuneConfig) -> None:
        """Show the defaults of another mode once the user chose it alone."""
        before, self._settings = self._settings, config
        if before.mode != config.mode and config == before.replace(mode=config.mode):
            own = FinetuneConfig.of_mode(config.mode).replace(seed=config.seed)
            self.form.setValue(own)
