"""Buttons that edit a cell in plain words: larger, rounder, darker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._settings import remember_number
from napari_disentangle.widgets._tab_order import tab_before
from napari_disentangle.widgets._traverse.words import factor_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_disentangle.recipes.counterfactual import EditWord

_NONE = "No factor earned its name on these cells, so no word can be offered; the "
_NONE += "sliders work all the same."


class EditPanel(QWidget):
    """Find the words that hold on these cells, and edit by them.

    Parameters
    ----------
    on_find, on_keep : callable
        Called by the buttons; what they raise for the user is shown.

    Attributes
    ----------
    edited : Signal
        Emitted with the factor and by how many sd of the cells it shall change.
    """

    edited = Signal(str, float)

    def __init__(
        self, on_find: Callable[[], object], on_keep: Callable[[], object]
    ) -> None:
        super().__init__()
        self._words: Sequence[EditWord] | None = None
        self.amount = QDoubleSpinBox()
        self.amount.setRange(0.1, 5)
        self.amount.setSingleStep(0.5)
        self.amount.setDecimals(1)
        self.amount.setValue(1)
        self.amount.setSuffix(" sd")
        self.amount.setToolTip("How far one press goes, in sd of the cells")
        remember_number(self.amount, "edit_amount")
        self.find_button = action(
            "Which &edits hold on these cells?",
            "Measure the cells and offer a word for each factor that follows what it "
            "is named after (some seconds)",
            on_find,
        )
        self.keep_button = action(
            "&Walk from the cell to this",
            "Add the way from the starting cell to where the sliders are as layers",
            on_keep,
        )
        self.told = note()
        self.told.setText(_NONE)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setColumnStretch(1, 1)
        self.grid.setColumnStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.find_button)
        layout.addWidget(self.told)
        layout.addLayout(self.grid)
        layout.addLayout(rows(("&By", self.amount)))
        layout.addWidget(self.keep_button)
        self.show_words(None)

    def show_words(self, words: Sequence[EditWord] | None) -> None:
        """Offer `words`; None while they are not known."""
        self._words = words
        while (item := self.grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.told.setVisible(words is not None and not words)
        lines: dict[str, int] = {}
        buttons = [self._button(word) for word in words or ()]
        for word, button in zip(words or (), buttons, strict=True):
            line = lines.setdefault(word.factor, len(lines))
            if word.sign > 0:
                self.grid.addWidget(QLabel(factor_text(word.factor)), line, 0)
            self.grid.addWidget(button, line, 1 if word.sign < 0 else 2)
        tab_before(self.amount, buttons)

    def words(self) -> list[str]:
        """Return the words on offer."""
        return [word.words for word in self._words or ()]

    def edit(self, words: str) -> None:
        """Change the cell by one of the words on offer."""
        for word in self._words or ():
            if word.words == words:
                self.edited.emit(word.factor, word.sign * self.amount.value())
                return

    def allow(self, busy: str, no_codes: str, unmoved: str) -> None:
        """Enable the buttons, or say why they cannot be pressed."""
        allow(self.find_button, busy or no_codes)
        allow(self.keep_button, busy or no_codes or unmoved)

    def _button(self, word: EditWord) -> QPushButton:
        button = QPushButton(word.words)
        way = "up" if word.sign > 0 else "down"
        button.setToolTip(
            f"The same cell, but {word.words}: moves {factor_text(word.factor)} {way}"
        )
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.edit(word.words))
        return button
