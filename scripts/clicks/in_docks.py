"""What a hand does in the docks."""

from __future__ import annotations

from typing import Any

import numpy as np

from clicks.steps import Steps
from clicks.turn import turn
from clicks.window import NAMES

WORK = {
    "Crops": "Cut",
    "Factors": "Encode",
    "Classify": "Train",
    "Traversal": "Make",
}
"""The buttons that a random click would find too seldom."""

N_CLASSED = 6  # cells that get a class at once


class InDocks(Steps):
    """Steps in the docks."""

    def work(self) -> None:
        """Press a button that does the work of a dock."""
        name = self._rng.choice(list(WORK))
        self._watch.step(f"{name}: {WORK[name]}")
        self._window.press(name, WORK[name])

    def click(self) -> None:
        """Click or turn anything in a dock."""
        name = self._rng.choice(NAMES)
        widget: Any = self._rng.choice(self._window.widgets(name))
        turn(widget, name, self._rng, self._watch)

    def give_classes(self) -> None:
        """Give a few cells two classes."""
        annotate, crops = self._window.docks["Annotate"], self._window.session.crops
        if crops is None or len(crops) < N_CLASSED:
            return
        self._watch.step("Annotate: give classes", may_take=True)
        while len(annotate.book.value.classes) < 2:
            annotate.add_class()
        rows = self._rng.sample(range(len(crops)), N_CLASSED)
        for rank, known in enumerate(annotate.book.value.classes[:2]):
            annotate.give_to(crops.table.iloc[rows[rank::2]], known.name)

    def edit_cells(self) -> None:
        """Merge, split or delete the chosen cells, or take that back."""
        panel = self._window.docks["Annotate"].parts.editing
        merge, split = panel.merge_button, panel.split_button
        button = self._rng.choice(
            [merge, split, panel.delete_button, panel.undo_button]
        )
        self._watch.step(f"Annotate: {button.text()}")
        button.click()

    def select(self) -> None:
        """Select some rows of the table."""
        table = self._window.session.table
        if table is not None:
            self._watch.step("Explore: select")
            some = [self._rng.random() < 0.4 for _ in range(len(table))]
            self._window.docks["Explore"].select(np.array(some, bool))

    def go_to(self) -> None:
        """Go to a cell."""
        table = self._window.session.table
        if table is not None and len(table):
            row = self._rng.randrange(len(table))
            self._watch.step(f"Explore: go to row {row}")
            self._window.docks["Explore"].go_to(row)

    def press_key(self) -> None:
        """Press a key that gives a class or excludes."""
        key = self._rng.choice("0123X")
        self._watch.step(f"Annotate: key {key}", may_take=True)
        self._window.docks["Annotate"]._on_key(key)

    def reopen(self) -> None:
        """Close a dock and open it again."""
        name = self._rng.choice(NAMES)
        self._watch.step(f"{name}: close and open again")
        self._window.close(name)
        self._window.rest(30, until_done=False)
        self._window.open(name)
