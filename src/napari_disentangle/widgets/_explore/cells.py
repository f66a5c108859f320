"""The session's table, and how its rows meet columns, crops, layers and selections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from napari_disentangle.tables import (
    KEY,
    in_image,
    included,
    rows_by_key,
    shown_ids,
)
from napari_disentangle.widgets._columns import (
    PLAIN,
    Reading,
    color_columns,
    column_text,
)
from napari_disentangle.widgets._meaning import meaning, way_of
from napari_disentangle.widgets._selection import Cell, Selection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

_MOST_CLASSES = 20
_TEXTS: Any = ["object", "string", "category", "bool"]
_PLACES = ("pos_z", "pos_y", "pos_x")


class Cells:
    """A table of N cells; "row" is always a row of it.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a cell, of any number of images and time points.
    crops : Crops or None
        Their crops; a cell may have none.
    roi_id : str
        The image that the viewer shows; only its cells can be selected there.
    reading : Reading
        How the columns are to be read.

    Attributes
    ----------
    crop_rows : array, (N,), int64
        Row of each cell in the crops, -1 where it has none.
    here : array, (N,), bool
        Cells of the image that is shown.
    excluded : array, (N,), bool
        Cells that the user excluded.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        crops: Crops | None,
        roi_id: str,
        reading: Reading = PLAIN,
    ) -> None:
        self.table = table
        self.reading = reading
        self.roi_id = roi_id
        self.here = in_image(table, roi_id)
        self.excluded = ~included(table)
        self._crops = crops
        self.crop_rows = (
            np.full(len(table), -1, np.int64)
            if crops is None
            else rows_by_key(crops.table, table)
        )
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._classes: list[tuple[str, str]] | None = None

    def __len__(self) -> int:
        return len(self.table)

    def same_as(self, other: Cells | None) -> bool:
        """Return whether `other` holds the same cells in the same order."""
        if other is None or self.roi_id != other.roi_id:
            return False
        return self.are_rows_of(other.table)

    def are_rows_of(self, table: pd.DataFrame | None) -> bool:
        """Return whether the rows of `table` are these cells, in the same order."""
        if table is None or len(self) != len(table):
            return False
        return all(
            np.array_equal(self.table[name].to_numpy(), table[name].to_numpy())
            for name in KEY
        )

    def number_columns(self) -> list[tuple[str, str]]:
        """Return the columns that can be an axis, as (text, column)."""
        frames = self.table["frame"]
        time = [("Frame", "frame")] if len(self) and frames.nunique() > 1 else []
        return color_columns(self.table, self.reading) + time

    def meaning(self, column: str) -> str:
        """Return how a column is to be read."""
        return meaning(self.table, column, self.reading)

    def way(self, column: str) -> str:
        """Return in a word which way a column points, "" where that is not known."""
        return way_of(self.table, column, self.reading)

    def class_columns(self) -> list[tuple[str, str]]:
        """Return the columns of at most 20 classes, as (text, column)."""
        if self._classes is None:
            self._classes = self._find_classes()
        return self._classes

    def _find_classes(self) -> list[tuple[str, str]]:
        found = []
        for name in map(str, self.table.select_dtypes(_TEXTS).columns):
            n_classes = self.table[name].nunique()
            fewest = 2 if name in ("roi_id", "model") else 1
            if fewest <= n_classes <= _MOST_CLASSES:
                text = "Image" if name == "roi_id" else column_text(name)
                found.append((text.removesuffix(", measured"), name))
        return found

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a numeric column, (N,) float64, NaN where there is no value."""
        if column not in self._numbers:
            values = self.table[column].to_numpy(dtype=np.float64, na_value=np.nan)
            self._numbers[column] = values
        return self._numbers[column]

    def counted(self, column: str) -> NDArray[np.float64]:
        """Return a numeric column, (N,), NaN also where a cell is excluded."""
        return np.where(self.excluded, np.nan, self.numbers(column))

    def classes(self, column: str) -> tuple[NDArray[np.int64], list[str]]:
        """Return the class of each cell, (N,), -1 for none, and the class names."""
        codes, names = pd.factorize(self.table[column], sort=True)
        return codes.astype(np.int64), [str(name) for name in names]

    def cell_of(self, row: int) -> Cell:
        """Return the cell of a row."""
        found = self.table.iloc[[row]]
        return Cell(int(shown_ids(found).iloc[0]), int(found["frame"].iloc[0]))

    def row_of(self, cell: Cell) -> int:
        """Return the row of a cell of the shown image, -1 if it has none."""
        table = self.table
        same = (
            self.here
            & (shown_ids(table) == cell.label)
            & (table["frame"] == cell.frame)
        )
        rows = np.flatnonzero(same)
        return int(rows[0]) if len(rows) else -1

    def mask_of(self, selection: Selection | None) -> NDArray[np.bool_]:
        """Return the selected rows, (N,) bool; never by position, always by key."""
        if selection is None:
            return np.zeros(len(self), np.bool_)
        return selection.mask(self.table, self.roi_id)

    def selection_of(self, mask: NDArray[np.bool_]) -> Selection | None:
        """Return the rows of a mask that the viewer shows, None if there are none."""
        rows = np.flatnonzero(mask & self.here)
        return Selection.of(self.table.iloc[rows]) if len(rows) else None

    def placed(self, mask: NDArray[np.bool_]) -> pd.DataFrame:
        """Return rows of the shown image with their positions in pixels."""
        rows = np.flatnonzero(mask & self.here)
        found = self.table.iloc[rows]
        if "pos_y" in found or self._crops is None:
            return found
        table = self._crops.table
        known = table[[name for name in _PLACES if name in table]]
        places = known.iloc[self.crop_rows[rows]].set_index(found.index)
        places[self.crop_rows[rows] < 0] = np.nan
        return found.join(places)

    def side_px(self, row: int) -> float:
        """Return the side of the crop of a row in pixels, 0 if it has none."""
        crops, crop = self._crops, int(self.crop_rows[row])
        if crops is None or crop < 0:
            return 0.0
        return float(
            crops.side_px(crop) if hasattr(crops, "side_px") else crops.window_px
        )
