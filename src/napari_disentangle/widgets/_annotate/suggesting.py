"""How cells that are worth a class are looked for: which way, how many, in what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.recipes.suggest import SuggestConfig
from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._dock import action, allow, rows
from napari_disentangle.widgets._editors import count_box
from napari_disentangle.widgets._settings import remember_choice, remember_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WAYS = (
    ("typical", "the most typical", "One cell of each kind there is, to begin with"),
    ("diverse", "unlike those with a class", "Cells far from all that have a class"),
    ("uncertain", "uncertain", "Cells between two classes, as far as these tell"),
    ("boundary", "near a boundary in", "Cells where one factor parts the classes"),
)


class SuggestForm(QWidget):
    """Choose how the next cells are found, and find them.

    Parameters
    ----------
    on_suggest : callable
        Called by the button; what it raises for the user is shown.

    Attributes
    ----------
    changed : Signal
        Emitted when another way is chosen.
    """

    changed = Signal()

    def __init__(self, on_suggest: Callable[[], object]) -> None:
        super().__init__()
        self.way_combo = narrow_combo("How the next cells are chosen", 8)
        for row, (way, text, tip) in enumerate(_WAYS):
            self.way_combo.addItem(text, way)
            self.way_combo.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.column_combo = narrow_combo("The factor whose boundary is meant", 8)
        self.column_combo.setAccessibleName("Factor of the boundary")
        self.count_box = count_box(SuggestConfig, "n", "How many cells are suggested")
        remember_choice(self.way_combo, "suggest_way")
        remember_number(self.count_box, "suggest_cells")
        self.button = action(
            "S&uggest", "Show cells without a class that are worth one", on_suggest
        )
        how = QHBoxLayout()
        how.addWidget(self.count_box)
        how.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Next", self.way_combo)))
        layout.addWidget(self.column_combo)
        layout.addLayout(how)
        self.way_combo.currentIndexChanged.connect(lambda _: self.changed.emit())

    def config(self) -> SuggestConfig:
        """Return what the form says."""
        return SuggestConfig(
            way=self.way_combo.currentData(),
            n=self.count_box.value(),
            column=self.column_combo.currentData() or "",
        )

    def set_way(self, way: str, column: str = "") -> None:
        """Choose how cells are suggested, and the factor of a boundary."""
        self.way_combo.setCurrentIndex(self.way_combo.findData(way))
        if column:
            self.column_combo.setCurrentIndex(self.column_combo.findData(column))

    def offer(self, columns: Sequence[tuple[str, str]]) -> None:
        """Offer (text, column) for a boundary; the choice stays where it is there."""
        before = self.column_combo.currentData()
        self.column_combo.clear()
        for text, column in columns:
            self.column_combo.addItem(text, column)
        self.column_combo.setCurrentIndex(max(0, self.column_combo.findData(before)))

    def allow(self, reason: str, n_classes: int) -> None:
        """Enable the button, or say why it cannot be pressed.

        Parameters
        ----------
        reason : str
            Why nothing can be suggested in any way, empty if it can.
        n_classes : int
            How many classes have cells.
        """
        way = self.way_combo.currentData()
        needs = way in ("uncertain", "boundary") and n_classes < 2
        few = "give some cells of two classes their class first" if needs else ""
        self.column_combo.setVisible(way == "boundary")
        allow(self.button, reason or few)
