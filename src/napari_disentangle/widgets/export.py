"""The Export dock: tables, plots, traversals, model and methods, into one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QApplication, QPlainTextEdit

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.cut_alike import REMEDY, unlike_text
from napari_disentangle.recipes.export_images import (
    METHODS,
    ExportConfig,
    ExportSource,
    iter_export_told,
    iter_write_methods,
)
from napari_disentangle.recipes.image_names import shared_names_text
from napari_disentangle.storage.layout import EXPORT, project_folder
from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._dock import Dock, action, allow, note, rows
from napari_disentangle.widgets._folder import FolderEdit
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._images import shown_image, with_classes
from napari_disentangle.widgets._made import pictures_note, stack_note
from napari_disentangle.widgets._settings import remember_form

if TYPE_CHECKING:
    from pathlib import Path

    import napari

    from napari_disentangle.recipes.image_cells import ImageCells

_ALL, _THIS = "all", "this"
_TEXT_PX = 150


class ExportWidget(Dock):
    """Write what the other docks found, of one image or of all."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._add_choices()
        self._add_methods()
        self._body.addStretch(1)
        for name in ("images", "table", "crops", "model", "stack", "pictured"):
            self._connect(getattr(self.session.events, name), self._on_session)
        self._on_session(None)

    # What a script may call ----------------------------------------------------------

    def export(self) -> None:
        """Write the chosen files into the folder.

        Raises
        ------
        DataError
            If there are no codes, or no folder is chosen.
        ConfigError
            If an option is wrong.
        """
        source, folder, config = self._source(), self._folder(), self.form.value()
        task = iter_export_told(source, folder, config)
        self.jobs.run(task, "Export", lambda told: self._tell(folder, *told))

    def copy_methods(self) -> None:
        """Copy the methods paragraph to the clipboard and write it into the folder.

        Raises
        ------
        DataError
            If there are no codes, or no folder is chosen.
        """
        folder = self._folder()
        task = iter_write_methods(self._source(), folder)
        self.jobs.run(task, "Methods", lambda text: self._keep_methods(folder, text))

    def set_all(self, every: bool) -> None:
        """Export all images, or only the one that the docks show."""
        self.cells_combo.setCurrentIndex(0 if every else 1)

    def refresh(self) -> None:
        busy = self._why_busy()
        no_codes = "" if self._has_codes() else "encode the cells in the Factors dock"
        no_folder = "" if self.folder.path() else "choose a folder first"
        allow(self.export_button, busy or no_codes or no_folder)
        allow(self.methods_button, busy or no_codes or no_folder)
        self.summary.setText("" if no_codes else self._summary())

    # Building ------------------------------------------------------------------------

    def _add_choices(self) -> None:
        self.cells_combo = narrow_combo(
            "All images that were encoded since napari was opened, or the one shown "
            "now",
            8,
        )
        self.cells_combo.addItem("all images", _ALL)
        self.cells_combo.addItem("this image", _THIS)
        self.cells_combo.currentIndexChanged.connect(lambda _: self.refresh())
        self.form = ConfigForm(ExportConfig)
        remember_form(self.form, "export")
        self.folder = FolderEdit("Folder of the files; same names are replaced")
        self.folder.changed.connect(self._on_folder)
        self.summary = note()
        self.export_button = action(
            "&Export", "Write the files into the folder", self.export, main=True
        )
        self.done = note()
        self._body.addLayout(rows(("&Cells of", self.cells_combo)))
        self._body.addWidget(self.form)
        self._body.addLayout(rows(("&Folder", self.folder)))
        for widget in (self.summary, self.export_button, self.done):
            self._body.addWidget(widget)

    def _add_methods(self) -> None:
        self.methods_button = action(
            "Copy &methods text",
            "Copy a paragraph with citations, settings and versions to the clipboard, "
            f"and write it to {METHODS}",
            self.copy_methods,
        )
        self.methods = QPlainTextEdit()
        self.methods.setReadOnly(True)
        self.methods.setTabChangesFocus(True)
        self.methods.setMinimumHeight(_TEXT_PX)
        self.methods.setAccessibleName("Methods text")
        self.methods.setToolTip("The text that was copied")
        self.methods.hide()
        self._body.addWidget(self.methods_button)
        self._body.addWidget(self.methods, 1)

    # Results -------------------------------------------------------------------------

    def _tell(self, folder: Path, files: tuple[Path, ...], lacking: str) -> None:
        names = ", ".join(file.name for file in files)
        self.done.setText(f"Written: {names}. {lacking}".strip())
        show_info(f"{len(files)} files were written to {folder}.")

    def _keep_methods(self, folder: Path, text: str) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
        self.methods.setPlainText(text)
        self.methods.show()
        show_info(f"The text was copied, and written to {folder / METHODS}.")

    def _on_session(self, _: object) -> None:
        source = self.session.source
        if source is not None:
            project = project_folder(_layers.image_file(source))
            self.folder.suggest(project / EXPORT)
        n, shown = len(self.session.images), shown_image(self.session)
        self.cells_combo.setItemText(0, f"all images ({n})" if n else "all images")
        name = f" ({shown.roi_id})" if shown is not None else ""
        self.cells_combo.setItemText(1, f"this image{name}")
        self.refresh()

    def _on_folder(self, _: object) -> None:
        self.refresh()

    # Choices -------------------------------------------------------------------------

    def _images(self) -> tuple[ImageCells, ...]:
        if self.cells_combo.currentData() == _ALL:
            return self.session.images
        shown = shown_image(self.session)
        return () if shown is None else (shown,)

    def _has_codes(self) -> bool:
        return self.session.model is not None and bool(self._images())

    def _folder(self) -> Path:
        folder = self.folder.path()
        if folder is None:
            raise DataError("No folder is chosen; type or choose one.")
        return folder

    def _source(self) -> ExportSource:
        session = self.session
        model, images = session.pictured or session.model, self._images()
        if model is None or not images:
            raise DataError("There is nothing to export; encode the cells first.")
        classifier, judged = session.classifier, session.judged
        if judged is not None and judged.classifier is not classifier:
            judged = None  # of one that was trained before
        return ExportSource(
            images=[with_classes(session, known) for known in images],
            model=model,
            crops=session.crops,
            table=session.table,
            stack=session.stack,
            classifier=classifier,
            judged=judged,
            folders=session.models,
            stack_note=stack_note(session),
            picture_note=pictures_note(session),
            made=session.made_columns,
        )

    def _summary(self) -> str:
        """Return what will be written, and what of it is older than the cells."""
        older = stack_note(self.session), pictures_note(self.session)
        return ". ".join([summary_of(self._images()), *filter(None, older)])


def summary_of(images: tuple[ImageCells, ...]) -> str:
    """Return how many cells and images there are, and whether they compare.

    Excluded cells are among them, and told.
    """
    n_cells = sum(len(known.table) for known in images)
    empty = sum(len(known.table) == 0 for known in images)
    word = "image" if len(images) == 1 else "images"
    text = f"{n_cells} cells of {len(images)} {word}"
    text += f", {empty} without cells" if empty else ""
    n_out = sum(int((~included(known.table)).sum()) for known in images)
    text += f"; {n_out} of the cells excluded" if n_out else ""
    unlike = unlike_text(images)
    told = f"{unlike} {REMEDY}" if unlike else ""
    shared = shared_names_text([known.roi_id for known in images])
    return ". ".join(filter(None, (text, shared, told)))
