"""A box to choose a layer, kept in step with the layer list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.layers import Image
from psygnal import Signal
from qtpy.QtWidgets import QSizePolicy

from napari_disentangle.widgets._combo import ShortCombo, keep_narrow
from napari_disentangle.widgets._layers.layer_list import follow_layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.layers import Layer


_OWN = frozenset({"traversal", "live", "colors", "preview", "selection", "montage"})
"""Metadata of layers that the docks made."""


def is_own(layer: Layer) -> bool:
    """Return whether a dock made `layer` to show something, so it is no data."""
    return bool(_OWN & set(layer.metadata))


def images_of(viewer: Any) -> list[Image]:
    """Return the image layers of `viewer` that are the user's, in their order."""
    return [x for x in viewer.layers if isinstance(x, Image) and not is_own(x)]


def _newest(layers: list[Layer]) -> Layer | None:
    return layers[0] if layers else None


class LayerCombo(ShortCombo):
    """Choose one of the layers of some types.

    The choice follows the layer, not its name or place; another is picked when there
    was none, or it is gone. Layers that the docks made themselves are left out.

    Parameters
    ----------
    viewer : napari.Viewer
        Its layers are followed until `stop`.
    types : type or tuple of type
        Layer types on offer.
    tooltip : str
        What is to be chosen.
    pick : callable
        Returns which of the layers on offer, newest first, is picked; None: none.
    """

    chosen = Signal(object)

    def __init__(
        self,
        viewer: Any,
        types: type[Layer] | tuple[type[Layer], ...],
        tooltip: str,
        pick: Callable[[list[Layer]], Layer | None] = _newest,
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._pick = pick
        self._types = types
        self._told: Layer | None = None
        self._offered: list[Layer] = []
        self.setToolTip(tooltip)
        keep_narrow(self, 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._unfollow = follow_layers(viewer, self.refresh)
        self.currentIndexChanged.connect(lambda _: self._tell())
        self.refresh()

    def layer(self) -> Layer | None:
        """Return the chosen layer, None if there is none."""
        row = self.currentIndex()
        return self._offered[row] if 0 <= row < len(self._offered) else None

    def set_layer(self, layer: Layer | None) -> None:
        """Choose `layer`."""
        self.setCurrentIndex(-1 if layer is None else self._offered.index(layer))

    def layers(self) -> list[Layer]:
        """Return the layers on offer, newest first."""
        return list(self._offered)

    def refresh(self, _: Any = None) -> None:
        """Read the layer list again, newest layer first."""
        before = self._told
        for layer in self._offered:
            layer.events.name.disconnect(self.refresh)
        self._offered = [x for x in reversed(self._viewer.layers) if self._offers(x)]
        for layer in self._offered:
            layer.events.name.connect(self.refresh)
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems([layer.name for layer in self._offered])
        kept = before if before in self._offered else self._pick(self._offered)
        self.set_layer(kept)
        self.blockSignals(blocked)
        self._tell()

    def stop(self) -> None:
        """Stop following the layer list."""
        self._unfollow()
        for layer in self._offered:
            layer.events.name.disconnect(self.refresh)
        self._offered = []

    def _offers(self, layer: Layer) -> bool:
        return isinstance(layer, self._types) and not is_own(layer)

    def _tell(self) -> None:
        layer = self.layer()
        if layer is not self._told:
            self._told = layer
            self.chosen.emit(layer)
