"""The Traversal dock: walk a factor, as pictures beside the nearest real cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari.utils.notifications import show_info, show_warning
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
)

from napari_disentangle.errors import DataError
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.recipes.outputs import iter_write_stack
from napari_disentangle.recipes.pictures import PicturesConfig, iter_learn_pictures
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.training.config import DecoderConfig
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import column_text
from napari_disentangle.widgets._dock import Dock, action, allow, note
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._settings import preference, remember_form
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import napari

    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.widgets._session import Cell

_PICTURES = {
    "none": "This model draws no pictures: you will see the nearest real cells only. "
    "Learn pictures to see decoded ones.",
    "synthetic": "Decoded pictures are synthetic sprites: they show what a factor "
    "means to the model, not how your cells look.",
    "own cells": "Decoded pictures were learned from these cells.",
}
_DECODED = {
    "synthetic": "decoded by a decoder of synthetic sprites",
    "own cells": "decoded, learned from your own cells",
}
_LIST_PX = 132


class TraversalWidget(Dock):
    """Walk factors of a cell, or of the mean cell, and save the walk."""

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._add_start()
        self._add_walk()
        self._add_pictures()
        self._add_result()
        self._body.addStretch(1)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        self._undo.append(picker.stop)
        self._connect(self.session.events.embedding, lambda _: self._on_codes())
        self._connect(self.session.events.pictured, lambda _: self.refresh())
        self._connect(self.session.events.cell, self._on_cell)
        self._connect(self.session.events.stack, self._on_stack)
        self._connect(self.viewer.dims.events.point, lambda _: self._show_position())
        self._on_codes()
        self._on_cell(self.session.cell)
        self._on_stack(self.session.stack)

    # What a script may call ----------------------------------------------------------

    def start_from(self, cell: Cell | None) -> None:
        """Start at `cell`, or at the mean of all cells."""
        if cell is not None:
            self.session.cell = cell
        (self.mean_button if cell is None else self.cell_button).setChecked(True)

    def set_factors(self, factors: Sequence[str]) -> None:
        """Walk `factors`, named as in the model, and no others."""
        for item in self._items():
            on = item.data(Qt.ItemDataRole.UserRole) in factors
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def factors(self) -> list[str]:
        """Return the factors that will be walked."""
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        ]

    def learn_pictures(self) -> None:
        """Fit a picture decoder on these cells; the session's `pictured` changes.

        Cancel keeps the decoder there was.

        Raises
        ------
        DataError
            If the cells are not encoded.
        ConfigError
            If an option is wrong.
        """
        model, _, crops = self._encoded()
        task = iter_learn_pictures(
            crops,
            model,
            PicturesConfig(decoder=self.decoder_form.value()),
            device=preference("device", "auto"),
        )
        self.jobs.run(
            task, "Learning pictures", lambda found: self._keep_pictures(crops, found)
        )

    def make(self) -> None:
        """Walk the factors and add the stacks; the session's `stack` changes.

        Raises
        ------
        DataError
            If the cells are not encoded, no factor or no cell is chosen, or the chosen
            cell has no crop.
        ConfigError
            If the range is wrong.
        """
        from napari_disentangle.recipes.traversal import iter_make_traversal

        model, embedding, crops = self._encoded()
        factors = self.factors()
        if not factors:
            raise DataError("No factor is chosen; check at least one.")
        task = iter_make_traversal(
            self.session.pictured or model,
            embedding,
            crops,
            row=self._row(embedding),
            factors=factors,
            config=self.form.value(),
        )
        self.jobs.run(task, "Traversal", lambda stack: self._keep(embedding, stack))

    def save(self, path: Path) -> None:
        """Write the stacks as ImageJ hyperstacks.

        The nearest real cells go to a second file, `..._nearest.tif`.

        Raises
        ------
        DataError
            If there is no traversal.
        """
        if self.session.stack is None:
            raise DataError("There is no traversal to save; make one first.")
        self.jobs.run(iter_write_stack(self.session.stack, path), "Saving", _tell_saved)

    def refresh(self) -> None:
        busy = self._why_busy()
        coded = self.session.embedding is not None
        not_coded = "" if coded else "encode the cells in the Factors dock first"
        no_stack = "" if self.session.stack is not None else "make a traversal first"
        no_factor = "" if self.factors() else "check at least one factor"
        model = self.session.pictured or self.session.model
        pixels = "" if _kind(model) != "pixels" else "this model draws by itself"
        allow(self.learn_button, busy or not_coded or pixels)
        allow(self.make_button, busy or not_coded or no_factor)
        allow(self.save_button, busy or no_stack)
        self.cell_button.setEnabled(self.session.cell is not None)
        self.picture_note.setText(_PICTURES[_source(model)] if coded else "")

    # Building ------------------------------------------------------------------------

    def _add_start(self) -> None:
        self.mean_button = QRadioButton("Start from the &mean cell")
        self.mean_button.setToolTip("The mean of the codes of all cells")
        self.mean_button.setChecked(True)
        self.cell_button = QRadioButton("Start from the &selected cell")
        self.cell_button.setToolTip("Click a cell in the image or in the gallery")
        self._body.addWidget(self.mean_button)
        self._body.addWidget(self.cell_button)

    def _add_walk(self) -> None:
        self.factor_list = QListWidget()
        self.factor_list.setAccessibleName("Factors to walk")
        self.factor_list.setToolTip("Factors to walk; space checks and unchecks")
        self.factor_list.setFixedHeight(_LIST_PX)
        self.factor_list.setSelectionMode(
            QAbstractItemView.SelectionMode.SingleSelection
        )
        self.factor_list.itemChanged.connect(lambda _: self.refresh())
        self.form = ConfigForm(TraversalConfig)
        remember_form(self.form, "walk")
        self._body.addWidget(self.factor_list)
        self._body.addWidget(self.form)

    def _add_pictures(self) -> None:
        self.picture_note = note()
        self.decoder_form = ConfigForm(DecoderConfig)
        self.decoder_form.setValue(PicturesConfig().decoder)
        self.learn_button = action(
            "&Learn pictures from these cells",
            "Fit a small decoder on your crops (about 2 minutes); the codes stay as "
            "they are",
            self.learn_pictures,
        )
        self._body.addWidget(self.picture_note)
        self._body.addWidget(self.learn_button)
        self._body.addWidget(Section("Learning options", self.decoder_form))

    def _add_result(self) -> None:
        self.make_button = action(
            "Make &traversal",
            "Add image stacks (factor, step, y, x) to the right of the image",
            self.make,
            main=True,
        )
        self.legend = note()
        self.position = note()
        self.save_button = action(
            "Save as T&IFF ...",
            "Save as ImageJ hyperstacks (Z = factor, T = step) that Fiji opens",
            self._ask_save,
        )
        for widget in (self.make_button, self.legend, self.position, self.save_button):
            self._body.addWidget(widget)

    # Results -------------------------------------------------------------------------

    def _keep_pictures(self, crops: Crops, model: Model) -> None:
        embedding = self.session.embedding
        if crops is not self.session.crops or embedding is None:
            show_warning("The cells changed while pictures were learned; dropped them.")
        elif embedding.model_id != model.id:
            show_warning("The model changed while pictures were learned; dropped them.")
        else:
            self.session.pictured = model

    def _keep(self, embedding: Embedding, stack: TraversalStack) -> None:
        if embedding is not self.session.embedding:
            show_warning("The cells were encoded anew; this traversal was dropped.")
            return
        source = self.session.source
        beside = None if source is None else source.image_layer()
        if beside is None or beside not in self.viewer.layers:
            show_warning("The image was removed; this traversal was dropped.")
            return
        _layers.add_stack(self.viewer, stack, beside)
        self.session.stack = stack

    def _on_codes(self) -> None:
        model = self.session.model if self.session.embedding is not None else None
        names = [] if model is None else list(model.dimensions)
        if names != [item.data(Qt.ItemDataRole.UserRole) for item in self._items()]:
            self._fill(names)
        self.refresh()

    def _fill(self, names: list[str]) -> None:
        blocked = self.factor_list.blockSignals(True)
        self.factor_list.clear()
        for name in names:
            item = QListWidgetItem(column_text(f"z_{name}"))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = name in NAMED_FACTORS or not set(NAMED_FACTORS) & set(names)
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.factor_list.addItem(item)
        self.factor_list.blockSignals(blocked)

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell

    def _on_cell(self, cell: Cell | None) -> None:
        which = "" if cell is None else f" ({cell.label})"
        self.cell_button.setText(f"Start from the &selected cell{which}")
        (self.mean_button if cell is None else self.cell_button).setChecked(True)
        self.refresh()

    def _on_stack(self, stack: TraversalStack | None) -> None:
        self.legend.setText("" if stack is None else legend_of(stack))
        self._show_position()
        self.refresh()

    def _show_position(self) -> None:
        stack = self.session.stack
        self.position.setVisible(stack is not None)
        if stack is not None:
            self.position.setText(
                position_text(stack, *_layers.stack_position(self.viewer, stack))
            )

    # Choices -------------------------------------------------------------------------

    def _items(self) -> list[QListWidgetItem]:
        found = (self.factor_list.item(i) for i in range(self.factor_list.count()))
        return [item for item in found if item is not None]

    def _encoded(self) -> tuple[Model, Embedding, Crops]:
        session = self.session
        if session.model is None or session.embedding is None or session.crops is None:
            raise DataError("Encode the cells in the Factors dock first.")
        return session.model, session.embedding, session.crops

    def _row(self, embedding: Embedding) -> int | None:
        from napari_disentangle.recipes.traversal import row_of

        if self.mean_button.isChecked():
            return None
        cell, source = self.session.cell, self.session.source
        if cell is None or source is None:
            raise DataError("No cell is selected; click one, or take the mean cell.")
        return row_of(embedding, cell.label, cell.frame, source.roi_id)

    def _ask_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save traversal", "traversal.tif", "ImageJ hyperstack (*.tif)"
        )
        if path:
            guard(self.save, Path(path))


def legend_of(stack: TraversalStack) -> str:
    """Return which pictures are drawn and which are real."""
    lines = []
    if stack.decoded is not None:
        lines.append(f"Top: {_DECODED.get(stack.picture_source, 'decoded')}.")
    if stack.nearest is not None:
        where = "Below" if lines else "Shown"
        lines.append(f"{where}: the nearest real cells of this image.")
    if any(stack.from_prior):
        lines.append("Factors without spread among these cells use the model's range.")
    return " ".join(lines)


def position_text(stack: TraversalStack, factor: int, step: int) -> str:
    """Return where the sliders are, and where the real cell shown really lies."""
    name = column_text(f"z_{stack.factors[factor]}")
    text = f"{name}: {stack.steps_sd[step]:+.1f} sd from the mean of the cells"
    if stack.nearest_sd is not None:
        text += f" (nearest real cell: {stack.nearest_sd[factor, step]:+.1f} sd)"
    return text


def _kind(model: Model | None) -> str:
    return "" if model is None else model.kind


def _source(model: Model | None) -> str:
    if model is None:
        return "none"
    from napari_disentangle.latents.render import picture_source

    return picture_source(model)


def _tell_saved(paths: tuple[Path, ...]) -> None:
    show_info(f"Saved {' and '.join(str(path) for path in paths)}.")
