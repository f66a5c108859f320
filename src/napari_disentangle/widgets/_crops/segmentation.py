"""Cells found in an image that has no labels, with a live preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_warning
from qtpy.QtWidgets import QCheckBox, QVBoxLayout, QWidget
from superqt.utils import qdebounced

from napari_disentangle.crops.segment import SegmentConfig, iter_segment
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import action, allow
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._settings import remember_form
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from napari.layers import Image, Labels
    from numpy.typing import NDArray

    from napari_disentangle.widgets._crops.choices import ImageChoice

_BASIC = ("channel", "objects", "method", "split_px", "min_area_px")
_GRAYS = ("auto", "contrast", "gray", "saturation")
_PREVIEW_MS = 250


class SegmentPanel(QWidget):
    """Options of the segmentation, what they find on the canvas, and the whole of it.

    Parameters
    ----------
    viewer : napari.Viewer
        Shows the preview; followed until `stop`.
    choice : ImageChoice
        Says which image.
    jobs : Jobs
        Runs the segmentation of the whole image.
    """

    def __init__(self, viewer: Any, choice: ImageChoice, jobs: Jobs) -> None:
        super().__init__()
        self._viewer = viewer
        self._choice = choice
        self._jobs = jobs
        self._preview_jobs = Jobs()
        self.form = ConfigForm(SegmentConfig, basic=_BASIC, listed=("channel",))
        remember_form(self.form, "segment")
        self.preview_box = QCheckBox("Live &preview of the visible part")
        self.preview_box.setToolTip(
            "Segment what is on the canvas while you change the options; "
            "the whole image may get slightly different thresholds"
        )
        self.button = action(
            "&Segment all",
            "Find cells in the whole image and add them as a Labels layer",
            self.segment,
        )
        self.section = Section(
            "No labels yet? Segment", self.form, self.preview_box, self.button
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        self._preview_soon = qdebounced(self._preview, timeout=_PREVIEW_MS, parent=self)
        self._events = [
            self.form.valueChanged,
            viewer.dims.events.current_step,
            *_layers.view_events(viewer),
            choice.changed,
        ]
        for event in self._events:
            event.connect(self._on_preview_due)
        self.preview_box.toggled.connect(self._on_preview_toggled)
        self._preview_jobs.finished.connect(self._on_preview_finished)
        self.destroyed.connect(self._preview_jobs.abandon)

    def segment(self, then: Callable[[], object] | None = None) -> None:
        """Find cells in the whole image; adds a Labels layer and chooses it.

        Parameters
        ----------
        then : callable, optional
            Called if there are cells.

        Raises
        ------
        CropError
            If no image is chosen.
        ConfigError
            If an option is wrong.
        """
        image, axes = self._choice.image(), self._choice.axes()
        self.preview_box.setChecked(False)
        pixels = _layers.read_channels(self._choice.layers(), axes)
        config = self.form.value()
        task = iter_segment(pixels, config)

        def add(labels: NDArray[np.int32]) -> None:
            layer = self._add_labels(image, axes, labels)
            if layer is None:
                return
            _layers.keep_segmentation(layer, config)
            if labels.any() and then is not None:
                then()

        self._jobs.run(task, "Segmentation", add)

    def offer_channels(self, names: list[str]) -> None:
        """Offer the channels of the image, and grays made of them."""
        choices = [(name, name) for name in _GRAYS]
        choices += [(name, str(i)) for i, name in enumerate(names)]
        self.form.set_choices("channel", choices)

    def refresh(self, busy: str, no_image: str) -> None:
        """Enable what can be done now and say why the rest cannot."""
        allow(self.preview_box, no_image)
        allow(self.button, busy or no_image)

    def stop(self) -> None:
        """Stop following viewer and choice."""
        self._preview_jobs.abandon()
        for event in self._events:
            event.disconnect(self._on_preview_due)
        self._events = []

    def _add_labels(
        self, image: Image, axes: str, labels: NDArray[np.int32]
    ) -> Labels | None:
        """Add the labels as a layer and return it, None if the image is gone."""
        if image not in self._viewer.layers:
            show_warning(
                f"Image {image.name!r} was removed during segmentation; "
                "the result was dropped."
            )
            return None
        layer: Labels = _layers.add_labels(self._viewer, image, labels, axes)
        self._choice.image_combo.set_layer(image)
        self._choice.cells_combo.set_layer(layer)
        if not labels.any():
            show_warning(
                "No cells were found; try another channel or method, bright or dark "
                "objects, or a smaller minimum area."
            )
        return layer

    # Preview -------------------------------------------------------------------------

    def _on_preview_toggled(self, on: bool) -> None:
        if on:
            self._preview()
            return
        self._preview_jobs.cancel()
        image = self._choice.image_combo.layer()
        if image is not None:
            _layers.show_preview(self._viewer, image, None, None)

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
        image, axes = self._choice.image(), self._choice.axes()
        region = _layers.visible_region(image)
        plane = _layers.visible_part(self._viewer, self._choice.layers(), axes)
        config = self.form.value()

        def show(labels: NDArray[np.int32]) -> None:
            if self.preview_box.isChecked() and image in self._viewer.layers:
                _layers.show_preview(self._viewer, image, labels[0, 0], region)

        self._preview_jobs.run(iter_segment(plane, config), "Preview", show, quiet=True)
