"""The Classify dock: learn the classes from the cells that have one, predict all."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.notifications import show_info, show_warning
from qtpy.QtWidgets import QCheckBox, QComboBox, QFileDialog
from superqt.utils import qdebounced

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock, action, allow, note, rows
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._giving import line
from napari_disentangle.widgets._inputs import InputColumns
from napari_disentangle.widgets._meaning import meaning
from napari_disentangle.widgets._painting import Painting, show_features
from napari_disentangle.widgets._session import Selection
from napari_disentangle.widgets._settings import remember_box, remember_form
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._teach import (
    FEWEST,
    Learned,
    Predictions,
    all_cells,
    can_predict,
    class_colors,
    class_counts,
    confused,
    cut_unlike,
    iter_predict_all,
    iter_teach,
    n_taught,
    predicted_text,
    rare_classes,
    show_predictions,
    write_learned,
)
from napari_disentangle.widgets._verdict import Verdict
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify import Predicted
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.tables import Embedding

_AGAIN_MS = 800
_KIND_NAMES = (
    ("boosted trees", "gbt"),
    ("neural network", "mlp"),
    ("logistic regression", "linear"),
)
_COLORS = (
    ("", "other colors"),
    ("prediction", "predicted class"),
    ("probability", "probability of that class"),
    ("novelty", "novelty: unlike all classes"),
)


class ClassifyWidget(Dock):
    """Train on the cells with a class, in the background, and predict all cells."""

    onward = ("Explore", "Export")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._kept: Learned | None = None
        self._shown: Learned | None = None
        self._taught: object = None
        self._taught_codes: Embedding | None = None
        self._counted: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._add_choices()
        self._add_results()
        self._painting = Painting(
            self.viewer, self.session, "classify", self._paint, self
        )
        self._undo.append(self._painting.stop)
        again = partial(guard, self._train_again)
        self._again = qdebounced(again, timeout=_AGAIN_MS, parent=self)
        self._refresh_soon = Soon(self.refresh, self)
        self._show_soon = Soon(self._show_taught, self)
        self._again_soon = Soon(self._show_again, self)
        self._undo += [
            self._refresh_soon.stop,
            self._show_soon.stop,
            self._again_soon.stop,
            self._again.cancel,
        ]
        self._connect(self._painting.changed, self._on_painting)
        self._connect(self.jobs.progressed, self._on_progressed)
        self._connect(self.jobs.finished, self._on_finished)
        self._connect(self.session.events.table, self._on_table)
        self._connect(self.session.events.annotations, self._on_change)
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
        table, codes = all_cells(self.session), self.session.embedding
        why = self._why_not(table)
        if why:
            raise DataError(f"Nothing can be learned yet: {why}.")
        columns, config = self.inputs.columns(), self.form.value()
        self._taught, self._taught_codes = self._lesson(), codes
        self.jobs.run(
            iter_teach(table, columns, config),
            "Training",
            lambda result: self._keep(result, codes),
        )

    def color_by(self, column: str) -> None:
        """Color the cells by ``prediction``, ``probability``, ``novelty``; "": not."""
        self.color_combo.setCurrentIndex(self.color_combo.findData(column))

    def select_confused(self, true: int, predicted: int) -> None:
        """Select the cells of one class that were taken for another, by position."""
        result, table = self._result(), self.session.table
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
        if self._kept is None:
            raise ModelError("There is no classifier yet; train or open one.")
        write_learned(self._kept, self.verdict.least(), folder)
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
        self._predict(classifier)
        self.color_by("prediction")

    def refresh(self) -> None:
        cells = all_cells(self.session)
        busy, why = self._why_busy(), self._why_not(cells)
        kept = "" if self._kept is not None else "train or open a classifier first"
        no_table = "" if self.session.table is not None else "encode the cells first"
        n = n_taught(cells)
        self.train_button.setText(f"&Train on {n} cells" if n else "&Train")
        allow(self.train_button, busy or why)
        allow(self.save_button, busy or kept)
        allow(self.open_button, busy or no_table)
        for widget in (self.verdict.abstain, self.color_combo):
            allow(widget, no_table or kept)
        self.state_note.setText(self._state(cells, why))
        self.state_note.setVisible(bool(self.state_note.text()))

    # Building ------------------------------------------------------------------------

    def _add_choices(self) -> None:
        self.inputs = InputColumns()
        self.form = ConfigForm(
            ClassifierConfig, basic=("kind",), hidden=("min_probability",)
        )
        self.form.set_choices("kind", _KIND_NAMES)
        remember_form(self.form, "classify")
        self.again_box = QCheckBox("Train a&gain when classes change")
        self.again_box.setToolTip("In the background, a moment after the last change")
        self.again_box.setChecked(True)
        remember_box(self.again_box, "classify_again")
        self.train_button = action(
            "&Train",
            "Learn from the cells with a class, and predict all cells",
            self._ask_train,
            main=True,
        )
        self.state_note = note()
        last = self.train_button, self.state_note
        for widget in (self.inputs, self.form, self.again_box, *last):
            self._body.addWidget(widget)
        self.inputs.changed.connect(self._on_change)
        self.form.valueChanged.connect(lambda _: self._on_change())
        self.again_box.toggled.connect(lambda _: self._on_change())

    def _add_results(self) -> None:
        self.verdict = Verdict()
        self.verdict.bars.explain_by(self._meaning)
        self.color_combo = QComboBox()
        self.color_combo.setToolTip("What the color of a cell tells")
        for column, text in _COLORS:
            self.color_combo.addItem(text, column)
        self.predicted_note = note()
        self.predicted_note.hide()
        self.save_button = action(
            "&Save ...",
            "Save the classifier, what it reads, and its scores, as a folder",
            self._ask_save,
        )
        self.open_button = action(
            "&Open ...", "Open a saved classifier and predict all cells", self._ask_open
        )
        self._body.addWidget(self.verdict)
        self._body.addLayout(rows(("&Color by", self.color_combo)))
        self._body.addWidget(self.predicted_note)
        self._body.addLayout(line(self.save_button, self.open_button))
        self._body.addStretch(1)
        self.color_combo.currentIndexChanged.connect(
            lambda _: self._painting.set_on(bool(self.color_combo.currentData()))
        )
        self.verdict.changed.connect(self._show_predictions)
        self.verdict.clicked_cell.connect(self.select_confused)

    # What the user does --------------------------------------------------------------

    def _ask_train(self) -> None:
        first = self._shown is None
        self.train()
        if first and not self.color_combo.currentData():
            self.color_by("prediction")

    def _ask_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the classifier as a folder", "classifier"
        )
        if path:
            self.save(Path(path))

    def _ask_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open a classifier")
        if folder:
            self.open(Path(folder))

    # What the session tells ----------------------------------------------------------

    def _on_table(self, table: pd.DataFrame | None) -> None:
        self.inputs.set_table(table, reading_of(self.session))
        kept = self._kept
        if table is not None and kept is not None and "prediction" not in table:
            if not can_predict(kept.classifier, table):
                self._forget()
            elif not self._would_train():
                self._predict(kept.classifier, kept.result)
        elif table is not None and self._shown is not None:
            if not np.array_equal(included(table), self._counted):
                self._again_soon()  # others are excluded now
        self._on_change()

    def _on_change(self) -> None:
        """Train again soon if that is wanted and something is new."""
        if self.again_box.isChecked() and self._shown is not None:
            self._again()
        self._refresh_soon()

    def _train_again(self) -> None:
        if self._would_train() and self._lesson() != self._taught:
            self.train()

    def _would_train(self) -> bool:
        """Return whether a change of classes is learned by itself."""
        on = self.again_box.isChecked()
        return on and not self._why_not(all_cells(self.session))

    def _on_painting(self, on: bool) -> None:
        if not on:
            blocked = self.color_combo.blockSignals(True)
            self.color_combo.setCurrentIndex(0)
            self.color_combo.blockSignals(blocked)

    # Results -------------------------------------------------------------------------

    def _on_progressed(self, event: Any) -> None:
        if isinstance(event, Predictions) and not self._is_other():
            self._shown = Learned(event.classifier, event.predicted)
            self._show_soon()

    def _on_finished(self, how: str) -> None:
        if how != "done" and self._shown is not self._kept:
            self._shown = self._kept  # scores and predictions of one classifier
            self._show_predictions()
            self._taught = None

    def _keep(self, result: ClassifierResult, codes: Any) -> None:
        if self._is_late(codes) or self._shown is None:
            return
        self._kept = Learned(result.classifier, self._shown.predicted, result)
        self._shown = self._kept
        self.session.classifier = result.classifier  # now with its scores
        self._show_result()

    def _predict(
        self, classifier: Classifier, result: ClassifierResult | None = None
    ) -> None:
        """Predict all cells with a classifier that is there."""
        codes = self.session.embedding

        def keep(predicted: Predicted) -> None:
            if not self._is_late(codes):
                self._kept = self._shown = Learned(classifier, predicted, result)
                self._show_result()
                self._show_predictions()

        task = iter_predict_all(all_cells(self.session), classifier)
        self.jobs.run(task, "Predicting", keep)

    def _forget(self) -> None:
        """Drop a classifier that cannot read the cells there are now."""
        self._kept = self._shown = self._taught = None
        self.session.classifier = None
        self._show_result()

    def _is_late(self, codes: Any) -> bool:
        late = self.session.table is None or self.session.embedding is not codes
        if late:
            show_warning(
                "The cells were cut or encoded anew during training; "
                "the result was dropped."
            )
        return late

    def _result(self) -> ClassifierResult | None:
        return None if self._kept is None else self._kept.result

    def _lesson(self) -> object:
        """Return what is taught; equal lessons make equal classifiers."""
        cells = all_cells(self.session)
        classes = tuple(cells[COLUMN].where(included(cells)).astype(str))
        columns = tuple(self.inputs.columns())
        return classes, columns, self.form.value(), id(self.session.embedding)

    def _why_not(self, cells: pd.DataFrame) -> str:
        """Return why nothing can be learned now, empty if it can."""
        if self.session.table is None:
            return "encode the cells first"
        if sum(n >= FEWEST for n in class_counts(cells).values()) < 2:
            return f"give {FEWEST} cells each of two classes their class in Annotate"
        return "" if self.inputs.columns() else "choose columns to read"

    def _meaning(self, column: str) -> str:
        """Return how a column is to be read in the cells that are shown."""
        table = self.session.table
        if table is None or column not in table:
            return ""
        return meaning(table, column, reading_of(self.session))

    # Showing -------------------------------------------------------------------------

    def _state(self, cells: pd.DataFrame, why: str) -> str:
        if why:
            return f"To train: {why}."
        rare, unlike = rare_classes(cells), cut_unlike(self.session)
        told = [f"Left out, since of one cell only: {', '.join(rare)}."] if rare else []
        return " ".join([*told, unlike]).strip()

    def _show_result(self) -> None:
        kept = self._kept
        self.session.judged = self._result()
        self.verdict.show_verdict(
            None if kept is None else kept.classifier, self._result()
        )
        self.refresh()

    def _is_other(self) -> bool:
        """Return whether the cells were encoded anew since training began."""
        return self.session.embedding is not self._taught_codes

    def _show_taught(self) -> None:
        if not self._is_other():
            self._show_predictions()

    def _show_again(self) -> None:
        """Show what is predicted once others are excluded."""
        table = self.session.table
        if table is not None and "prediction" in table:
            self._show_predictions()

    def _show_predictions(self) -> None:
        """Put predictions into the tables, the layer and the colors."""
        table, shown = self.session.table, self._shown
        if table is None or (shown is None and "prediction" not in table):
            return
        least, self._counted = self.verdict.least(), included(table)
        predicted = None if shown is None else shown.predicted
        self.session.classifier = None if shown is None else shown.classifier
        table = show_predictions(self.session, table, predicted, least)
        if predicted is not None:
            self.predicted_note.setText(predicted_text(self.session, table))
        self.predicted_note.setVisible(predicted is not None)
        show_features(self.viewer, self.session, table)
        self._painting.refresh()

    def _paint(self, frame: int) -> None:
        table, source = self.session.table, self.session.source
        column = self.color_combo.currentData()
        if table is None or source is None or column not in table:
            return
        if column == "prediction":
            shown = None if self._shown is None else self._shown.classifier
            colors = class_colors(self.session.annotations, shown)
            _layers.paint_classes(self.viewer, source, table, frame, column, colors)
            return
        values = table[column].to_numpy(float, na_value=np.nan)
        low, high = _layers.limits_of(values[included(table)], 1, 99)
        if column == "probability":
            low, high = 0.0, 1.0
        coloring = _layers.Coloring(column, "viridis", low, high)
        _layers.paint(self.viewer, source, table, frame, coloring)
