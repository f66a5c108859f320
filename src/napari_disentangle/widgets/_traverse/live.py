"""The live panel: sliders, the cell, its picture as the sliders say, a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import action, note
from napari_disentangle.widgets._traverse.decoder import LiveDecoder
from napari_disentangle.widgets._traverse.picture import CaptionedPicture
from napari_disentangle.widgets._traverse.sliders import FactorSliders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.live import LivePicture, LivePictures
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding

_SAME = 1e-3  # so near to the starting cell the code is its own
_SYNTHETIC = {"synthetic": "drawn (synthetic)", "own cells": "drawn"}


class LivePanel(QWidget):
    """Sliders of all factors beside pictures that follow them.

    Attributes
    ----------
    changed : Signal
        Emitted when the sliders are elsewhere.
    """

    changed = Signal()

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._start: NDArray[np.float32] | None = None
        self._spread: NDArray[np.float32] | None = None
        self._row: int | None = None
        self._drawn_by = "drawn"
        self._layer = _layers.LiveLayer(viewer)
        self.decoder = LiveDecoder()
        self.sliders = FactorSliders()
        self.cell = CaptionedPicture("The cell that the sliders start from, real")
        self.drawn = CaptionedPicture("What the model draws of the sliders' places")
        self.nearest = CaptionedPicture("The cell of yours that is nearest in all")
        self.sentence = note()
        self.reset_button = action(
            "&Reset", "Move all sliders back to the starting cell", self.reset
        )
        self.layer_box = QCheckBox("In the &viewer, too")
        self.layer_box.setToolTip("Show the drawn picture as a layer beside the image")
        self.layer_box.toggled.connect(self._on_layer)
        self._lay_out()
        self.sliders.moved.connect(lambda _: self._ask())
        self.destroyed.connect(self.decoder.stop)
        self.decoder.prepared.connect(self._on_prepared)
        self.decoder.shown.connect(self.show_picture)

    def set_cells(
        self,
        model: Model | None,
        embedding: Embedding | None,
        crops: Crops | None,
        source: str,
    ) -> None:
        """Draw codes of `model` among these cells; nothing without them.

        Parameters
        ----------
        model, embedding, crops
            See `LivePictures`.
        source : str
            What the pictures of the model were learned from.
        """
        self._layer.clear()
        self.sentence.setText("")
        for picture in (self.cell, self.drawn, self.nearest):
            picture.show_picture(None, "")
        self._drawn_by = _SYNTHETIC.get(source, "drawn")
        if model is None or embedding is None or len(embedding.mean) == 0:
            self._start = self._spread = self._row = None
            self.decoder.clear()
            self.sliders.set_factors(())
            return
        self.sliders.set_factors(embedding.dimensions)
        self.decoder.set_cells(model, embedding, crops)

    def start_at(
        self,
        code: NDArray[np.float32],
        spread: NDArray[np.float32] | None = None,
        row: int | None = None,
    ) -> None:
        """Start from a code, (L,).

        Parameters
        ----------
        code, spread : array, (L,)
            The code and its posterior sd, if it is that of one cell.
        row : int, optional
            The row of that cell.
        """
        self._start, self._spread, self._row = code, spread, row
        self.cell.show_picture(None, "")
        self.reset()

    def code(self) -> NDArray[np.float32] | None:
        """Return the code that the sliders say, (L,); None while there are none."""
        live = self.decoder.live
        return None if live is None else live.code_of(self.sliders.places())

    def is_moved(self) -> bool:
        """Return whether the sliders are elsewhere than at the start."""
        live, code = self.decoder.live, self.code()
        if live is None or code is None or self._start is None:
            return False
        return bool(live.moved(code, self._start))

    def reset(self) -> None:
        """Move all sliders to the start."""
        live = self.decoder.live
        if live is None or self._start is None:
            return
        spread = self._spread
        if spread is not None:
            spread = np.abs(live.to_sd(self._start + spread) - live.to_sd(self._start))
        self.sliders.set_places(live.to_sd(self._start), spread)
        self._ask()

    def show_picture(self, found: LivePicture) -> None:
        """Show what was drawn."""
        if found.row == self._row and found.distance < _SAME:
            self.cell.show_picture(found.nearest, f"cell {found.label}, real")
        self.drawn.show_picture(found.drawn, self._drawn_by)
        self.nearest.show_picture(found.nearest, f"nearest real: {found.label}")
        self.sentence.setText(found.sentence)
        if self.layer_box.isChecked() and found.drawn is not None:
            self.layer_box.setChecked(self._layer.show(found.drawn))

    def stop(self) -> None:
        """Stop drawing."""
        self.decoder.stop()

    def _on_prepared(self, _: LivePictures) -> None:
        self.reset()

    def _ask(self) -> None:
        code = self.code()
        if code is not None:
            self.decoder.ask(code, self._start)
        self.changed.emit()

    def _on_layer(self, shown: bool) -> None:
        if shown:
            self._layer.allow()
            self._ask()
        else:
            self._layer.clear()

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(4)
        for picture in (self.cell, self.drawn, self.nearest):
            pictures.addWidget(picture)
        pictures.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(self.reset_button)
        line.addWidget(self.layer_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(pictures)
        layout.addWidget(self.sentence)
        layout.addWidget(self.sliders)
        layout.addLayout(line)
