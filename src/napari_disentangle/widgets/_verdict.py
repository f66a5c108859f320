"""How good a classifier is: scores, confusions, importances, what abstaining does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget
from superqt.utils import qdebounced

from napari_disentangle.widgets._classify.texts import abstention_text, score_text
from napari_disentangle.widgets._confusion import ConfusionTable
from napari_disentangle.widgets._dock import note, rows
from napari_disentangle.widgets._importances import ImportanceBars
from napari_disentangle.widgets._key_slider import KeySlider
from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify_result import ClassifierResult

_SOON_MS = 80
_STEP, _PAGE = 0.01, 0.1


class Verdict(QWidget):
    """Shows a training's result, or the facts of an opened classifier.

    Attributes
    ----------
    clicked_cell : Signal
        Emitted with the positions of the user's class and the predicted one.
    changed : Signal
        Emitted when another least probability is chosen.
    """

    clicked_cell = Signal(int, int)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: ClassifierResult | None = None
        self.score_note = note()
        self.confusion = ConfusionTable()
        self.confusion_note = note(
            "Rows: your class. Columns: predicted. Click a number for its cells."
        )
        self.confused_note = note()
        self.bars = ImportanceBars()
        self.bars_section = Section("Importance by factor", self.bars)
        self.bars_section.expand()
        self.notes = note()
        self.notes_section = Section("Notes", self.notes)
        self.abstain = KeySlider(_STEP, _PAGE)
        self.abstain.setRange(0, 1)
        self.abstain.setDecimals(2)
        self.abstain.setToolTip(
            "Below this probability, from 0 to 1, no class is predicted\n\n"
            "Arrow keys: 0.01. Page up and down: 0.1."
        )
        self.abstain_note = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.score_note,
            self.confusion_note,
            self.confusion,
            self.confused_note,
            self.bars_section,
            self.notes_section,
        ):
            layout.addWidget(widget)
        layout.addLayout(rows(("A&bstain below", self.abstain)))
        layout.addWidget(self.abstain_note)
        soon = qdebounced(self._on_abstain, timeout=_SOON_MS, parent=self)
        self.abstain.valueChanged.connect(lambda _: soon())
        self.confusion.clicked_cell.connect(self.clicked_cell.emit)
        self.show_verdict(None, None)

    def least(self) -> float:
        """Return the probability below which no class is predicted."""
        return round(float(self.abstain.value()), 2)

    def show_verdict(
        self, classifier: Classifier | None, result: ClassifierResult | None
    ) -> None:
        """Show `result` of a training here, or what an opened classifier says."""
        self._result = result
        self.confused_note.hide()
        for widget in (self.confusion_note, self.confusion, self.bars_section):
            widget.setVisible(result is not None)
        self._tell_abstaining()
        self.notes_section.setVisible(result is not None and bool(result.notes))
        self.score_note.setVisible(classifier is not None)
        if result is None:
            self.score_note.setText("" if classifier is None else facts_of(classifier))
            return
        scores = result.found.scores
        self.score_note.setText(score_text(result))
        self.notes.setText("\n".join(result.notes))
        self.confusion.show_confusion(scores.classes, scores.confusion)
        self.bars.show_importances(result.importances)

    def tell_confused(self, text: str) -> None:
        """Say which cells a click on the confusions selected."""
        self.confused_note.setText(text)
        self.confused_note.show()

    def _on_abstain(self) -> None:
        self._tell_abstaining()
        self.changed.emit()

    def _tell_abstaining(self) -> None:
        """Say what abstaining costs and gains, if it is known and anything is."""
        known = self._result is not None and self.least() > 0
        self.abstain_note.setVisible(known)
        if self._result is not None and known:
            self.abstain_note.setText(abstention_text(self._result, self.least()))


def facts_of(classifier: Classifier) -> str:
    """Return what an opened classifier tells apart, reads and reached."""
    classes = ", ".join(classifier.classes)
    reached = classifier.scores.get("balanced_accuracy")
    good = "" if reached is None else f" Balanced accuracy {reached:.2f} when trained."
    n = sum(classifier.counts)
    return f"Tells apart: {classes}; trained on {n} cells.{good}"
