"""The work of the dock: train, predict, and keep what still fits the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_warning
from psygnal import Signal

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._classify.cells import all_cells, can_predict
from napari_disentangle.widgets._classify.lesson import lesson_of, why_not_taught
from napari_disentangle.widgets._classify.teach import (
    Learned,
    Predictions,
    iter_predict_all,
    iter_teach,
)
from napari_disentangle.widgets._kept import Kept
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    import pandas as pd
    from qtpy.QtWidgets import QWidget

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify import Predicted
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.tables import Embedding
    from napari_disentangle.widgets._classify.parts import ClassifyParts
    from napari_disentangle.widgets._classify.showing import Showing
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._session import Session


class Learning:
    """Runs what is learned from the cells with a class; late results are dropped.

    Parameters
    ----------
    session : Session
        Its cells are taught; its `classifier` changes.
    jobs : Jobs
        Where the work runs.
    parts : ClassifyParts
        What the user chose.
    showing : Showing
        Shows predictions, while training goes on and after it.
    dock : QWidget
        Nothing is shown after it is deleted.

    Attributes
    ----------
    judged : Signal
        Emitted when `kept` is another.
    kept : Learned or None
        The last classifier whose scores are known, or that was opened.
    """

    judged = Signal()

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        parts: ClassifyParts,
        showing: Showing,
        dock: QWidget,
    ) -> None:
        self._session = session
        self._jobs = jobs
        self._parts = parts
        self._showing = showing
        self._taught: object = None
        self._taught_codes: Embedding | None = None
        self._show_soon = Soon(self._show_taught, dock)
        self._cells = Kept(lambda: all_cells(session))
        self.kept: Learned | None = None
        self.stop = self._show_soon.stop

    @property
    def result(self) -> ClassifierResult | None:
        """The scores of the classifier, None if it was not trained here."""
        return None if self.kept is None else self.kept.result

    def cells(self) -> pd.DataFrame:
        """Return the cells of all images, joined when something changed."""
        session = self._session
        return self._cells.of(session.table, session.annotations, session.images)

    def why_not(self, cells: pd.DataFrame) -> str:
        """Return why nothing can be learned from `cells` now, empty if it can."""
        return why_not_taught(self._session, self._parts, cells)

    def train(self) -> None:
        """Train on the cells with a class and predict all; scores come last.

        Raises
        ------
        DataError
            If there are too few classes or no columns.
        ConfigError
            If an option is wrong.
        """
        cells = self.cells()
        why = self.why_not(cells)
        if why:
            raise DataError(f"Nothing can be learned yet: {why}.")
        self._train(cells, self._lesson(cells))

    def train_again(self) -> None:
        """Train if that is wanted, can be done, and something is new."""
        if not self._parts.again_box.isChecked():
            return
        cells = self.cells()
        if self.why_not(cells):
            return
        lesson = self._lesson(cells)
        if lesson != self._taught:
            self._train(cells, lesson)

    def would_train(self) -> bool:
        """Return whether a change of classes is learned by itself."""
        on = self._parts.again_box.isChecked()
        return on and not self.why_not(self.cells())

    def predict(
        self, classifier: Classifier, result: ClassifierResult | None = None
    ) -> None:
        """Predict all cells with a classifier that is there."""
        codes = self._session.embedding

        def keep(predicted: Predicted) -> None:
            if not self._is_late(codes):
                learned = Learned(classifier, predicted, result)
                self.kept = self._showing.learned = learned
                self.judged.emit()
                self._showing.show()

        task = iter_predict_all(self.cells(), classifier)
        self._jobs.run(task, "Predicting", keep)

    def catch_up(self, table: pd.DataFrame) -> None:
        """Predict cells that have no predictions yet, or forget what cannot."""
        kept = self.kept
        if kept is None:
            return
        if not can_predict(kept.classifier, table):
            self._forget()
        elif not self.would_train():
            self.predict(kept.classifier, kept.result)

    def on_progressed(self, event: Any) -> None:
        """Show predictions while scores are still computed."""
        if isinstance(event, Predictions) and not self._is_other():
            self._showing.learned = Learned(event.classifier, event.predicted)
            self._show_soon()

    def on_finished(self, how: str) -> None:
        """Go back to the classifier before if the work did not end well."""
        if how != "done" and self._showing.learned is not self.kept:
            self._showing.learned = self.kept  # scores and predictions of one
            self._showing.show()
            self._taught = None

    def _train(self, cells: pd.DataFrame, lesson: object) -> None:
        codes = self._session.embedding
        columns, config = self._parts.inputs.columns(), self._parts.form.value()
        self._taught, self._taught_codes = lesson, codes
        self._jobs.run(
            iter_teach(cells, columns, config),
            "Training",
            lambda result: self._keep(result, codes),
        )

    def _keep(self, result: ClassifierResult, codes: Embedding | None) -> None:
        if self._is_late(codes) or self._showing.learned is None:
            return
        self._show_soon.flush()  # a short training ends before their turn has come
        self.kept = Learned(result.classifier, self._showing.learned.predicted, result)
        self._showing.learned = self.kept
        self._session.classifier = result.classifier  # now with its scores
        self.judged.emit()

    def _forget(self) -> None:
        """Drop a classifier that cannot read the cells there are now."""
        self.kept = self._showing.learned = self._taught = None
        self._session.classifier = None
        self.judged.emit()

    def _lesson(self, cells: pd.DataFrame) -> object:
        return lesson_of(self._session, self._parts, cells)

    def _is_late(self, codes: Embedding | None) -> bool:
        late = self._session.table is None or self._session.embedding is not codes
        if late:
            show_warning(
                "The cells were cut or encoded anew during training; "
                "the result was dropped."
            )
        return late

    def _is_other(self) -> bool:
        """Return whether the cells were encoded anew since training began."""
        return self._session.embedding is not self._taught_codes

    def _show_taught(self) -> None:
        if not self._is_other():
            self._showing.show()
