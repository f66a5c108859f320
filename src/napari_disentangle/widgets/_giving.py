"""How a class is given: boxes, buttons, and which cells would get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._settings import remember_box

if TYPE_CHECKING:
    from napari_disentangle.widgets._book import Book


class GivePanel(QWidget):
    """Boxes and buttons; what they do is up to who listens.

    The buttons for undo and redo are laid out by who shows the panel.

    Attributes
    ----------
    given : Signal
        Emitted with whether the current class is given, or the class is taken away.
    undone, redone : Signal
        Emitted when the last change shall be taken back, or done again.
    """

    given = Signal(bool)
    undone = Signal()
    redone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.click_box = QCheckBox()
        self.click_box.setToolTip(
            "A click on a cell in the image gives it the class chosen above"
        )
        self.keys_box = QCheckBox("&Keys 1-9 give a class, 0 takes it away")
        self.keys_box.setToolTip(
            "In the image and in this dock, and X excludes a bad cell; off, napari's "
            "tools are on these keys"
        )
        self.keys_box.setChecked(True)
        remember_box(self.keys_box, "annotate_keys")
        self.color_box = QCheckBox("Color the cells &by class")
        self.color_box.setToolTip("Off: the layer has its own colors back")
        self.target_note = note()
        self.give_button = action(
            "Give class",
            "Give the chosen cells the class chosen above",
            lambda: self.given.emit(True),
            main=True,
        )
        self.clear_button = action(
            "&Take away",
            "Leave the chosen cells without a class (0)",
            lambda: self.given.emit(False),
        )
        self.undo_button = action("&Undo", "Take back (Ctrl+Z)", self.undone.emit)
        self.redo_button = action("Red&o", "Do again (Ctrl+Shift+Z)", self.redone.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.click_box, self.keys_box, self.color_box, self.target_note):
            layout.addWidget(widget)
        layout.addLayout(line(self.give_button, self.clear_button))

    def show_state(
        self, book: Book, current: str, chosen: str, *, no_crops: str, no_cells: str
    ) -> None:
        """Say what can be done now and why the rest cannot.

        Parameters
        ----------
        book : Book
            What can be taken back.
        current : str
            The class that is given next, empty if there is none.
        chosen : str
            Which cells are chosen.
        no_crops, no_cells : str
            Why no class can be given, empty if one can.
        """
        no_class = "" if current else "add a class first"
        self.target_note.setText(chosen)
        self.give_button.setText(f"Give {current or 'a class'}")
        self.click_box.setText(f"A &click gives {current or 'a class'}")
        allow(self.click_box, no_crops or no_class)
        allow(self.give_button, no_crops or no_class or no_cells)
        allow(self.clear_button, no_crops or no_cells)
        allow(self.undo_button, "" if book.undoable else "nothing was changed")
        allow(self.redo_button, "" if book.redoable else "nothing was taken back")
        if book.undoable:
            self.undo_button.setToolTip(f"Take back: {book.undoable} (Ctrl+Z)")
        if book.redoable:
            self.redo_button.setToolTip(f"Do again: {book.redoable} (Ctrl+Shift+Z)")


def line(*buttons: Any) -> QHBoxLayout:
    """Return buttons side by side."""
    layout = QHBoxLayout()
    for button in buttons:
        layout.addWidget(button)
    return layout
