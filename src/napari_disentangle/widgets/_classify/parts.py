"""What the Classify dock shows, from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from qtpy.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout, QWidget

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._giving import line
from napari_disentangle.widgets._inputs import InputColumns
from napari_disentangle.widgets._settings import remember_box, remember_form
from napari_disentangle.widgets._verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Actions(Protocol):
    """What the buttons do."""

    def ask_train(self) -> None: ...
    def ask_save(self) -> None: ...
    def ask_open(self) -> None: ...


class ClassifyParts(QWidget):
    """What is learned from, the verdict on it, and what becomes of it.

    Parameters
    ----------
    do : Actions
        Called by the buttons.
    meaning : callable
        Returns how a column is to be read.
    """

    def __init__(self, do: Actions, meaning: Callable[[str], str]) -> None:
        super().__init__()
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
            "Learn from the cells with a class, and predict all cells of all images "
            "that are encoded; for the others press Encode all other open images in "
            "Factors",
            do.ask_train,
            main=True,
        )
        self.state_note = note()
        self.verdict = Verdict()
        self.verdict.bars.explain_by(meaning)
        self.color_combo = QComboBox()
        self.color_combo.setToolTip("What the color of a cell tells")
        for column, text in _COLORS:
            self.color_combo.addItem(text, column)
        self.predicted_note = note()
        self.predicted_note.hide()
        self.save_button = action(
            "&Save ...",
            "Save the classifier, what it reads, and its scores, as a folder",
            do.ask_save,
        )
        self.open_button = action(
            "&Open ...", "Open a saved classifier and predict all cells", do.ask_open
        )
        self._lay_out()

    def allow(
        self, n_taught: int, busy: str, why_not: str, no_table: str, none_kept: str
    ) -> None:
        """Enable what can be done now and say why the rest cannot."""
        on = f" on {n_taught} cells" if n_taught else ""
        self.train_button.setText(f"&Train{on}")
        allow(self.train_button, busy or why_not)
        allow(self.save_button, busy or none_kept)
        allow(self.open_button, busy or no_table)
        for widget in (self.verdict.abstain, self.color_combo):
            allow(widget, no_table or none_kept)

    def tell_state(self, text: str) -> None:
        """Say what is lacking, or left out of the training."""
        self.state_note.setText(text)
        self.state_note.setVisible(bool(text))

    def tell_predicted(self, text: str) -> None:
        """Say how many cells were predicted as what; empty: nothing was."""
        self.predicted_note.setText(text)
        self.predicted_note.setVisible(bool(text))

    def add_note(self, label: QLabel) -> None:
        """Add a sentence beneath what is lacking."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self.state_note) + 1, label)

    def show_color(self, column: str) -> None:
        """Show what the cells are colored by; tells nobody."""
        blocked = self.color_combo.blockSignals(True)
        self.color_combo.setCurrentIndex(self.color_combo.findData(column))
        self.color_combo.blockSignals(blocked)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        upper = self.inputs, self.form, self.again_box, self.train_button
        for widget in (*upper, self.state_note, self.verdict):
            layout.addWidget(widget)
        layout.addLayout(rows(("&Color by", self.color_combo)))
        layout.addWidget(self.predicted_note)
        layout.addLayout(line(self.save_button, self.open_button))
        layout.addStretch(1)
