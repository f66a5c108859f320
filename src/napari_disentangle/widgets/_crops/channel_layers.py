"""Channels of one image that are open as a layer each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from napari_disentangle.errors import CropError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._check_boxes import frame_check_boxes
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image

_LIST_PX = 90
_ALONE = "No other layer is taken for a channel of this image; tick those that are."


class ChannelLayers(QWidget):
    """Choose the layers that are the channels of one image.

    Those that were opened together are chosen at first. It is shown only where another
    layer could be one, and the image has no channels of its own.

    Parameters
    ----------
    viewer : napari.Viewer
        Its layers are followed until `stop`.

    Attributes
    ----------
    changed : Signal
        Emitted when other layers are chosen.
    """

    changed = Signal()

    def __init__(self, viewer: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._image: Image | None = None
        self._axes = ""
        self._told: list[Image] = []
        self._own: WeakKeyDictionary[Image, WeakSet[Image]] = WeakKeyDictionary()
        self._offered: list[Image] = []
        self.note = note()
        self.list = QListWidget()
        frame_check_boxes(self.list)
        self.list.setFixedHeight(_LIST_PX)
        self.list.setAccessibleName("Layers with the other channels")
        self.list.setToolTip(
            "Tick the layers that show other channels of the same cells; they must "
            "have the same shape and place"
        )
        self.section = Section("Channels in other layers", self.note, self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        self._unfollow = _layers.follow_layers(viewer, self.refresh)
        self.list.itemChanged.connect(self._on_item)
        self.refresh()

    # What a script may call ----------------------------------------------------------

    def layers(self) -> list[Image]:
        """Return the layers of all channels, in the order of the viewer."""
        image = self._image
        if image is None:
            return []
        if not self._may_have_others(image):
            return [image]
        if image not in self._own:
            return _layers.siblings_of(self._viewer, image)
        chosen = {image, *self._own[image]}
        return [layer for layer in self._viewer.layers if layer in chosen]

    def choose(self, layers: Sequence[Image]) -> None:
        """Take these layers, and the image, for the channels of one image.

        Raises
        ------
        CropError
            If there is no image, or one of them does not fit it.
        """
        image = self._image
        if image is None:
            raise CropError("There is no image; open one first.")
        others = [layer for layer in layers if layer is not image]
        if others and not self._may_have_others(image):
            raise CropError(
                f"Layer {image.name!r} has channels of its own; choose a layer of one "
                "channel, or other dimensions."
            )
        for layer in others:
            why = _layers.why_not_together(image, layer)
            if why:
                raise CropError(why)
        for layer in (image, *others):  # whichever of them is looked at
            self._own[layer] = WeakSet([image, *others])
        self.refresh()

    def show_image(self, image: Image | None, axes: str | None) -> None:
        """Offer the layers that may be channels of `image`."""
        self._image, self._axes = image, axes or ""
        self.refresh()

    def refresh(self, _: Any = None) -> None:
        """Read the layer list again."""
        image, chosen = self._image, self.layers()
        may = image is not None and self._may_have_others(image)
        images = _layers.images_of(self._viewer) if may else []
        self._offered = [layer for layer in images if layer is not image]
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for layer in self._offered:
            self.list.addItem(_item(image, layer, layer in chosen))
        self.list.blockSignals(blocked)
        self.setVisible(bool(self._offered))
        names = ", ".join(_layers.channel_names(chosen, self._axes) if chosen else ())
        n = len(chosen)
        self.note.setText(f"{n} layers are its channels: {names}." if n > 1 else _ALONE)
        if chosen != self._told:
            self._told = chosen
            self.changed.emit()

    def stop(self) -> None:
        """Stop following the layer list."""
        self._unfollow()
        self._image, self._offered, self._told = None, [], []

    def _may_have_others(self, image: Image) -> bool:
        return not image.rgb and "c" not in self._axes

    def _on_item(self, _: QListWidgetItem) -> None:
        lines = [self.list.item(row) for row in range(self.list.count())]
        pairs = zip(self._offered, lines, strict=True)
        on = Qt.CheckState.Checked
        self.choose([x for x, line in pairs if line and line.checkState() == on])


def _item(image: Any, layer: Image, on: bool) -> QListWidgetItem:
    """Return a line for a layer, which says why where it cannot be ticked."""
    why = _layers.why_not_together(image, layer)
    item = QListWidgetItem(f"{layer.name} (does not fit)" if why else layer.name)
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
    if why:
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        item.setToolTip(f"Not now: {why}")
    return item
