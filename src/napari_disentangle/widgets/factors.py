"""The Factors dock: encode cells with a model, color them by a factor, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QFileDialog

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.get_model import iter_get_model
from napari_disentangle.recipes.outputs import iter_write_table
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock, action, allow, note
from napari_disentangle.widgets._encode_all import (
    ENCODE_ALL_TIP,
    AllImages,
    why_not_all,
)
from napari_disentangle.widgets._factors.coloring import ColoringPanel
from napari_disentangle.widgets._factors.encoding import Encoding
from napari_disentangle.widgets._factors.known import KnownNote
from napari_disentangle.widgets._factors.model import ModelPanel
from napari_disentangle.widgets._factors.pointed import PointedCell

if TYPE_CHECKING:
    import napari
    import pandas as pd

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers import Coloring


class FactorsWidget(Dock):
    """Choose a model, encode the crops, and color the cells by what it finds."""

    onward = ("Explore", "Annotate", "Traversal")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._build()
        self._name_parts()
        self._follower = _layers.FrameFollower(self.viewer, self._on_frame)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_hover=self.pointed.show_cell
        )
        self._undo += [self._follower.stop, picker.stop, self.pointed.stop]
        self._undo += [self.coloring.stop, self.models.stop]
        self._edits = _layers.EditWatch(self.viewer, self.session, self)
        self._undo.append(self._edits.stop)
        self._encoding = Encoding(
            self.viewer, self.session, self.jobs, self.models, self._edits
        )
        self._all_images = AllImages(self.jobs, self.viewer, self.session)
        self._connect(self._edits.changed, self.refresh)
        self._connect(self.models.changed, self.refresh)
        self._connect(self.models.asked_for, self.get_model)
        self._connect(self.coloring.painted, self.refresh)
        self._connect(self.session.events.crops, self._on_crops)
        self._connect(self.session.events.table, self._on_table)
        self._connect(self.session.events.cell, self.pointed.show_cell)
        self._on_crops(self.session.crops)
        self._on_table(self.session.table)

    # What a script may call ----------------------------------------------------------

    def set_model(self, name_or_dir: str | Path) -> None:
        """Choose a bundled model by name, or a model folder.

        Raises
        ------
        ModelError
            If there is no such model or its card is damaged.
        """
        self.models.choose(name_or_dir)

    def get_model(self, source: str) -> None:
        """Unpack a published model, and choose it when it is there.

        Parameters
        ----------
        source : str
            Web address or path of a zip file with a model folder.
        """
        self.jobs.run(iter_get_model(source), "Getting the model", self.set_model)

    def encode(self) -> None:
        """Encode the session's crops; its `table` changes when it is done.

        If labels were edited since, crops are cut anew, and only the cells that differ
        are encoded.
        """
        self._encoding.start()

    def encode_all(self) -> None:
        """Cut and encode the other open images as this one; exports have them, too."""
        self._all_images.start()

    def color_by(self, column: str) -> None:
        """Color the cells by a column of the table, ``z_scale`` for instance.

        Raises
        ------
        DataError
            If the cells are not encoded or there is no such column.
        """
        self.coloring.choose(column)

    def restore_colors(self) -> None:
        """Give the layer its own colors back."""
        self.coloring.restore()

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
        self._edits.hold(self.jobs.running)
        text, edited = self._encoding.texts()
        self.encode_button.setText(text)
        self.edits_note.setText(edited)
        self.edits_note.setVisible(bool(edited))
        allow(self.encode_button, busy or no_model or no_crops)
        allow(self.models.get_button, busy)
        allow(self.encode_all_button, busy or why_not_all(self.session))
        allow(self.export_button, busy or no_table)
        self.coloring.refresh()

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.models = ModelPanel(self.session)
        self.edits_note = note()
        self.encode_button = action(
            "&Encode", "Compute the factors of all crops", self.encode, main=True
        )
        self.encode_all_button = action(
            "Encode all other open ima&ges", ENCODE_ALL_TIP, self.encode_all
        )
        self.known_note = KnownNote(self.session)
        self.coloring = ColoringPanel(self.viewer, self.session)
        self.pointed = PointedCell()
        self.export_button = action(
            "E&xport table ...",
            "Save one row a cell, all frames and columns: CSV, Parquet or AnnData",
            self._ask_export,
        )
        encode = self.edits_note, self.encode_button, self.encode_all_button
        first = self.models, *encode, self.known_note
        for widget in (*first, self.coloring, self.pointed, self.export_button):
            self._body.addWidget(widget)
        self._body.addStretch(1)

    def _name_parts(self) -> None:
        """Give the parts of the panels the names by which scripts know them."""
        self.model_combo = self.models.combo
        self.model_note = self.models.facts
        self.column_combo = self.coloring.column_combo
        self.colormap_combo = self.coloring.colormap_combo
        self.percentiles = self.coloring.percentiles
        self.color_bar = self.coloring.color_bar
        self.direction = self.coloring.direction
        self.restore_button = self.coloring.restore_button
        self.readout = self.pointed.readout

    @property
    def _coloring(self) -> Coloring | None:
        return self.coloring.coloring

    # Results -------------------------------------------------------------------------

    def _on_crops(self, crops: Crops | None) -> None:
        source = self.session.source
        self.pointed.set_crops(crops, "" if source is None else source.roi_id)
        self.refresh()

    def _on_table(self, table: pd.DataFrame | None) -> None:
        source = self.session.source
        self.known_note.refresh()
        self.pointed.set_table(table, reading_of(self.session))
        self._follower.follow(source if table is not None else None)
        if table is not None:
            self.care.features.soon()
        self.coloring.set_table(table)
        self.refresh()

    def _on_frame(self, frame: int) -> None:
        self.care.features.show()
        self.coloring.show_frame(frame)

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Export table", "cells.csv", "Tables (*.csv *.parquet *.h5ad)"
        )
        if path:
            self.export(Path(path))
