"""The Crops dock: from an image and labels, or a segmentation, to one crop a cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image, Labels, Points, Shapes
from napari.utils.notifications import show_info, show_warning
from qtpy.QtWidgets import QCheckBox, QComboBox, QSizePolicy
from superqt.utils import qdebounced

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.segment import SegmentConfig, iter_segment
from napari_disentangle.errors import CropError, DisentangleError, NoCellsError
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._crops.channel_layers import ChannelLayers
from napari_disentangle.widgets._crops.channels import ChannelBoxes
from napari_disentangle.widgets._crops.folder import (
    FOLDER_TIP,
    ask_folder,
    folder_text,
    open_folder,
)
from napari_disentangle.widgets._crops.pixel_size import PixelSizePanel
from napari_disentangle.widgets._crops.sizes import wider_text, widths_of
from napari_disentangle.widgets._crops.spacing import apply_pixel_size
from napari_disentangle.widgets._dock import Dock, action, allow, note, rows
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._gallery import Gallery
from napari_disentangle.widgets._image_info.panel import ImageInfoPanel
from napari_disentangle.widgets._images import add_empty, cut_unlike
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._plots import Histogram
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._session import Cell
from napari_disentangle.widgets._settings import remember_form
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    from numpy.typing import NDArray

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.widgets._layers import Source

_SEGMENT_BASIC = ("channel", "objects", "method", "split_px", "min_area_px")
_CROP_BASIC = ("window", "background")
_PREVIEW_MS = 250
_HISTOGRAM_PX = 84


class CropsWidget(Dock):
    """Choose an image and its cells, and look at the crops."""

    onward = ("Factors",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._preview_jobs = Jobs()
        self._cutting: Source | None = None
        self._lacking_cells = False
        self.image_combo = _layers.LayerCombo(self.viewer, Image, "Image of the cells")
        self.cells_combo = _layers.LayerCombo(
            self.viewer,
            (Labels, Points, Shapes),
            "Where the cells are: Labels (best), Points or rectangles (Shapes)",
        )
        self.axes_combo = QComboBox()
        self.axes_combo.setToolTip("What the dimensions of the image are, in order")
        self._body.addLayout(
            rows(
                ("&Image", self.image_combo),
                ("&Cells", self.cells_combo),
                ("&Dimensions", self.axes_combo),
            )
        )
        self.channel_layers = ChannelLayers(self.viewer)
        self._connect(self.channel_layers.changed, self._on_channel_layers)
        self._body.addWidget(self.channel_layers)
        self.pixel_size = PixelSizePanel(self.viewer)
        self._body.addWidget(self.pixel_size)
        self._connect(self.pixel_size.changed, self._on_pixel_size)
        self.axes_combo.currentIndexChanged.connect(lambda _: self._on_axes())
        self._add_segmentation()
        self._add_cropping()
        self._add_results()
        self._connect(self.image_combo.chosen, self._on_image)
        self._connect(self.cells_combo.chosen, self._on_cells)
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.session.events.cell, self._on_cell)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        self._undo += [
            self.image_combo.stop,
            self.cells_combo.stop,
            self.channel_layers.stop,
            self.pixel_size.stop,
            self.histogram.stop,
            self.gallery.thumbs.jobs.abandon,
            self._preview_jobs.abandon,
            picker.stop,
        ]
        self.destroyed.connect(self._preview_jobs.abandon)
        self._connect(self.jobs.failed, self._on_failed)
        self._connect(self._preview_jobs.finished, self._on_preview_finished)
        self._on_image(self.image_combo.layer())
        self._on_crops(self.session.crops)

    # What a script may call ----------------------------------------------------------

    def segment(self, *, cut: bool = False) -> None:
        """Find cells in the whole image; adds a Labels layer and chooses it.

        Parameters
        ----------
        cut : bool
            Cut one crop a cell as well.

        Raises
        ------
        CropError
            If no image is chosen.
        ConfigError
            If an option is wrong.
        """
        image, axes = self._image(), self._axes()
        self.preview_box.setChecked(False)
        pixels = _layers.read_channels(self.channel_layers.layers(), axes)
        task = iter_segment(pixels, self.segment_form.value())

        def add(labels: NDArray[np.int32]) -> None:
            if self._add_labels(image, axes, labels) and cut:
                self.cut()

        self.jobs.run(task, "Segmentation", add)

    def cut(self) -> None:
        """Plan one crop a cell; the session's `crops` change when it is done.

        Raises
        ------
        CropError
            If no image or no cells are chosen, or they do not fit.
        ConfigError
            If an option is wrong.
        """
        objects = self.cells_combo.layer()
        if objects is None:
            raise CropError(
                "There are no cells yet; add a Labels layer, or use Segment first."
            )
        layers = self.channel_layers.layers()
        source = _layers.read_source(self._image(), objects, self._axes(), layers)
        self._cutting = source
        task = iter_plan_objects(source, self.crop_form.value())
        self.jobs.run(task, "Cropping", lambda crops: self._keep(source, crops))

    def open_folder(self, folder: Path) -> None:
        """Cut crops from a folder of images and show them side by side.

        Raises
        ------
        ConfigError
            If an option is wrong.
        """
        self._cutting = None
        config = self.crop_form.value()
        open_folder(self.jobs, self.viewer, self.session, folder, config)

    def go_to(self, row: int) -> None:
        """Move the camera to the cell of a row of the crops and select it."""
        crops, source = self.session.crops, self.session.source
        if crops is None or source is None:
            return
        found = crops.table.iloc[row]
        self.session.cell = Cell(int(found["index"]), int(found["frame"]))
        side = crops.side_px(row) if hasattr(crops, "side_px") else crops.window_px
        _layers.center_on(self.viewer, source, found, side)

    def refresh(self) -> None:
        busy = self._why_busy()
        no_image = "" if self.image_combo.layer() else "open an image first"
        lacking = not no_image and self.cells_combo.layer() is None
        if lacking != self._lacking_cells:
            self._lacking_cells = lacking
            self.segment_section.button.setChecked(lacking)
        self.cut_button.setText("Segment and c&ut crops" if lacking else "C&ut crops")
        allow(self.preview_box, no_image)
        allow(self.segment_button, busy or no_image)
        allow(self.cut_button, busy or no_image)
        allow(self.folder_button, busy)

    # Building ------------------------------------------------------------------------

    def _add_segmentation(self) -> None:
        self.segment_form = ConfigForm(
            SegmentConfig, basic=_SEGMENT_BASIC, listed=("channel",)
        )
        self.preview_box = QCheckBox("Live &preview of the visible part")
        self.preview_box.setToolTip(
            "Segment what is on the canvas while you change the options; "
            "the whole image may get slightly different thresholds"
        )
        self.segment_button = action(
            "&Segment all",
            "Find cells in the whole image and add them as a Labels layer",
            self.segment,
        )
        self.segment_section = Section(
            "No labels yet? Segment",
            self.segment_form,
            self.preview_box,
            self.segment_button,
        )
        self._body.addWidget(self.segment_section)
        remember_form(self.segment_form, "segment")
        self._preview_soon = qdebounced(self._preview, timeout=_PREVIEW_MS, parent=self)
        self.preview_box.toggled.connect(self._on_preview_toggled)
        self._connect(self.segment_form.valueChanged, self._on_preview_due)
        self._connect(self.viewer.dims.events.current_step, self._on_preview_due)
        for event in _layers.view_events(self.viewer):
            self._connect(event, self._on_preview_due)

    def _add_cropping(self) -> None:
        self.crop_form = ConfigForm(CropConfig, basic=_CROP_BASIC, hidden=("channels",))
        remember_form(self.crop_form, "crop")
        self.channels = ChannelBoxes(self.crop_form)
        self._body.addWidget(Section("Crop options", self.channels, self.crop_form))
        self.cut_button = action(
            "C&ut crops",
            "Cut one crop a cell; where there are no labels yet, segment first",
            self._ask_cut,
            main=True,
        )
        self.folder_button = action("Open f&older ...", FOLDER_TIP, self._ask_folder)
        self._body.addWidget(self.cut_button)
        self._body.addWidget(self.folder_button)
        self.image_info = ImageInfoPanel(self.viewer, self.session)
        self._undo.append(self.image_info.stop)
        self._body.addWidget(
            Section("About the images: slide, well, day ...", self.image_info)
        )

    def _add_results(self) -> None:
        self.summary = note()
        self.skipped, self.unlike = note(), note()
        self.histogram = Histogram(self.viewer, _HISTOGRAM_PX, "Sizes of the cells")
        self.gallery = Gallery()
        self.gallery.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding
        )
        for widget in (self.summary, self.unlike, self.skipped, self.histogram):
            self._body.addWidget(widget)
        self._body.addWidget(self.gallery, 1)
        self._connect(self.gallery.clicked_row, self.go_to)

    # Results -------------------------------------------------------------------------

    def _ask_folder(self) -> None:
        folder = ask_folder(self)
        if folder:
            self.open_folder(Path(folder))

    def _ask_cut(self) -> None:
        if self._lacking_cells:
            self.segment(cut=True)
        else:
            self.cut()

    def _add_labels(self, image: Image, axes: str, labels: NDArray[np.int32]) -> bool:
        """Add the labels as a layer and return whether there is a cell in them."""
        if image not in self.viewer.layers:
            show_warning(
                f"Image {image.name!r} was removed during segmentation; "
                "the result was dropped."
            )
            return False
        layer = _layers.add_labels(self.viewer, image, labels, axes)
        self.image_combo.set_layer(image)
        self.cells_combo.set_layer(layer)
        found = bool(labels.any())
        if not found:
            show_warning(
                "No cells were found; try another channel or method, bright or dark "
                "objects, or a smaller minimum area."
            )
        return found

    def _keep(self, source: Source, crops: ImageCrops) -> None:
        if not _layers.is_open(self.viewer, source):
            show_warning(
                "The image or its cells were removed during cropping; "
                "the result was dropped."
            )
            return
        self.session.set_crops(source, crops)

    def _on_failed(self, error: Exception) -> None:
        """Keep that an image has no cells: it belongs into an export, too."""
        if isinstance(error, NoCellsError) and self._cutting is not None:
            add_empty(self.session, self._cutting)

    def _on_crops(self, crops: Any) -> None:
        self.gallery.thumbs.set_crops(crops)
        for widget in (self.histogram, self.skipped, self.unlike):
            widget.setVisible(crops is not None)
        if crops is None:
            self.summary.setText("Open an image, and its labels if you have them.")
            return
        self.unlike.setText(cut_unlike(self.session))
        self.unlike.setVisible(bool(self.unlike.text()))
        self.summary.setText(summary_of(crops))
        self.skipped.setText(skipped_of(crops))
        self.skipped.setVisible(len(crops.skipped) > 0)
        self._show_sizes()

    def _show_sizes(self) -> None:
        source = self.session.source
        spacing = None if source is None else source.spacing_um
        found = widths_of(self.session.crops, spacing)
        self.histogram.setVisible(found is not None)
        if found is not None:
            self.histogram.show_values(*found)

    def _on_cell(self, cell: Cell | None) -> None:
        crops = self.session.crops
        if crops is None or cell is None:
            return
        table = crops.table
        found = (table["index"] == cell.label) & (table["frame"] == cell.frame)
        if found.any():
            self.gallery.select_row(int(np.argmax(found.to_numpy())))

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell

    # Choices -------------------------------------------------------------------------

    def _on_image(self, layer: Image | None) -> None:
        self.axes_combo.clear()
        choices = [] if layer is None else _axes_or_none(layer)
        for text, axes in choices:
            self.axes_combo.addItem(text, axes)
        only = "this image has one order only" if choices else "open an image first"
        allow(self.axes_combo, "" if len(choices) > 1 else only)
        self._fit_axes()
        self._on_axes()
        self._ask_pixel_size()
        self._on_preview_due()
        self.refresh()

    def _on_axes(self) -> None:
        image, axes = self.image_combo.layer(), self.axes_combo.currentData()
        self.channel_layers.show_image(image, axes)
        self._offer_channels()

    def _on_channel_layers(self) -> None:
        self._offer_channels()
        self._ask_pixel_size()
        self._on_preview_due()

    def _on_cells(self, _: Any) -> None:
        self._fit_axes()
        self._ask_pixel_size()
        self.refresh()

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
        image = next(iter(self.channel_layers.layers()), None)
        self.pixel_size.show_layers(image, self.cells_combo.layer())

    def _on_pixel_size(self, image: Image) -> None:
        apply_pixel_size(self.session, image)
        self._show_sizes()

    def _offer_channels(self) -> None:
        """Offer the channels of the image, by name for RGB, to segmentation."""
        names: list[str] = []
        choices = [(name, name) for name in ("auto", "contrast", "gray", "saturation")]
        layers, axes = self.channel_layers.layers(), self.axes_combo.currentData()
        if layers and axes is not None:
            names = _layers.channel_names(layers, axes)
            choices += [(name, str(i)) for i, name in enumerate(names)]
        self.segment_form.set_choices("channel", choices)
        self.channels.set_names(names)

    def _image(self) -> Image:
        """Return the layer that stands for the image: that of its first channel."""
        layers = self.channel_layers.layers()
        if not layers:
            raise CropError("There is no image; open one first.")
        return layers[0]

    def _axes(self) -> str:
        axes = self.axes_combo.currentData()
        if axes is None:
            _layers.axes_choices(self._image())  # says what is wrong
        return str(axes)

    # Preview -------------------------------------------------------------------------

    def _on_preview_toggled(self, on: bool) -> None:
        if on:
            self._preview()
            return
        self._preview_jobs.cancel()
        image = self.image_combo.layer()
        if image is not None:
            _layers.show_preview(self.viewer, image, None, None)

    def _on_preview_due(self, _: Any = None) -> None:
        if self.preview_box.isChecked():
            self._preview_soon()

    def _on_preview_finished(self, how: str) -> None:
        if how == "failed":  # told once, not at every move of the camera
            self.preview_box.setChecked(False)

    def _preview(self) -> None:
        """Segment the visible part of the current plane on a worker."""
        if self.preview_box.isChecked() and not guard(self._start_preview):
            self.preview_box.setChecked(False)

    def _start_preview(self) -> None:
        image, axes = self._image(), self._axes()
        region = _layers.visible_region(image)
        layers = self.channel_layers.layers()
        plane = _layers.visible_part(self.viewer, layers, axes)
        config = self.segment_form.value()

        def show(labels: NDArray[np.int32]) -> None:
            if self.preview_box.isChecked() and image in self.viewer.layers:
                _layers.show_preview(self.viewer, image, labels[0, 0], region)

        self._preview_jobs.run(iter_segment(plane, config), "Preview", show, quiet=True)


def summary_of(crops: Any) -> str:
    """Return how many crops there are and how large their window is."""
    n = len(crops)
    window = crops.window_px
    side = "fitted windows" if np.isnan(window) else f"window {window:.0f} px"
    cells = "cell" if n == 1 else "cells"
    return f"{n} {cells}{folder_text(crops)}, {side}{wider_text(crops)}"


def skipped_of(crops: Any) -> str:
    """Return how many objects were skipped and why, empty if none."""
    counts = crops.skipped["reason"].value_counts()
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.items())
    return f"{len(crops.skipped)} skipped: {reasons}" if reasons else ""


def _axes_or_none(layer: Image) -> list[tuple[str, str]]:
    try:
        return _layers.axes_choices(layer)
    except DisentangleError as error:
        show_info(str(error))
        return []
