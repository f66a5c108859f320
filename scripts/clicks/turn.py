"""What a hand can do to each kind of widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QListView,
    QTableWidget,
)
from superqt import QLabeledDoubleRangeSlider, QLabeledRangeSlider

if TYPE_CHECKING:
    from random import Random

    from clicks.watch import Watch

SELDOM = {"Open the dock": 0.1, "Learn": 0.3, "Fine-tune": 0.3}
"""How often a click goes through on what only changes the tab, or takes long."""

NUMBERS = 0.5, 1, 2, 3, 5, 7, 20, 40
TAKES = "Include again"
"""The button outside of Annotate that takes a mark from a cell, as it says."""


def turn(widget: Any, dock: str, rng: Random, watch: Watch) -> None:
    """Click `widget` of a dock, or turn it to a value by chance."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    about = (widget.toolTip() or widget.accessibleName()).split("\n")[0][:40]
    what = f"{dock}: {type(widget).__name__} {text!r} ({about})"
    for word, share in SELDOM.items():
        if (word in text or word in about) and rng.random() > share:
            return
    watch.step(what, may_take=dock == "Annotate" or text == TAKES)
    for kinds, change in CHANGES.items():
        if isinstance(widget, kinds):
            change(widget, rng)
            return


def click_button(button: Any, _: Random) -> None:
    """Click a button."""
    button.click()


def choose(combo: Any, rng: Random) -> None:
    """Choose an item."""
    if combo.count():
        row = rng.randrange(combo.count())
        combo.setCurrentIndex(row)
        combo.activated.emit(row)


def set_number(box: Any, rng: Random) -> None:
    """Set a number, often the smallest."""
    number = rng.choice([box.minimum(), *NUMBERS])
    box.setValue(type(box.value())(number))


def slide(slider: Any, rng: Random) -> None:
    """Slide to anywhere."""
    slider.setValue(rng.randint(slider.minimum(), slider.maximum()))


def set_range(slider: Any, rng: Random) -> None:
    """Set both ends of a range."""
    low, high = slider.minimum(), slider.maximum()
    ends = sorted(low + (high - low) * rng.random() for _ in range(2))
    slider.setValue(tuple(type(low)(end) for end in ends))


def click_cell(table: Any, rng: Random) -> None:
    """Click a cell of a table."""
    if table.rowCount() and table.columnCount():
        at = rng.randrange(table.rowCount()), rng.randrange(table.columnCount())
        table.setCurrentCell(*at)
        table.cellClicked.emit(*at)


def click_item(view: Any, rng: Random) -> None:
    """Click an item of a list."""
    model = view.model()
    if model is not None and model.rowCount():
        index = model.index(rng.randrange(model.rowCount()), 0)
        view.setCurrentIndex(index)
        view.clicked.emit(index)


CHANGES: dict[Any, Any] = {
    (QLabeledRangeSlider, QLabeledDoubleRangeSlider): set_range,
    QAbstractButton: click_button,
    QComboBox: choose,
    QAbstractSpinBox: set_number,
    QAbstractSlider: slide,
    QTableWidget: click_cell,
    QListView: click_item,
}
