"""Which image, which cells on it, and what its dimensions and channels are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.layers import Image, Labels, Points, Shapes
from napari.utils.notifications import show_info
from psygnal import Signal
from qtpy.QtWidgets import QComboBox, QVBoxLayout, QWidget

from napari_disentangle.errors import CropError, DisentangleError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._crops.channel_layers import ChannelLayers
from napari_disentangle.widgets._crops.pixel_size import PixelSizePanel
from napari_disentangle.widgets._crops.whose_cells import WhoseCells
from napari_disentangle.widgets._dock import allow, rows

if TYPE_CHECKING:
    from napari.layers import Layer

    from napari_disentangle.widgets._layers import Source


class ImageChoice(QWidget):
    """Choose an image and its cells, the meaning of its dimensions, its pixel size.

    Parameters
    ----------
    viewer : napari.Viewer
        Its layers are on offer until `stop`.

    Attributes
    ----------
    changed : Signal
        Emitted when another image, other cells or other channels are chosen.
    """

    changed = Signal()

    def __init__(self, viewer: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.image_combo = _layers.LayerCombo(viewer, Image, "Image of the cells")
        self.cells_combo = _layers.LayerCombo(
            viewer,
            (Labels, Points, Shapes),
            "Where the cells are: Labels (best), Points or rectangles (Shapes)",
            pick=self._cells_among,
        )
        self.axes_combo = QComboBox()
        self.axes_combo.setToolTip("What the dimensions of the image are, in order")
        self.channel_layers = ChannelLayers(viewer)
        self.pixel_size = PixelSizePanel(viewer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(
            rows(
                ("&Image", self.image_combo),
                ("&Cells", self.cells_combo),
                ("&Dimensions", self.axes_combo),
            )
        )
        self.whose = WhoseCells(viewer)
        layout.addWidget(self.whose.note)
        layout.addWidget(self.channel_layers)
        layout.addWidget(self.pixel_size)
        self.changed.connect(self._ask)
        self.channel_layers.changed.connect(self._on_channel_layers)
        self.axes_combo.currentIndexChanged.connect(lambda _: self._on_axes())
        self.image_combo.chosen.connect(self._on_image)
        self.cells_combo.chosen.connect(self._on_cells)
        self._on_image(self.image_combo.layer())

    def image(self) -> Image:
        """Return the layer that stands for the image: that of its first channel.

        Raises
        ------
        CropError
            If there is no image.
        """
        layers = self.layers()
        if not layers:
            raise CropError("There is no image; open one first.")
        return layers[0]

    def layers(self) -> list[Image]:
        """Return the layer of the image, or those of its channels."""
        return self.channel_layers.layers()

    def axes(self) -> str:
        """Return the axes of the image, letters of ``tzcyx``.

        Raises
        ------
        CropError
            If there is no image, or it has too many dimensions.
        """
        axes = self.axes_combo.currentData()
        if axes is None:
            _layers.axes_choices(self.image())  # says what is wrong
        return str(axes)

    def source(self) -> Source:
        """Return the image and its cells.

        Raises
        ------
        CropError
            If one of them is not chosen, or they do not fit.
        """
        objects = self.cells_combo.layer()
        if objects is None:
            raise CropError(
                "There are no cells yet; add a Labels layer, or use Segment first."
            )
        image = self.image()
        found = _layers.read_source(image, objects, self.axes(), self.layers())
        self.whose.keep(objects, image)
        return found

    def channel_names(self) -> list[str]:
        """Return the names of the channels of the image, by color for RGB."""
        layers, axes = self.layers(), self.axes_combo.currentData()
        return _layers.channel_names(layers, axes) if layers and axes else []

    def stop(self) -> None:
        """Stop following the layers."""
        for part in (self.image_combo, self.cells_combo):
            part.stop()
        self.channel_layers.stop()
        self.pixel_size.stop()

    def _on_image(self, layer: Image | None) -> None:
        self.axes_combo.clear()
        choices = [] if layer is None else _axes_or_none(layer)
        for text, axes in choices:
            self.axes_combo.addItem(text, axes)
        only = "this image has one order only" if choices else "open an image first"
        allow(self.axes_combo, "" if len(choices) > 1 else only)
        cells = self.cells_combo
        cells.set_layer(self._cells_among(cells.layers(), cells.layer()))
        self._fit_axes()
        self._on_axes()
        self._ask_pixel_size()
        self.changed.emit()

    def _cells_among(
        self, offered: list[Layer], present: Layer | None = None
    ) -> Layer | None:
        """Return the cells of the image, by name; those of another are no choice."""
        image = self.image_combo.layer()
        chosen = [] if image is None else _layers.siblings_of(self._viewer, image)
        every = _layers.images_of(self._viewer)
        return _layers.cells_for(chosen, every, offered, present)

    def _ask(self) -> None:
        self.whose.ask(self.cells_combo.layer(), self.layers())

    def _on_axes(self) -> None:
        image, axes = self.image_combo.layer(), self.axes_combo.currentData()
        self.channel_layers.show_image(image, axes)
        self.changed.emit()

    def _on_channel_layers(self) -> None:
        self._ask_pixel_size()
        self.changed.emit()

    def _on_cells(self, _: Any) -> None:
        self._fit_axes()
        self._ask_pixel_size()
        self.changed.emit()

    def _fit_axes(self) -> None:
        """Take dimensions that the cells have, too, where those shown do not fit."""
        image, cells = self.image_combo.layer(), self.cells_combo.layer()
        combo = self.axes_combo
        if image is None or cells is None:
            return
        for row in (combo.currentIndex(), *range(combo.count())):
            if row >= 0 and _layers.may_lie_on(image, combo.itemData(row), cells):
                combo.setCurrentIndex(row)
                return

    def _ask_pixel_size(self) -> None:
        image = next(iter(self.layers()), None)
        self.pixel_size.show_layers(image, self.cells_combo.layer())


def _axes_or_none(layer: Image) -> list[tuple[str, str]]:
    try:
        return _layers.axes_choices(layer)
    except DisentangleError as error:
        show_info(str(error))
        return []
