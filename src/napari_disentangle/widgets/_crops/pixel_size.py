"""The pixel size of an image: told, or asked for where nobody knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from psygnal import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from napari_disentangle.crops.pixel_size import format_pixel_size, parse_pixel_size
from napari_disentangle.errors import CropError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import action, note, rows

if TYPE_CHECKING:
    from napari.layers import Image, Layer

    from napari_disentangle.widgets._layers import PixelSize

_ASK = "The layer has no pixel size: areas are in px. Enter it to get µm."


class PixelSizePanel(QWidget):
    """Ask for the pixel size of an image layer, unless it is certain.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the other open images.

    Attributes
    ----------
    changed : Signal
        Emitted with an image layer whose pixel size, as far as known, has changed.
    """

    changed = Signal(object)

    def __init__(self, viewer: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._image: Image | None = None
        self._objects: Layer | None = None
        self._asked: WeakSet[Image] = WeakSet()
        self.note = note()
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("0.325, or height x width")
        self.edit.setMinimumWidth(80)
        self.edit.setToolTip(
            "Height and width of a pixel in µm: one number where they are equal, else "
            "height x width; empty: not known"
        )
        self.use_button = action(
            "&Use", "Give areas and positions of this image in µm as well", self.use
        )
        self.scale_box = QCheckBox("Scale the la&yers as well")
        self.scale_box.setToolTip(
            "Also set scale and unit (µm) of the image and of its cells, for napari's "
            "scale bar and other plugins; both stay on each other"
        )
        self.every_box = QCheckBox("For a&ll open images without one")
        self.every_box.setToolTip(
            "Also for the other open images that have neither a pixel size nor a scale"
        )
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(rows(("Pi&xel size (µm)", self.edit)), 1)
        line.addWidget(self.use_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.note)
        layout.addWidget(self._line)
        layout.addWidget(self.every_box)
        layout.addWidget(self.scale_box)
        self.edit.returnPressed.connect(self.use_button.click)

    # What a script may call ----------------------------------------------------------

    def use(self) -> None:
        """Believe what is in the line; the layers stay as they are unless asked.

        Raises
        ------
        CropError
            If there is no image.
        DataError
            If it is no pixel size.
        """
        image, objects = self._image, self._objects
        if image is None:
            raise CropError("There is no image; open one first.")
        spacing = parse_pixel_size(self.edit.text())
        others = self._others() if self.every_box.isChecked() else []
        self._asked.update([image, *others])
        for layer in (image, *others):
            _layers.enter_pixel_size(layer, spacing)
        if spacing is not None and self.scale_box.isChecked():
            _layers.scale_layers(image, [] if objects is None else [objects], spacing)
            _layers.enter_pixel_size(image, None)
        for layer in (image, *others):
            self.changed.emit(layer)
        self.show_layers(image, objects)

    def show_layers(self, image: Image | None, objects: Layer | None) -> None:
        """Tell the pixel size of `image`, and ask if nobody knows it."""
        if image is not self._image:
            self.stop()
            if image is not None:
                for event in (image.events.scale, image.events.units):
                    event.connect(self._on_layer)
        self._image, self._objects = image, objects
        self.setVisible(image is not None)
        if image is not None:
            self._show(_layers.pixel_size_of(image), asked=image in self._asked)

    def stop(self) -> None:
        """Stop following the layer."""
        if self._image is not None:
            for event in (self._image.events.scale, self._image.events.units):
                event.disconnect(self._on_layer)
        self._image = None

    def _show(self, known: PixelSize, *, asked: bool) -> None:
        self.note.setText(sentence_of(known))
        shown = known.spacing_um or known.guess_um
        self.edit.setText("" if shown is None else format_pixel_size(shown))
        asking = asked or not known.is_certain
        for widget in (self._line, self.scale_box):
            widget.setVisible(asking)
        self.every_box.setVisible(asking and bool(self._others()))

    def _on_layer(self) -> None:
        """Follow a scale or a unit that was set elsewhere."""
        if self._image is not None:
            self.changed.emit(self._image)
            self.show_layers(self._image, self._objects)

    def _others(self) -> list[Image]:
        """Return the other images of which no size is known."""
        return [
            layer
            for layer in _layers.images_of(self._viewer)
            if layer is not self._image
            and _layers.pixel_size_of(layer).spacing_um is None
            and _layers.pixel_size_of(layer).guess_um is None
        ]


def sentence_of(known: PixelSize) -> str:
    """Return what is known of a pixel size, and what the user is asked to do."""
    if known.guess_um is not None:
        guess = format_pixel_size(known.guess_um)
        return (
            f"The layer has the scale {guess} but no unit: areas are in px. If that is "
            "µm, press Use; else enter the pixel size."
        )
    if known.spacing_um is None:
        return _ASK
    size = format_pixel_size(known.spacing_um)
    if known.origin == "user":
        return f"Pixel size {size} µm, as entered."
    if known.origin == "file":
        return f"Pixel size {size} µm, from the file."
    if known.is_certain:
        return f"Pixel size {size} µm, from the layer's scale."
    return f"The layer says {size} µm a pixel, as it may by default; check it."
