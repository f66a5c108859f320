"""The Factors dock: encode cells with a model, color them by a factor, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.colormaps import AVAILABLE_COLORMAPS
from napari.utils.notifications import show_info, show_warning
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QFileDialog, QHBoxLayout
from superqt import QLabeledRangeSlider

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.objects import iter_encode_objects
from napari_disentangle.recipes.outputs import iter_write_table
from napari_disentangle.storage.card import read_card
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._batch import batch_note
from napari_disentangle.widgets._columns import color_columns, direction_of
from napari_disentangle.widgets._dock import Dock, action, allow, note, rows
from napari_disentangle.widgets._encode_all import (
    ENCODE_ALL_TIP,
    encode_all,
    why_not_all,
)
from napari_disentangle.widgets._models import ModelCombo
from napari_disentangle.widgets._plots import ColorBar
from napari_disentangle.widgets._readout import Readout
from napari_disentangle.widgets._settings import preference, recall, remember
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    import pandas as pd

    from napari_disentangle.recipes.objects import EncodedObjects
    from napari_disentangle.storage.card import ModelCard
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.widgets._layers import Coloring, Source

_COLORMAPS = ("viridis", "magma", "plasma", "turbo", "PiYG", "gray")
_PAINTER = "factors"
_BAR_PX = 110
_BATCH = 16
_NO_LAYER = "The layer that shows the cells was removed, so none is colored."


class FactorsWidget(Dock):
    """Choose a model, encode the crops, and color the cells by what it finds."""

    onward = ("Explore", "Annotate", "Traversal")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._coloring: Coloring | None = None
        self._painted: Embedding | None = None
        self._read_from = ""
        self._add_model()
        self._add_coloring()
        self.readout = Readout()
        self._body.addWidget(self.readout)
        self.export_button = action(
            "E&xport table ...",
            "Save one row a cell, all frames and columns: CSV, Parquet or AnnData",
            self._ask_export,
        )
        self._body.addWidget(self.export_button)
        self._body.addStretch(1)
        self._follower = _layers.FrameFollower(self.viewer, self._on_frame)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_hover=self.readout.show_cell
        )
        self._undo += [self._follower.stop, picker.stop, self.color_bar.stop]
        self._undo.append(self.model_combo.stop)
        self._connect(self.session.events.models, self._on_models)
        self._connect(self.session.events.wanted_model, self._on_wanted)
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.session.events.table, self._on_table)
        self._connect(self.session.events.images, self._on_images)
        self._connect(self.session.events.cell, self.readout.show_cell)
        self._connect(self.session.events.painter, self._on_painter)
        self._on_model()
        self._on_table(self.session.table)

    # What a script may call ----------------------------------------------------------

    def set_model(self, name_or_dir: str | Path) -> None:
        """Choose a bundled model by name, or a model folder.

        Raises
        ------
        ModelError
            If there is no such model or its card is damaged.
        """
        read_card(name_or_dir)
        self.model_combo.choose(name_or_dir)

    def encode(self) -> None:
        """Encode the session's crops; its `table` changes when it is done.

        Raises
        ------
        DataError
            If there are no crops.
        ModelError
            If no model is chosen.
        """
        source, crops = self.session.source, self.session.crops
        if source is None or crops is None:
            raise DataError("There are no crops; cut some in the Crops dock first.")
        task = iter_encode_objects(
            source,
            crops,
            self._model(),
            device=preference("device", "auto"),
            batch_size=preference("batch_size", _BATCH),
        )
        self.jobs.run(task, "Encoding", lambda codes: self._keep(source, crops, codes))

    def encode_all(self) -> None:
        """Cut and encode the other open images as this one; exports have them, too.

        Raises
        ------
        DataError
            If this image is not encoded, or no other has labels.
        """
        encode_all(self.jobs, self.viewer, self.session)

    def color_by(self, column: str) -> None:
        """Color the cells by a column of the table, ``z_scale`` for instance.

        Raises
        ------
        DataError
            If the cells are not encoded or there is no such column.
        """
        row = self.column_combo.findData(column)
        if row < 0:
            known = [self.column_combo.itemData(i) for i in range(5)]
            raise DataError(
                f"There is no column {column!r} to color by; encode the cells, or take "
                f"one of {', '.join(map(str, known))}."
            )
        if row == self.column_combo.currentIndex():
            self._paint()
        self.column_combo.setCurrentIndex(row)

    def restore_colors(self) -> None:
        """Give the layer its own colors back."""
        self.session.painter = ""
        if self.session.source is not None:
            _layers.restore_colors(self.viewer, self.session.source)

    def export(self, path: Path) -> None:
        """Write the table to `path`, CSV or Parquet by its suffix.

        Raises
        ------
        DataError
            If there is no table.
        """
        if self.session.table is None:
            raise DataError("There is no table yet; encode the cells first.")
        self.jobs.run(
            iter_write_table(self.session.table, path),
            "Export",
            lambda n: show_info(f"{n} cells were saved to {path}."),
        )

    def refresh(self) -> None:
        busy = self._why_busy()
        crops, table = self.session.crops, self.session.table
        no_crops = "" if crops is not None else "cut crops in the Crops dock first"
        no_model = "" if self.model_combo.count() else "open a model folder first"
        no_table = "" if table is not None else "encode the cells first"
        self.encode_button.setText(f"&Encode{_count_of(crops)}")
        allow(self.encode_button, busy or no_model or no_crops)
        allow(self.encode_all_button, busy or why_not_all(self.session))
        allow(
            self.restore_button, "" if self._coloring else "the cells are not colored"
        )
        allow(self.export_button, busy or no_table)
        for widget in (self.column_combo, self.colormap_combo, self.percentiles):
            widget.setEnabled(table is not None)

    # Building ------------------------------------------------------------------------

    def _add_model(self) -> None:
        self.model_combo = ModelCombo(
            self.session, "The model that turns crops into factors"
        )
        self.open_button = action(
            "&Open ...", "Open a model folder (weights and card)", self._ask_model
        )
        self.model_note = note()
        self.encode_button = action(
            "&Encode", "Compute the factors of all crops", self.encode, main=True
        )
        line = QHBoxLayout()
        line.addLayout(rows(("&Model", self.model_combo)), 1)
        line.addWidget(self.open_button)
        self._body.addLayout(line)
        self._body.addWidget(self.model_note)
        self.encode_all_button = action(
            "Encode all other open ima&ges", ENCODE_ALL_TIP, self.encode_all
        )
        self._body.addWidget(self.encode_button)
        self._body.addWidget(self.encode_all_button)
        self.model_combo.currentIndexChanged.connect(lambda _: self._on_model())

    def _add_coloring(self) -> None:
        self.column_combo = _combo("What the color of a cell tells")
        self.colormap_combo = _combo("Colors from low to high")
        names = [name for name in _COLORMAPS if name in AVAILABLE_COLORMAPS]
        self.colormap_combo.addItems(names)
        self.colormap_combo.setCurrentText(
            recall("colormap", preference("colormap", "viridis"))
        )
        self.percentiles = QLabeledRangeSlider(Qt.Orientation.Horizontal)
        self.percentiles.setRange(0, 100)
        self.percentiles.setValue((1, 99))
        self.percentiles.setToolTip(
            "The lowest and the highest color, in percentiles of all cells"
        )
        self.color_bar = ColorBar(self.viewer, _BAR_PX, "Color bar")
        self.direction = note()
        self.restore_button = action(
            "Original &colors",
            "Give the layer its own colors back",
            self.restore_colors,
        )
        self._body.addLayout(
            rows(
                ("Color &by", self.column_combo),
                ("Color&map", self.colormap_combo),
                ("&Percentiles", self.percentiles),
            )
        )
        for widget in (self.color_bar, self.direction, self.restore_button):
            self._body.addWidget(widget)
        self.column_combo.currentIndexChanged.connect(lambda _: self._paint())
        self.column_combo.activated.connect(lambda _: self._paint_again())
        self.colormap_combo.currentTextChanged.connect(lambda _: self._paint())
        self._paint_soon = Soon(self._paint, self)
        self._explain_soon = Soon(self._explain_colors, self)
        self._undo += [self._paint_soon.stop, self._explain_soon.stop]
        self.percentiles.valueChanged.connect(lambda _: self._paint_soon())

    # Model ---------------------------------------------------------------------------

    def _model(self) -> Any:
        """Return the model that was read already, or its name or folder."""
        data = self.model_combo.currentData()
        if data is None:
            raise ModelError("There is no model; open a model folder first.")
        model = self.session.model
        return model if model is not None and self._read_from == data else data

    def _ask_model(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open a model folder")
        if folder:
            self.set_model(folder)

    def _on_models(self, _: tuple[str, ...]) -> None:
        """Read a model from its folder next time: it may have been written anew."""
        self._read_from = ""

    def _on_wanted(self, folder: str) -> None:
        if folder:
            guard(self.set_model, folder)

    def _on_model(self) -> None:
        data = self.model_combo.currentData()
        self.model_note.setText("")
        if data is not None:
            remember("model", data)
            guard(lambda: self.model_note.setText(facts_of(read_card(data))))
        self.refresh()

    # Results -------------------------------------------------------------------------

    def _keep(self, source: Source, crops: Crops, codes: EncodedObjects) -> None:
        if not _layers.is_open(self.viewer, source) or crops is not self.session.crops:
            show_warning(
                "The cells were removed or cut anew during encoding; "
                "the result was dropped."
            )
            return
        self._read_from = self.model_combo.currentData()
        self.session.measured = codes.measured
        self.session.set_codes(codes.model, codes.embedding, codes.table)

    def _on_crops(self, _: Any) -> None:
        self.refresh()

    def _on_images(self, _: Any) -> None:
        """Say anew whether the factor separates slides or days."""
        if self._coloring is not None:
            self._explain_soon()

    def _on_painter(self, painter: str) -> None:
        """Leave the cells to the dock whose colors they show now."""
        if painter != _PAINTER:
            self._paint_soon.stop()
            self._coloring = None
            self.color_bar.hide()
            self.direction.hide()
            self.refresh()

    def _on_table(self, table: pd.DataFrame | None) -> None:
        before = self.column_combo.currentData()
        blocked = self.column_combo.blockSignals(True)
        self.column_combo.clear()
        for text, column in [] if table is None else color_columns(table):
            self.column_combo.addItem(text, column)
        self.column_combo.setCurrentIndex(max(0, self.column_combo.findData(before)))
        self.column_combo.blockSignals(blocked)
        self.readout.set_table(table)
        source = self.session.source
        self._follower.follow(source if table is not None else None)
        self.color_bar.setVisible(table is not None and self._coloring is not None)
        self.direction.hide()
        if table is None or source is None:
            self._coloring = None
        else:
            self._show_features(_layers.current_frame(self.viewer, source))
            encoded = self.session.embedding is not self._painted
            if self.session.painter == _PAINTER or (
                encoded and not self.session.painter
            ):
                self._paint_soon()
            self._painted = self.session.embedding
        self.refresh()

    def _show_features(self, frame: int) -> None:
        source, table = self.session.source, self.session.table
        layer = None if source is None else source.objects_layer()
        if source is not None and table is not None and layer is not None:
            _layers.set_features(layer, table, frame, source.roi_id)

    def _on_frame(self, frame: int) -> None:
        self._show_features(frame)
        source, table = self.session.source, self.session.table
        if self._coloring is not None and source is not None and table is not None:
            _layers.paint(self.viewer, source, table, frame, self._coloring)

    def _paint(self) -> None:
        """Color the current frame by the chosen column, limits from all frames."""
        source, table = self.session.source, self.session.table
        column = self.column_combo.currentData()
        if source is None or table is None or column is None:
            return
        values = table[column].to_numpy(float)
        name = self.colormap_combo.currentText()
        remember("colormap", name)
        low, high = _layers.limits_of(values, *self.percentiles.value())
        self.session.painter = _PAINTER
        self._coloring = _layers.Coloring(column, name, low, high)
        frame = _layers.current_frame(self.viewer, source)
        _layers.paint(self.viewer, source, table, frame, self._coloring)
        self._explain_soon()
        self.refresh()

    def _explain_colors(self) -> None:
        """Show what the colors mean: the color bar, and which way it points."""
        table, coloring = self.session.table, self._coloring
        if table is None or coloring is None or coloring.column not in table:
            return
        if not _layers.has_layers(self.viewer, self.session.source):
            self.direction.setText(_NO_LAYER)
            self.direction.show()
            return
        values = table[coloring.column].to_numpy(float)
        self.color_bar.show()
        self.color_bar.show_coloring(values, coloring)
        self.direction.setText(self._direction(table, coloring.column))
        self.direction.setVisible(bool(self.direction.text()))

    def _paint_again(self) -> None:
        """Paint by the column that was chosen before other colors came."""
        if self._coloring is None:
            self._paint()

    def _direction(self, table: pd.DataFrame, column: str) -> str:
        """Return what a higher value means: by the card, and in these cells."""
        model = self.session.model
        dimensions = () if model is None else model.card.dimensions
        said = [d.direction for d in dimensions if f"z_{d.name}" == column]
        card = f"Higher = {said[0]}, says the model. " if any(said) else ""
        told = card + direction_of(table, column)
        return f"{told} {batch_note(self.session, column)}".strip()

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Export table", "cells.csv", "Tables (*.csv *.parquet *.h5ad)"
        )
        if path:
            self.export(Path(path))


def facts_of(card: ModelCard) -> str:
    """Return in a sentence or two what a model knows and how its names came about."""
    named = [d for d in card.dimensions if d.how_named != "unnamed"]
    names = ", ".join(d.name.replace("_", " ") for d in named) or "none"
    how = " and ".join(sorted({d.how_named for d in named}))
    rest = len(card.dimensions) - len(named)
    reads = f"features of {card.backbone}" if card.backbone else "pixels"
    return f"Named ({how}): {names}; {rest} without a name. Reads {reads}."


def _count_of(crops: Crops | None) -> str:
    return "" if crops is None else f" {len(crops)} cells"


def _combo(tooltip: str) -> QComboBox:
    combo = QComboBox()
    combo.setToolTip(tooltip)
    combo.setSizeAdjustPolicy(
        QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    )
    combo.setMinimumContentsLength(10)
    return combo
