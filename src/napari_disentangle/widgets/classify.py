"""The Classify dock: learn the classes from the cells that have one, predict all."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QFileDialog
from superqt.utils import qdebounced

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.widgets._classify.cells import n_taught
from napari_disentangle.widgets._classify.learning import Learning
from napari_disentangle.widgets._classify.lesson import state_text
from napari_disentangle.widgets._classify.parts import ClassifyParts
from napari_disentangle.widgets._classify.predictions import confused, lacks_predictions
from napari_disentangle.widgets._classify.showing import Showing
from napari_disentangle.widgets._classify.teach import write_learned
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock
from napari_disentangle.widgets._meaning import meaning
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    import pandas as pd


_AGAIN_MS = 800


class ClassifyWidget(Dock):
    """Train on the cells with a class, in the background, and predict all cells."""

    onward = ("Explore", "Export")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self.parts = parts = ClassifyParts(self, self._meaning)
        self.inputs, self.form, self.verdict = parts.inputs, parts.form, parts.verdict
        self.again_box, self.train_button = parts.again_box, parts.train_button
        self._body.addWidget(parts, 1)
        self._showing = Showing(self.viewer, self.session, parts, self)
        self._learning = Learning(self.session, self.jobs, parts, self._showing, self)
        again = partial(guard, self._learning.train_again)
        self._again = qdebounced(again, timeout=_AGAIN_MS, parent=self)
        self._refresh_soon = Soon(self.refresh, self)
        self._again_soon = Soon(self._showing.show_again, self)
        self._others_soon = Soon(self._predict_others, self)
        soon = self._refresh_soon, self._again_soon, self._others_soon
        work = self._showing, self._learning
        self._undo += [each.stop for each in (*work, *soon)]
        self._undo.append(self._again.cancel)
        self._connect_all()
        self._on_table(self.session.table)

    # What a script may call ----------------------------------------------------------

    def train(self) -> None:
        """Train on the cells with a class and predict all; scores come last.

        Raises
        ------
        DataError
            If there are too few classes or no columns.
        ConfigError
            If an option is wrong.
        """
        self._learning.train()

    def color_by(self, column: str) -> None:
        """Color the cells by ``prediction``, ``probability``, ``novelty``; "": not."""
        combo = self.parts.color_combo
        combo.setCurrentIndex(combo.findData(column))

    def select_confused(self, true: int, predicted: int) -> None:
        """Select the cells of one class that were taken for another, by position."""
        result, table = self._learning.result, self.session.table
        if result is None:
            return
        cells = confused(result, true, predicted)
        shown = () if table is None else table["roi_id"].unique()
        here = cells[cells["roi_id"].isin(shown)]
        self.session.selection = Selection.of(here)
        elsewhere = len(cells) - len(here)
        more = f" {elsewhere} more are in other images." if elsewhere else ""
        classes = result.classifier.classes
        self.verdict.tell_confused(
            f"Selected: {len(here)} cells of class {classes[true]} that were taken for "
            f"{classes[predicted]}.{more}"
        )

    def save(self, folder: Path) -> None:
        """Save the classifier, with its report if it was trained here.

        Raises
        ------
        ModelError
            If there is none.
        StorageError
            If the folder holds something else or cannot be written.
        """
        if self._learning.kept is None:
            raise ModelError("There is no classifier yet; train or open one.")
        write_learned(self._learning.kept, self.verdict.least(), folder)
        show_info(f"The classifier was saved to {folder}.")

    def open(self, folder: Path) -> None:
        """Read a classifier and predict all cells with it.

        Raises
        ------
        ModelError
            If the folder holds none, or it reads the codes of another model.
        DataError
            If the cells are not encoded, or lack columns that it reads.
        """
        from napari_disentangle.recipes.classify_files import open_classifier

        classifier = open_classifier(folder)
        if self.session.table is None:
            raise DataError("The cells have no factors yet; encode them first.")
        self.again_box.setChecked(False)
        self.verdict.abstain.setValue(classifier.config.min_probability)
        self._learning.predict(classifier)
        self.color_by("prediction")

    def refresh(self) -> None:
        learning = self._learning
        cells = learning.cells()
        why = learning.why_not(cells)
        kept = "" if learning.kept is not None else "train or open a classifier first"
        no_table = "" if self.session.table is not None else "encode the cells first"
        self.parts.allow(n_taught(cells), self._why_busy(), why, no_table, kept)
        self.parts.tell_state(state_text(self.session, cells, why))

    def _connect_all(self) -> None:
        parts, showing, events = self.parts, self._showing, self.session.events
        parts.inputs.changed.connect(self._on_change)
        parts.form.valueChanged.connect(lambda _: self._on_change())
        parts.again_box.toggled.connect(lambda _: self._on_change())
        combo = parts.color_combo
        combo.currentIndexChanged.connect(
            lambda _: showing.painting.set_on(bool(combo.currentData()))
        )
        parts.verdict.changed.connect(showing.show)
        parts.verdict.clicked_cell.connect(self.select_confused)
        self._connect(showing.painting.changed, self._on_painting)
        self._connect(self._learning.judged, self._show_result)
        self._connect(self.jobs.progressed, self._learning.on_progressed)
        self._connect(self.jobs.finished, self._learning.on_finished)
        self._connect(events.table, self._on_table)
        self._connect(events.annotations, self._on_change)
        self._connect(events.images, self._on_images)

    # What the user does --------------------------------------------------------------

    def ask_train(self) -> None:
        """Train, and color the cells by class after the first time."""
        first = self._showing.learned is None
        self.train()
        if first and not self.parts.color_combo.currentData():
            self.color_by("prediction")

    def ask_save(self) -> None:
        """Ask where the classifier shall be saved."""
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the classifier as a folder", "classifier"
        )
        if path:
            self.save(Path(path))

    def ask_open(self) -> None:
        """Ask which classifier shall be opened."""
        folder = QFileDialog.getExistingDirectory(self, "Open a classifier")
        if folder:
            self.open(Path(folder))

    # What the session tells ----------------------------------------------------------

    def _on_table(self, table: pd.DataFrame | None) -> None:
        self.inputs.set_table(table, reading_of(self.session))
        kept = self._learning.kept
        if table is not None and kept is not None and "prediction" not in table:
            self._learning.catch_up(table)
        elif self._showing.others_count():
            self._again_soon()
        self._on_change()

    def _on_images(self, _: object) -> None:
        if self._learning.kept is not None:
            self._others_soon()

    def _predict_others(self) -> None:
        """Predict the cells of images that were encoded meanwhile."""
        learning = self._learning
        kept, session = learning.kept, self.session
        if kept is None or self.jobs.running or not lacks_predictions(session):
            return
        if learning.would_train():
            self._on_change()
        else:
            learning.predict(kept.classifier, kept.result)

    def _on_change(self) -> None:
        """Train again soon if that is wanted and something is new."""
        if self.again_box.isChecked() and self._showing.learned is not None:
            self._again()
        self._refresh_soon()

    def _on_painting(self, on: bool) -> None:
        if not on:
            self.parts.show_color("")

    # Showing -------------------------------------------------------------------------

    def _meaning(self, column: str) -> str:
        """Return how a column is to be read in the cells that are shown."""
        table = self.session.table
        if table is None or column not in table:
            return ""
        return meaning(table, column, reading_of(self.session))

    def _show_result(self) -> None:
        kept, result = self._learning.kept, self._learning.result
        self.session.judged = result
        self.verdict.show_verdict(None if kept is None else kept.classifier, result)
        self.refresh()
