"""What is walked: from which cell, which factors, how far, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.widgets._check_boxes import frame_check_boxes
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._settings import remember_box, remember_form
from napari_disentangle.widgets._traverse.words import factor_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LIST_PX = 104
_BASIC = ("steps", "low_sd", "high_sd")


class StartBox(QWidget):
    """Where walks and sliders start: the mean, the clicked cell, the selected cells.

    Attributes
    ----------
    changed : Signal
        Emitted when another start is chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mean_button = QRadioButton("Start from the &mean cell")
        self.mean_button.setToolTip(
            "The mean of the codes of all cells but the excluded ones"
        )
        self.mean_button.setChecked(True)
        self.cell_button = QRadioButton("Start from the &clicked cell")
        self.cell_button.setToolTip("Click a cell in the image or in a gallery")
        self.cells_button = QRadioButton("Start from each s&elected cell")
        self.cells_button.setToolTip(
            "Select cells in Explore; the stack gets one more axis, the cell"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        for button in (self.mean_button, self.cell_button, self.cells_button):
            button.toggled.connect(lambda on: self.changed.emit() if on else None)
            layout.addWidget(button)

    def set_cell(self, label: int | None) -> None:
        """Offer the clicked cell, and take it; the mean without one."""
        which = "" if label is None else f" ({label})"
        self.cell_button.setText(f"Start from the &clicked cell{which}")
        allow(self.cell_button, "" if label is not None else "no cell is clicked")
        if label is not None:
            self.cell_button.setChecked(True)
        elif self.cell_button.isChecked():
            self.mean_button.setChecked(True)

    def set_selected(self, n_cells: int, most: int) -> None:
        """Offer the selected cells, if there are any and not too many."""
        many = f" ({n_cells}; at most {most})" if n_cells > most else f" ({n_cells})"
        shown = many if n_cells else ""
        self.cells_button.setText(f"Start from each s&elected cell{shown}")
        few = "" if n_cells else "no cells are selected"
        allow(self.cells_button, f"at most {most} cells" if n_cells > most else few)
        if not self.cells_button.isEnabled() and self.cells_button.isChecked():
            self.mean_button.setChecked(True)


class WalkPanel(QWidget):
    """Choose factors and range, make the stack, read what it shows.

    Parameters
    ----------
    on_make : callable
        Called by the button; what it raises for the user is shown.

    Attributes
    ----------
    changed : Signal
        Emitted when other factors are chosen.
    """

    changed = Signal()

    def __init__(self, on_make: Callable[[], object]) -> None:
        super().__init__()
        self.list = QListWidget()
        frame_check_boxes(self.list)
        self.list.setAccessibleName("Factors to walk")
        self.list.setToolTip("Factors to walk; space checks and unchecks")
        self.list.setFixedHeight(_LIST_PX)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.itemChanged.connect(lambda _: self.changed.emit())
        self.form = ConfigForm(TraversalConfig, basic=_BASIC)
        remember_form(self.form, "walk")
        self.overview_box = QCheckBox("&Overview of all pictures, too")
        self.overview_box.setToolTip("Add all pictures side by side, below the image")
        remember_box(self.overview_box, "walk_overview")
        self.make_button = action(
            "Make &traversal",
            "Add image stacks (factor, step, y, x) to the right of the image",
            on_make,
            main=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.list, self.form, self.overview_box, self.make_button):
            layout.addWidget(widget)

    def set_factors(self, names: Sequence[str]) -> None:
        """Offer factors; those with a name are checked at first."""
        items = self._items()
        if list(names) == [item.data(Qt.ItemDataRole.UserRole) for item in items]:
            return
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for name in names:
            item = QListWidgetItem(factor_text(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = name in NAMED_FACTORS or not set(NAMED_FACTORS) & set(names)
            item.setCheckState(_state(on))
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self.changed.emit()

    def check(self, factors: Sequence[str]) -> None:
        """Walk `factors` and no others."""
        for item in self._items():
            item.setCheckState(_state(item.data(Qt.ItemDataRole.UserRole) in factors))

    def factors(self) -> list[str]:
        """Return the factors that will be walked."""
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        ]

    def allow(self, busy: str, no_codes: str) -> None:
        """Enable the button, or say why it cannot be pressed."""
        none = "" if self.factors() else "check at least one factor"
        allow(self.make_button, busy or no_codes or none)

    def _items(self) -> list[QListWidgetItem]:
        found = (self.list.item(row) for row in range(self.list.count()))
        return [item for item in found if item is not None]


class ShownBox(QWidget):
    """What the stack in the viewer shows now, in words."""

    def __init__(self) -> None:
        super().__init__()
        self.position = note()
        self.legend = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.position, self.legend):
            layout.addWidget(widget)
        self.tell("", "")

    def tell(self, legend: str, position: str) -> None:
        """Say what there is; nothing hides the box."""
        self.legend.setText(legend)
        self.position.setText(position)
        self.setVisible(bool(legend or position))


def _state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
