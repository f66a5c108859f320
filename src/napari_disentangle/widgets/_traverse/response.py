"""How a measure of the pictures moves along a walk, as a small plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from napari.utils.theme import get_theme
from qtpy.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from napari_disentangle.crops.picture import CROP_PX
from napari_disentangle.latents.measures import MEASURES, family_of
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.recipes.crop_reading import CropReading
from napari_disentangle.widgets._dock import note, rows
from napari_disentangle.widgets._plots import SmallPlot

if TYPE_CHECKING:
    from napari_disentangle.latents.response import Response
    from napari_disentangle.recipes.explanation import FactorCard

_PLOT_PX, _AXIS_PX = 130, 58
_TIP = (
    "Areas are those in a window of the crops, also of drawn pictures; brightness is "
    "that of the crops, 0 to 1 between the two intensity limits"
)
_DRAWN, _REAL = "#4f8ef7", "#e0a030"


class ResponsePanel(QWidget):
    """Choose a measure and see it along the walk, of drawn and of real pictures."""

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._card: FactorCard | None = None
        self._reading, self._side_px = CropReading(), CROP_PX
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

    def show_card(
        self,
        card: FactorCard | None,
        reading: CropReading | None = None,
        side_px: int = CROP_PX,
    ) -> None:
        """Offer the measures of a card; its own, the most moved, comes first.

        Parameters
        ----------
        card : FactorCard or None
            The card.
        reading : CropReading, optional
            Tells channels and units.
        side_px : int
            Side of the pictures that were measured.
        """
        self._card = card
        self._reading, self._side_px = reading or CropReading(), side_px
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        for name in [] if card is None else _ordered(card):
            label = self._reading.label(name)
            self.combo.addItem(label[:1].upper() + label[1:], name)
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
        factor, unit = (1.0, "") if name is None else self._unit(name)
        self.plot.show_responses(drawn, real, factor, unit)
        channels = self._reading.channels
        words = [f"drawn (blue): {drawn.told(channels)}"] if drawn is not None else []
        words += [f"real (orange): {real.told(channels)}"] if real is not None else []
        text = "; ".join(words) + ", from end to end."
        text = text[:1].upper() + text[1:]
        if drawn is not None and not drawn.is_told:
            text += " Drawn pictures do not show this measure: trust the real cells."
        self.told.setText(text)

    def _unit(self, measure: str) -> tuple[float, str]:
        return self._reading.unit(measure, self._side_px)


class ResponsePlot(SmallPlot):
    """A measure at each step, of drawn pictures and of the nearest real cells."""

    def __init__(self, viewer: Any) -> None:
        super().__init__(viewer, _PLOT_PX, "Measure along the walk")
        self.showAxis("left")
        self.getAxis("left").setWidth(_AXIS_PX)
        self.getAxis("left").enableAutoSIPrefix(False)
        self.setLabel("bottom", "step (sd of the cells)")
        self.setToolTip(_TIP)

    def apply_theme(self, _: Any = None) -> None:
        super().apply_theme()
        color = get_theme(self._viewer.theme).text.as_hex()
        self.getAxis("left").setPen(color)
        self.getAxis("left").setTextPen(color)

    def show_responses(
        self,
        drawn: Response | None,
        real: Response | None,
        factor: float = 1.0,
        unit: str = "",
    ) -> None:
        """Show one measure of both kinds of pictures, times `factor` in `unit`."""
        self.clear()
        self.setLabel("left", unit)
        self.getAxis("left").showLabel(bool(unit))
        for response, color in ((drawn, _DRAWN), (real, _REAL)):
            if response is None:
                continue
            steps = TraversalConfig(steps=len(response.values)).steps_sd
            known = np.isfinite(response.values)
            self.addItem(
                pg.PlotDataItem(
                    steps[known],
                    factor * response.values[known],
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
