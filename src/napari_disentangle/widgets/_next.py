"""Crops to go through: all, those without a class, those of one, those suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.suggest import iter_suggest
from napari_disentangle.widgets._annotate.crop_lists import (
    ALL,
    SUGGESTED,
    lists_of,
    rows_in,
    rows_of,
)
from napari_disentangle.widgets._annotate.suggesting import SuggestForm
from napari_disentangle.widgets._columns import color_columns, reading_of
from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._picks import PickGallery

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.recipes.suggest import SuggestConfig
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._session import Session


class NextPanel(QWidget):
    """Choose which crops the gallery shows, and crops in it.

    Parameters
    ----------
    session : Session
        Has crops, table and classifier.
    jobs : Jobs
        Runs the search for suggestions.

    Attributes
    ----------
    annotations : Annotations
        The classes there are; `set_annotations` shows them, too.
    picked : Signal
        Emitted when the user chooses other crops.
    went : Signal
        Emitted with the row of a crop that was clicked.
    """

    picked = Signal()
    went = Signal(int)

    def __init__(self, session: Session, jobs: Jobs) -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self.annotations = Annotations()
        self._suggested = np.zeros(0, np.int64)
        self._build()
        self.list_combo.activated.connect(lambda _: self._list())
        self.form.changed.connect(self.refresh)
        self.picks.picked.connect(self.picked.emit)
        self.picks.gallery.clicked_row.connect(
            lambda row: self.went.emit(int(self.picks.rows()[row]))
        )

    def suggest(self) -> None:
        """Look for cells worth a class; the gallery shows them, the best first.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        crops, table = self._session.crops, self._session.table
        if crops is None or table is None:
            raise DataError("The cells have no factors yet; encode them first.")
        own = self._session.classifier if "prediction" in table else None
        task = iter_suggest(
            with_annotations(table, self.annotations),
            self.config(),
            columns=_columns(table),
            classifier=own,
        )
        self._jobs.run(task, "Suggestions", lambda cells: self._keep(crops, cells))

    def config(self) -> SuggestConfig:
        """Return what the form says about suggestions."""
        return self.form.config()

    def set_way(self, way: str, column: str = "") -> None:
        """Choose how cells are suggested, and the factor of a boundary."""
        self.form.set_way(way, column)

    def set_crops(self, crops: Crops | None) -> None:
        """Show all of `crops`."""
        self._suggested = np.zeros(0, np.int64)
        self.list_combo.setCurrentIndex(0)
        self._list()

    def set_table(self, table: pd.DataFrame | None) -> None:
        """Offer the factors of `table` for a boundary."""
        reading = reading_of(self._session)
        self.form.offer([] if table is None else color_columns(table, reading))
        self.refresh()

    def set_annotations(self, annotations: Annotations) -> None:
        """Frame the crops by class and offer each class; the crops shown stay."""
        self.annotations = annotations
        self._offer_lists()
        self._color()
        self.refresh()

    def refresh(self) -> None:
        """Say whether cells can be suggested now."""
        busy = f"{self._jobs.name} is running" if self._jobs.running else ""
        no_table = "" if self._session.table is not None else "encode the cells first"
        n_classes = sum(count > 0 for count in self.annotations.counts().values())
        self.form.allow(busy or no_table, n_classes)

    def stop(self) -> None:
        """Stop cutting thumbnails."""
        self.picks.stop()

    def _build(self) -> None:
        self.form = form = SuggestForm(self.suggest)
        self.way_combo, self.count_box = form.way_combo, form.count_box
        self.column_combo, self.suggest_button = form.column_combo, form.button
        self.list_combo = narrow_combo(
            "The crops shown below; choose again to renew", 8
        )
        self.picks = PickGallery()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(form)
        layout.addLayout(rows(("&Show", self.list_combo)))
        layout.addWidget(self.picks, 1)
        self._offer_lists()

    def _offer_lists(self) -> None:
        before = self.list_combo.currentData()
        self.list_combo.clear()
        for text, name in lists_of(self.annotations, suggested=self._suggested):
            self.list_combo.addItem(text, name)
        self.list_combo.setCurrentIndex(max(0, self.list_combo.findData(before)))

    def _keep(self, crops: Crops, cells: pd.DataFrame) -> None:
        if crops is not self._session.crops:
            return  # cut anew meanwhile
        self._suggested = rows_of(crops.table, cells)
        self._offer_lists()
        self.list_combo.setCurrentIndex(self.list_combo.findData(SUGGESTED))
        self._list()
        if len(self._suggested):
            self.picks.pick(self._suggested[:1])
            self.went.emit(int(self._suggested[0]))

    def _list(self) -> None:
        """Show what the box says."""
        crops = self._session.crops
        if crops is None:
            self.picks.show_rows(None, np.zeros(0, np.int64))
            return
        name = self.list_combo.currentData() or ALL
        wanted = rows_in(name, crops.table, self.annotations, self._suggested)
        self.picks.show_rows(crops, wanted)
        self._color()

    def _color(self) -> None:
        crops = self._session.crops
        if crops is None:
            return
        colors = {known.name: known.color for known in self.annotations.classes}
        names = self.annotations.names_of(crops.table)
        self.picks.set_colors([colors.get(name, "") for name in names])


def _columns(table: pd.DataFrame) -> str | list[str]:
    """Return what tells how alike cells are: named codes, or whatever there is."""
    if any(str(name).startswith("z_") for name in table):
        return "named"
    return [column for _, column in color_columns(table)]
