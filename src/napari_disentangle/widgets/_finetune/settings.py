"""How a fine-tuning is done, what its run is called and where it is kept."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal
from qtpy.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.storage.layout import RUNS, project_folder
from napari_disentangle.storage.runs import free_run
from napari_disentangle.training.finetune_config import BASIC, FinetuneConfig
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._folder import FolderEdit
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._settings import remember_form

_NAME = "tuned"


class SettingsPanel(QWidget):
    """The form, the name of the run, and the folder of the runs.

    Attributes
    ----------
    moved : Signal
        Emitted when runs are kept elsewhere.
    """

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = ConfigForm(FinetuneConfig, basic=BASIC)
        remember_form(self.form, "finetune")
        self._settings = self.form.value()
        self.form.valueChanged.connect(self._on_settings)
        self.name_edit = QLineEdit(_NAME)
        self.name_edit.setToolTip("Name of the run and of its model; made unique")
        self.runs_folder = FolderEdit("Folder where runs and their models are kept")
        self.runs_folder.changed.connect(lambda _: self.moved.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        layout.addLayout(
            rows(("&Name", self.name_edit), ("&Keep in", self.runs_folder))
        )

    def new_run(self) -> Path:
        """Return the folder of a new run.

        Raises
        ------
        ConfigError
            If its name is wrong.
        DataError
            If no folder is chosen for the runs.
        """
        name = self.name_edit.text().strip() or _NAME
        if Path(name).name != name or name.startswith("."):
            raise ConfigError(f"A run cannot be called {name!r}; take letters, digits.")
        folder = self.runs_folder.path()
        if folder is None:
            raise DataError("No folder is chosen for the runs; type or choose one.")
        return free_run(folder, name)

    def suggest(self, data: Path | None) -> None:
        """Suggest to keep runs beside an image or a folder, or else in the user's."""
        self.runs_folder.suggest(project_folder(data) / RUNS)

    def why_no_place(self) -> str:
        """Return why runs cannot be kept, empty if they can."""
        return "" if self.runs_folder.path() else "choose a folder for the runs"

    def _on_settings(self, config: FinetuneConfig) -> None:
        """Show the defaults of another mode once the user chose it alone."""
        before, self._settings = self._settings, config
        if before.mode != config.mode and config == before.replace(mode=config.mode):
            own = FinetuneConfig.of_mode(config.mode).replace(seed=config.seed)
            self.form.setValue(own)
