"""One slider a factor: where a code lies among the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.widgets._key_slider import KeySlider
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._tab_order import tab_before
from napari_disentangle.widgets._traverse.words import factor_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Code = NDArray[np.float32]

_REACH_SD = 3.0
_STEP_SD, _PAGE_SD = 0.1, 0.5
_NAME_PX = 76
_DIGITS = 5


class FactorSliders(QWidget):
    """Sliders for all dimensions; those without a name are folded away.

    Attributes
    ----------
    moved : Signal
        Emitted with all places, (L,) float32 in sd of the cells, when the user moves
        one.
    """

    moved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._sliders: dict[str, KeySlider] = {}
        self._grids = QGridLayout(), QGridLayout()
        self._setting = False
        self._unnamed = QWidget()
        self._unnamed.setLayout(self._grids[1])
        self.more = Section("Factors without a name", self._unnamed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for grid in self._grids:
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setVerticalSpacing(1)
            grid.setColumnMinimumWidth(0, _NAME_PX)
        layout.addLayout(self._grids[0])
        layout.addWidget(self.more)

    def set_factors(self, names: Sequence[str]) -> None:
        """Have one slider for each of `names`."""
        if tuple(names) == self._names:
            return
        for grid in self._grids:
            while (item := grid.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    widget.deleteLater()
        self._names = tuple(names)
        named = [name for name in names if name in NAMED_FACTORS] or list(names)
        self._sliders = {name: self._add(name, name in named) for name in names}
        self.more.setVisible(len(named) < len(self._names))
        tab_before(self, self._stops(named))
        tab_before(self._unnamed, self._stops(n for n in names if n not in named))

    def slider(self, name: str) -> KeySlider:
        """Return the slider of a factor."""
        return self._sliders[name]

    def places(self) -> Code:
        """Return where the sliders are, (L,), in sd of the cells."""
        values = [slider.value() for slider in self._sliders.values()]
        return np.array(values, np.float32)

    def set_places(self, places: Code, spread: Code | None = None) -> None:
        """Move all sliders without telling.

        Parameters
        ----------
        places : array, (L,)
            In sd of the cells.
        spread : array, (L,), optional
            Posterior sd of the cell that lies there, in the same unit.
        """
        self._setting = True
        for n, (name, slider) in enumerate(self._sliders.items()):
            place = round(float(places[n]), _DIGITS) + 0.0  # no -0 and no 3e-07
            reach = max(_REACH_SD, np.ceil(abs(place) * 2) / 2)
            slider.setRange(-reach, reach)
            slider.setValue(place)
            sure = "" if spread is None else f"; the cell's own is ± {spread[n]:.2f}"
            slider.setToolTip(
                f"{factor_text(name)} in sd of the cells from their mean{sure}\n\n"
                "Arrow keys: 0.1 sd. Page up and down: 0.5 sd."
            )
        self._setting = False

    def nudge(self, name: str, amount_sd: float) -> None:
        """Move one slider by `amount_sd`, as the user would, if it is there."""
        slider = self._sliders.get(name)
        if slider is None:
            return
        place = slider.value() + amount_sd
        reach = max(slider.maximum(), abs(place))
        self._setting = True
        slider.setRange(-reach, reach)
        self._setting = False
        slider.setValue(place)

    def _add(self, name: str, named: bool) -> KeySlider:
        slider = KeySlider(_STEP_SD, _PAGE_SD)
        slider.setRange(-_REACH_SD, _REACH_SD)
        slider.setDecimals(2)
        slider.setAccessibleName(factor_text(name))
        slider.valueChanged.connect(lambda _: self._on_moved())
        label = QLabel(factor_text(name))
        label.setBuddy(slider)
        grid = self._grids[0 if named else 1]
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(slider, row, 1)
        return slider

    def _stops(self, names: Iterable[str]) -> list[QWidget]:
        """Return what the Tab key goes to of the sliders of factors."""
        stops = (self._sliders[name].focusProxy() for name in names)
        return [stop for stop in stops if stop is not None]

    def _on_moved(self) -> None:
        if not self._setting:
            self.moved.emit(self.places())
