"""How a measure of the pictures moves along a walk, as a small plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from napari.utils.theme import get_theme
from qtpy.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from napari_disentangle.latents.measures import MEASURES, family_of
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.widgets._dock import note, rows
from napari_disentangle.widgets._plots import SmallPlot

if TYPE_CHECKING:
    from napari_disentangle.latents.response import Response
    from napari_disentangle.recipes.explanation import FactorCard

_PLOT_PX = 130
_DRAWN, _REAL = "#4f8ef7", "#e0a030"


class ResponsePanel(QWidget):
    """Choose a measure and see it along the walk, of drawn and of real pictures."""

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._card: FactorCard | None = None
        self.combo = QComboBox()
        self.combo.setToolTip("What is measured in the pictures along the walk")
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.currentIndexChanged.connect(lambda _: self._show())
        self.plot = ResponsePlot(viewer)
        self.told = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Measure", self.combo)))
        layout.addWidget(self.plot)
        layout.addWidget(self.told)

    def show_card(self, card: FactorCard | None) -> None:
        """Offer the measures of a card; its own, the most moved, comes first."""
        self._card = card
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        for name in [] if card is None else _ordered(card):
            self.combo.addItem(MEASURES[name].label.capitalize(), name)
        self.combo.blockSignals(blocked)
        self._show()

    def stop(self) -> None:
        """Stop following napari's theme."""
        self.plot.stop()

    def _show(self) -> None:
        name, card = self.combo.currentData(), self._card
        drawn = real = None
        if card is not None:
            drawn = next((r for r in card.decoded if r.measure == name), None)
            real = next((r for r in card.nearest if r.measure == name), None)
        self.setVisible(drawn is not None or real is not None)
        self.plot.show_responses(drawn, real)
        words = [f"drawn (blue): {drawn.words}"] if drawn is not None else []
        words += [f"real (orange): {real.words}"] if real is not None else []
        text = "; ".join(words).capitalize() + ", from end to end."
        if drawn is not None and not drawn.is_told:
            text += " Drawn pictures do not show this measure: trust the real cells."
        self.told.setText(text)


class ResponsePlot(SmallPlot):
    """A measure at each step, of drawn pictures and of the nearest real cells."""

    def __init__(self, viewer: Any) -> None:
        super().__init__(viewer, _PLOT_PX, "Measure along the walk")
        self.showAxis("left")
        self.getAxis("left").setWidth(44)
        self.setLabel("bottom", "step (sd of the cells)")

    def apply_theme(self, _: Any = None) -> None:
        super().apply_theme()
        color = get_theme(self._viewer.theme).text.as_hex()
        self.getAxis("left").setPen(color)
        self.getAxis("left").setTextPen(color)

    def show_responses(self, drawn: Response | None, real: Response | None) -> None:
        """Show one measure of both kinds of pictures."""
        self.clear()
        for response, color in ((drawn, _DRAWN), (real, _REAL)):
            if response is None:
                continue
            steps = TraversalConfig(steps=len(response.values)).steps_sd
            known = np.isfinite(response.values)
            self.addItem(
                pg.PlotDataItem(
                    steps[known],
                    response.values[known],
                    pen=pg.mkPen(color, width=2),
                    symbol="o",
                    symbolSize=5,
                    symbolBrush=color,
                    symbolPen=None,
                )
            )


def _ordered(card: FactorCard) -> list[str]:
    """Return the measures of a card: those of its own family first, then by effect."""
    own = family_of(card.name)
    size: dict[str, float] = {}
    for response in (*card.decoded, *card.nearest):
        effect = abs(response.effect) if np.isfinite(response.effect) else 0.0
        size[response.measure] = max(effect, size.get(response.measure, 0.0))
    return sorted(size, key=lambda name: (MEASURES[name].family != own, -size[name]))
