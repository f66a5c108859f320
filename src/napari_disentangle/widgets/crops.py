"""The Crops dock: from an image and labels, or a segmentation, to one crop a cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_warning
from qtpy.QtWidgets import QSizePolicy

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import NoCellsError
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._crops.channels import ChannelBoxes
from napari_disentangle.widgets._crops.choices import ImageChoice
from napari_disentangle.widgets._crops.folder import FOLDER_TIP, ask_folder, open_folder
from napari_disentangle.widgets._crops.results import ResultsPanel
from napari_disentangle.widgets._crops.segmentation import SegmentPanel
from napari_disentangle.widgets._dock import Dock, action, allow
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._image_info.panel import ImageInfoPanel
from napari_disentangle.widgets._images import add_empty
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._settings import remember_form
from napari_disentangle.widgets._spacing import apply_pixel_size

if TYPE_CHECKING:
    import napari
    from napari.layers import Image

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.widgets._layers import Source

_CROP_BASIC = ("window", "background")


class CropsWidget(Dock):
    """Choose an image and its cells, and look at the crops."""

    onward = ("Factors",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._cutting: Source | None = None
        self._lacking_cells = False
        self._build()
        self._name_parts()
        self._connect(self.choice.changed, self._on_choice)
        self._connect(self.pixel_size.changed, self._on_pixel_size)
        self._connect(self.results.clicked_row, self.go_to)
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.session.events.cell, self.results.show_cell)
        self._connect(self.jobs.failed, self._on_failed)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        parts = self.choice, self.segmentation, self.image_info, self.results, picker
        self._undo += [part.stop for part in parts]
        self._on_choice()
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
        self.segmentation.segment(self.cut if cut else None)

    def cut(self) -> None:
        """Plan one crop a cell; the session's `crops` change when it is done.

        Raises
        ------
        CropError
            If no image or no cells are chosen, or they do not fit.
        ConfigError
            If an option is wrong.
        """
        source = self.choice.source()
        self._cutting = source
        task = iter_plan_objects(source, self.crop_form.value())
        task = _layers.iter_with_colors(task, source)
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
        self.segmentation.refresh(busy, no_image)
        allow(self.cut_button, busy or no_image)
        allow(self.folder_button, busy)

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.choice = ImageChoice(self.viewer)
        self.segmentation = SegmentPanel(self.viewer, self.choice, self.jobs)
        self.crop_form = ConfigForm(CropConfig, basic=_CROP_BASIC, hidden=("channels",))
        remember_form(self.crop_form, "crop")
        self.channels = ChannelBoxes(self.crop_form)
        self.cut_button = action(
            "C&ut crops",
            "Cut one crop a cell; where there are no labels yet, segment first",
            self._ask_cut,
            main=True,
        )
        self.folder_button = action("Open f&older ...", FOLDER_TIP, self._ask_folder)
        self.image_info = ImageInfoPanel(self.viewer, self.session)
        self.results = ResultsPanel(self.viewer, self.session)
        for widget in (
            self.choice,
            self.segmentation,
            Section("Crop options", self.channels, self.crop_form),
            self.cut_button,
            self.folder_button,
            Section("About the images: slide, well, day ...", self.image_info),
        ):
            self._body.addWidget(widget)
        expanding = QSizePolicy.Policy.Expanding
        self.results.setSizePolicy(expanding, expanding)
        self._body.addWidget(self.results, 1)

    def _name_parts(self) -> None:
        """Give the parts of the panels the names by which scripts know them."""
        self.image_combo = self.choice.image_combo
        self.cells_combo = self.choice.cells_combo
        self.axes_combo = self.choice.axes_combo
        self.channel_layers = self.choice.channel_layers
        self.pixel_size = self.choice.pixel_size
        self.segment_form = self.segmentation.form
        self.segment_section = self.segmentation.section
        self.segment_button = self.segmentation.button
        self.preview_box = self.segmentation.preview_box
        self.summary = self.results.summary
        self.skipped = self.results.skipped
        self.unlike = self.results.unlike
        self.histogram = self.results.histogram
        self.gallery = self.results.gallery

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
        self.results.show_crops(crops)

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell

    # Choices -------------------------------------------------------------------------

    def _on_choice(self) -> None:
        names = self.choice.channel_names()
        self.segmentation.offer_channels(names)
        self.channels.set_names(names)
        self.refresh()

    def _on_pixel_size(self, image: Image) -> None:
        apply_pixel_size(self.session, image)
        self.results.show_sizes()
