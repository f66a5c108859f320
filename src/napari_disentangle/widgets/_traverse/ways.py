"""The way from A to B: cells, the mean, or the middles of classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from napari_disentangle.widgets._dock import action, allow, rows
from napari_disentangle.widgets._explore.columns import ColumnCombo
from napari_disentangle.widgets._settings import remember_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from qtpy.QtWidgets import QPushButton

    from napari_disentangle.recipes.groups import CellGroup

MEAN = "mean"


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a way.

    Attributes
    ----------
    name : str
        What it is called.
    members : array, (N,), bool
        The encoded cells whose mean it is; one, for a cell.
    """

    name: str
    members: NDArray[np.bool_]

    def code(self, codes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean of the members' codes, (L,)."""
        mean = codes[self.members].mean(axis=0, dtype=np.float64)
        return np.asarray(mean, np.float32)


class WayPanel(QWidget):
    """Choose both ends and walk.

    Parameters
    ----------
    on_walk : callable
        Called by the button; what it raises for the user is shown.
    """

    def __init__(self, on_walk: Callable[[], object]) -> None:
        super().__init__()
        self._ends: dict[str, End] = {}
        self._cells: dict[str, End] = {}
        self._clicked: End | None = None
        self.combos = ColumnCombo("Where the way starts"), ColumnCombo("Where it ends")
        self.take_buttons = self._take_button(0), self._take_button(1)
        self.steps_box = QSpinBox()
        self.steps_box.setRange(2, 101)
        self.steps_box.setValue(11)
        self.steps_box.setToolTip("Pictures on the way, both ends included")
        remember_number(self.steps_box, "way_steps")
        self.walk_button = action(
            "Walk from A to &B", "Add the straight way as image layers", on_walk
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for text, combo, button in zip(
            ("&A", "&B"), self.combos, self.take_buttons, strict=True
        ):
            line = QHBoxLayout()
            line.addLayout(rows((text, combo)), 1)
            line.addWidget(button)
            layout.addLayout(line)
        layout.addLayout(rows(("&Steps", self.steps_box)))
        layout.addWidget(self.walk_button)

    def set_groups(self, n_cells: int, groups: Sequence[CellGroup]) -> None:
        """Offer the mean of all N cells and that of each group."""
        if n_cells != self._n_cells():
            self._cells = {}
        every = End("mean of all cells", np.ones(n_cells, np.bool_))
        self._ends = {MEAN: every} if n_cells else {}
        for group in groups:
            if not group.members.all():
                name = f"mean of {group.name}"
                self._ends[group.name] = End(name, group.members)
        self._offer()

    def forget(self) -> None:
        """Forget the cells that were taken."""
        self._cells = {}

    def set_clicked(self, end: End | None) -> None:
        """Take the clicked cell, for the buttons."""
        self._clicked = end
        for button, side in zip(self.take_buttons, "AB", strict=True):
            reason = "" if end is not None else "click a cell first"
            allow(button, reason)
            button.setAccessibleName(f"Take the clicked cell as {side}")

    def take(self, side: int) -> None:
        """Make the clicked cell the start, 0, or the end, 1."""
        if self._clicked is not None:
            self._cells[self._clicked.name] = self._clicked
            self._offer()
            self.combos[side].choose(self._clicked.name)

    def choose(self, start: str, end: str) -> None:
        """Choose both ends by their names."""
        for combo, name in zip(self.combos, (start, end), strict=True):
            combo.choose(name)

    def ends(self) -> tuple[End, End] | None:
        """Return both ends, None while there are none."""
        known = self._ends | self._cells
        found = [known.get(combo.column()) for combo in self.combos]
        a, b = found
        return None if a is None or b is None else (a, b)

    def allow(self, busy: str, no_codes: str) -> None:
        """Enable the button, or say why it cannot be pressed."""
        same = self.combos[0].column() == self.combos[1].column()
        allow(
            self.walk_button,
            busy or no_codes or ("A and B are the same; take another" if same else ""),
        )

    def _n_cells(self) -> int:
        return len(self._ends[MEAN].members) if MEAN in self._ends else 0

    def _offer(self) -> None:
        known = self._ends | self._cells
        for combo in self.combos:
            combo.offer([(end.name, key) for key, end in known.items()])

    def _take_button(self, side: int) -> QPushButton:
        button = action(
            "Clicked cell",
            f"Take the cell that was clicked in the image as {'AB'[side]}",
            lambda: self.take(side),
        )
        policy = button.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Maximum)
        button.setSizePolicy(policy)
        return button
