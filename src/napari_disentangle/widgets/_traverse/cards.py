"""The factor cards: what each factor does on these cells, and whether to trust it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_disentangle.crops.picture import CROP_PX
from napari_disentangle.export.card_html import GRADES
from napari_disentangle.recipes.crop_reading import CropReading
from napari_disentangle.recipes.explain_page import card_facts, correlation_dots
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._explore.columns import ColumnCombo
from napari_disentangle.widgets._traverse.dots import DotRow, DotTable
from napari_disentangle.widgets._traverse.picture import PictureStrip
from napari_disentangle.widgets._traverse.response import ResponsePanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.export.html_charts import Dot
    from napari_disentangle.recipes.explanation import Explanation, FactorCard
    from napari_disentangle.recipes.traversal import TraversalStack

_TILES = 5  # about so many pictures of a walk fit into a narrow dock
_COLORS = {"A": "#2f9e6b", "B": "#3796a6", "C": "#c98a1e", "D": "#cf4a45"}


class CardsPanel(QWidget):
    """Explain all factors, then look at one card at a time.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme is followed.
    on_explain : callable
        Called by the button; what it raises for the user is shown.
    """

    def __init__(self, viewer: Any, on_explain: Callable[[], object]) -> None:
        super().__init__()
        self._explanation: Explanation | None = None
        self._reading = CropReading()
        self.explain_button = action(
            "&Explain all factors",
            "Measure the cells and the walks, and grade every name (about a minute for "
            "300 cells)",
            on_explain,
        )
        self.known = note()
        self.combo = ColumnCombo("The factor whose card is shown")
        self.combo.currentIndexChanged.connect(lambda _: self._show())
        self.badge = QLabel()
        self.badge.setWordWrap(True)
        self.strip = PictureStrip("Walk of the factor: drawn and real pictures")
        self.facts = note()
        self.correlations = DotTable("Correlation with measures of the cells")
        self.correlations_word = note("Goes with (rank correlation, 95 % interval):")
        self.response = ResponsePanel(viewer)
        self._card = QWidget()
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(rows(("&Factor", self.combo)))
        for widget in (
            self.badge,
            self.strip,
            self.facts,
            self.correlations_word,
            self.correlations,
            self.response,
        ):
            inner.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.explain_button)
        layout.addWidget(self.known)
        layout.addWidget(self._card)
        self.show_explanation(None)

    def show_explanation(
        self, explanation: Explanation | None, reading: CropReading | None = None
    ) -> None:
        """Show the cards; nothing without. `reading` tells channels and units."""
        self._explanation = explanation
        self._reading = reading or CropReading()
        cards = () if explanation is None else explanation.cards
        first = cards[0].name if cards else ""
        self.combo.offer([(_title(card), card.name) for card in cards], first)
        self.known.setText("" if explanation is None else " ".join(explanation.notes))
        for widget in (self.known, self._card):
            widget.setVisible(explanation is not None)
        self._show()

    def tell_gone(self, why: str) -> None:
        """Say why cards are not shown any more, and what to do."""
        self.known.setText(f"{why} They were taken away; explain again.")
        self.known.show()

    def choose(self, name: str) -> None:
        """Show the card of a factor."""
        self.combo.choose(name)

    def card(self) -> FactorCard | None:
        """Return the card that is shown."""
        name = self.combo.column()
        if self._explanation is None or not name:
            return None
        return self._explanation.card(name)

    def allow(self, busy: str, no_codes: str) -> None:
        """Enable the button, or say why it cannot be pressed."""
        allow(self.explain_button, busy or no_codes)

    def stop(self) -> None:
        """Stop following napari's theme."""
        self.response.stop()

    def _show(self) -> None:
        card, explanation = self.card(), self._explanation
        if card is None or explanation is None:
            return
        color = _COLORS.get(card.grade, "#7b8494")
        grade = "no grade" if card.grade == "none" else f"grade {card.grade}"
        self.badge.setText(
            f"<b style='color:{color}'>{grade}</b>: {escape(card.reason)}"
        )
        self.badge.setToolTip(GRADES[card.grade])
        facts = "".join(
            f"<p style='margin:2px 0'><i>{escape(what)}:</i> {escape(value)}</p>"
            for what, value in card_facts(card, self._reading.channels)
        )
        self.facts.setText(facts)
        dots = correlation_dots(card, self._reading.channels)
        self.correlations.show_rows([_row(dot) for dot in dots])
        self.correlations_word.setVisible(bool(dots))
        self.response.show_card(card, self._reading, _side_of(explanation.stack))
        self._show_strip(card, explanation)

    def _show_strip(self, card: FactorCard, explanation: Explanation) -> None:
        stack = explanation.stack
        if stack is None:
            self.strip.show_rows([])
            return
        shown = range(0, len(stack.steps_sd), max(1, len(stack.steps_sd) // _TILES))
        found = [stack.pictures(kind) for kind in stack.kinds]
        lines = [(i.words, p[card.dimension][list(shown)]) for p, i in found]
        steps = [f"{stack.steps_sd[step]:+.2g}" for step in shown]
        tips = [[f"{info.words}, {step} sd" for step in steps] for _, info in found]
        self.strip.show_rows(lines, steps, tips)


def _side_of(stack: TraversalStack | None) -> int:
    """Return the side of the pictures that were measured along the walks."""
    return CROP_PX if stack is None else stack.pictures(stack.picture)[0].shape[2]


def _title(card: FactorCard) -> str:
    return card.title if card.grade == "none" else f"{card.title} ({card.grade})"


def _row(dot: Dot) -> DotRow:
    return DotRow(
        label=dot.label,
        value=dot.value,
        low=dot.low,
        high=dot.high,
        text=f"{dot.value:+.2f}",
        tip=f"{dot.label}: {dot.value:+.2f} ({dot.low:+.2f} to {dot.high:+.2f})",
        strong=dot.is_own,
    )
