"""What a hand does in the viewer."""

from __future__ import annotations

import numpy as np
from napari.layers import Image, Labels

from clicks.data import KINDS
from clicks.steps import Steps

MOST_LAYERS = 8
LABELS = 0, 3, 7, 99  # what is painted


class InViewer(Steps):
    """Steps in the viewer."""

    def move_slider(self) -> None:
        """Move a slider of the viewer."""
        dims = self._viewer.dims
        if dims.ndim > 2:
            axis = self._rng.randrange(dims.ndim - 2)
            step = self._rng.randrange(int(dims.nsteps[axis]))
            self._watch.step(f"viewer: axis {axis} to {step}")
            dims.set_current_step(axis, step)

    def paint(self) -> None:
        """Paint into labels that can be painted."""
        layers = [
            layer
            for layer in self._viewer.layers
            if isinstance(layer, Labels)
            and isinstance(layer.data, np.ndarray)
            and layer.editable
        ]
        if layers:
            layer = self._rng.choice(layers)
            at = tuple(self._rng.randrange(side) for side in layer.data.shape)
            label = self._rng.choice(LABELS)
            self._watch.step(f"viewer: paint {label} into {layer.name!r} at {at}")
            layer.paint(at, label)

    def change_layers(self) -> None:
        """Hide, rename, remove or reorder layers."""
        layers = list(self._viewer.layers)
        if not layers:
            return
        layer, how = self._rng.choice(layers), self._rng.randrange(4)
        what = ("hide or show", "rename", "remove", "reverse the list with")[how]
        self._watch.step(f"viewer: {what} {layer.name!r}")
        if how == 0:
            layer.visible = not layer.visible
        elif how == 1:
            layer.name += "x"
        elif how == 2 and (layer.metadata or self._rng.random() < 0.25):
            self._viewer.layers.remove(layer)
        elif how == 3:
            self._viewer.layers.reverse()

    def change_data(self) -> None:
        """Open another image, or put a copy of the pixels in place of an image."""
        if self._rng.random() < 0.5 and len(self._viewer.layers) < MOST_LAYERS:
            kind = self._rng.choice(["gray", "rgb"])
            self._watch.step(f"viewer: open another image, {kind}")
            KINDS[kind](self._viewer)
            return
        for layer in self._viewer.layers:
            if isinstance(layer, Image) and isinstance(layer.data, np.ndarray):
                self._watch.step(f"viewer: copy the pixels of {layer.name!r}")
                layer.data = layer.data.copy()
                return

    def change_view(self) -> None:
        """Look from another side, or in other colors."""
        viewer = self._viewer
        if self._rng.random() < 0.5:
            flat = viewer.dims.ndisplay == 3 or viewer.dims.ndim < 3
            self._watch.step(f"viewer: {2 if flat else 3} dimensions")
            viewer.dims.ndisplay = 2 if flat else 3
        else:
            self._watch.step("viewer: the other theme")
            viewer.theme = "light" if viewer.theme == "dark" else "dark"
