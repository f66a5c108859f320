"""Which factors separate two groups of cells: effects, plotted, and walked across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import QApplication, QVBoxLayout, QWidget

from napari_disentangle.recipes.compared_text import (
    effect_text,
    formula_text,
    pairs_text,
    units_text,
)
from napari_disentangle.recipes.groups import contrast_table
from napari_disentangle.recipes.image_groups import ImageGroup
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._explore.columns import ColumnCombo
from napari_disentangle.widgets._traverse.dots import DotRow, DotTable
from napari_disentangle.widgets._traverse.pairing import PairingBox
from napari_disentangle.widgets._traverse.words import factor_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.cells_across import CellsAcross
    from napari_disentangle.recipes.image_pairs import ImagePairs

    Group: TypeAlias = CellsAcross | ImageGroup

_DOT = "Right: higher in B. The dot is Cliff's delta, from -1 to 1"
_TESTED = ", with its 95 % interval; blue where the interval leaves out 0"
_CLICK = ". Click a factor to walk across."


class GroupsPanel(QWidget):
    """Choose two groups, see what separates them, click to walk across.

    Parameters
    ----------
    on_compare : callable
        Called by the button; what it raises for the user is shown.

    Attributes
    ----------
    chosen : Signal
        Emitted with the contrast that shall be walked across.
    """

    chosen = Signal(object)

    def __init__(self, on_compare: Callable[[], object]) -> None:
        super().__init__()
        self._groups: dict[str, Group] = {}
        self._contrasts: Sequence[FactorContrast] = ()
        self._caution = ""
        self.combos = ColumnCombo("The first group"), ColumnCombo("The second group")
        self.pairing = PairingBox()
        self.pairing.changed.connect(self._on_pairing)
        for combo in self.combos:
            combo.currentIndexChanged.connect(lambda _: self._on_groups())
        self.compare_button = action(
            "&Compare",
            "Tell for every factor how far the groups lie apart (Cliff's delta), by "
            "the means of all encoded images, each with itself where it has both",
            on_compare,
        )
        self.table = DotTable("Factors that separate the groups, the clearest first")
        self.told = note()
        self.copy_button = action(
            "Copy numbers",
            "Copy all factors as a table for a spreadsheet: Cliff's delta, difference "
            "of the means, and distance in sd (Cohen's d, or Hedges' g_av of pairs), "
            "each with its 95 % interval if anything is tested",
            self.copy,
        )
        self.table.chosen.connect(self._on_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&A", self.combos[0]), ("&B", self.combos[1])))
        for widget in (self.pairing, self.compare_button, self.table, self.told):
            layout.addWidget(widget)
        layout.addWidget(self.copy_button)
        self.show_contrasts(())

    def set_groups(self, groups: Sequence[Group], caution: str = "") -> None:
        """Offer `groups`; what was compared is forgotten if a group changed.

        Parameters
        ----------
        groups : sequence of CellsAcross or ImageGroup
            The groups.
        caution : str
            What is said where images are compared with others.
        """
        self._caution = caution
        before = self.groups()
        self._groups = {group.name: group for group in groups}
        names = list(self._groups)
        for n, combo in enumerate(self.combos):
            first = names[n] if n < len(names) else ""
            shown = [(_text(group), group.name) for group in groups]
            combo.offer(shown, first)
        after = self.groups()
        if before is None or after is None or not _same(before, after):
            self._on_groups()

    def choose(self, a: str, b: str) -> None:
        """Choose two groups by their names."""
        for combo, name in zip(self.combos, (a, b), strict=True):
            combo.choose(name)

    def groups(self) -> tuple[Group, Group] | None:
        """Return the chosen groups, None while there are none."""
        a, b = (self._groups.get(combo.column()) for combo in self.combos)
        return None if a is None or b is None else (a, b)

    def pairs(self) -> ImagePairs | None:
        """Return by what images of the chosen groups are paired, None for nothing."""
        return self.pairing.pairs()

    def show_contrasts(self, contrasts: Sequence[FactorContrast]) -> None:
        """Show which factors separate the groups."""
        self._contrasts = contrasts
        self.table.show_rows([_row(contrast) for contrast in contrasts])
        for widget in (self.told, self.copy_button):
            widget.setVisible(bool(contrasts))
        groups = self.groups()
        if contrasts and groups is not None:
            effect, pairs = contrasts[0].effect, self.pairs()
            units = (
                pairs_text(pairs)
                if pairs is not None
                else units_text(effect, groups[0].images, groups[1].images)
            )
            tested = _TESTED if effect.is_tested else ""
            itself = effect.unit == "image" and effect.paired
            others = effect.is_tested and not itself
            caution = f" {self._caution}" if others and self._caution else ""
            self.told.setText(f"{units}{caution} {_DOT}{tested}{_CLICK}")
            self.told.setToolTip(formula_text(effect))

    def contrasts(self) -> tuple[FactorContrast, ...]:
        """Return what is shown."""
        return tuple(self._contrasts)

    def copy(self) -> None:
        """Copy what is shown to the clipboard, tabs between columns."""
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            table = contrast_table(self._contrasts)
            clipboard.setText(table.to_csv(sep="\t", index=False))

    def allow(self, busy: str, no_codes: str) -> None:
        """Enable the button, or say why it cannot be pressed."""
        few = (
            "select cells in Explore, give two classes in Annotate, or fill in About "
            "the images in Crops"
        )
        few = few if len(self._groups) < 2 else ""
        same = self.combos[0].column() == self.combos[1].column()
        same_group = "A and B are the same group" if same else ""
        mixed = _why_mixed(self.groups())
        allow(self.compare_button, busy or no_codes or few or same_group or mixed)

    def _on_groups(self) -> None:
        self.pairing.offer(self.groups())
        self.show_contrasts(())

    def _on_pairing(self) -> None:
        self.show_contrasts(())

    def _on_chosen(self, row: int) -> None:
        if row < len(self._contrasts):
            self.chosen.emit(self._contrasts[row])


def _row(contrast: FactorContrast) -> DotRow:
    effect = contrast.effect
    return DotRow(
        label=factor_text(contrast.name),
        value=effect.delta,
        low=effect.delta_low,
        high=effect.delta_high,
        text=f"{effect.delta:+.2f}",
        tip=f"{effect_text(effect)} Click or press Enter to walk across.",
        strong=effect.is_clear,
    )


def _text(group: Group) -> str:
    if isinstance(group, ImageGroup):
        return f"{group.name} ({len(group)} images)"
    n = len(group.images)
    return f"{group.name} ({len(group)}{f' in {n} images' * (n > 1)})"


def _why_mixed(groups: tuple[Group, Group] | None) -> str:
    kinds = {isinstance(group, ImageGroup) for group in groups or ()}
    return "images compare with images only, cells with cells" if len(kinds) > 1 else ""


def _same(before: tuple[Group, Group], after: tuple[Group, Group]) -> bool:
    return all(a.same_as(b) for a, b in zip(before, after, strict=True))
