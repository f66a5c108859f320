"""What the user excluded in napari, read where the docks keep it, beside the data.

So that a script or the command line counts the same cells as the docks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_disentangle.annotations.exclusions import (
    count_reasons,
    mark_excluded,
    reasons_text,
)
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.counted import counted_cells
from napari_disentangle.crops.places import fitted_to
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.recipes.encode import dimensions_of, order_columns
from napari_disentangle.storage.annotations import find_annotations, read_annotations

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.crops.counted import CountedCells
    from napari_disentangle.tables import Crops


@dataclass(frozen=True, slots=True, eq=False)
class SavedExclusions:
    """Which of some cells were excluded.

    Attributes
    ----------
    crops : Crops
        The cells.
    annotations : Annotations
        Those of them that are excluded, and why; no classes.
    n_lost : int
        How many more were excluded and are not among the cells.
    """

    crops: Crops
    annotations: Annotations
    n_lost: int

    def counted(self) -> CountedCells:
        """Return the cells that are not excluded.

        Raises
        ------
        DataError
            If all of them are.
        """
        return counted_cells(self.crops, self.annotations)

    def marked(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of these cells with ``excluded`` and ``exclusion_reason``."""
        told = mark_excluded(table, self.annotations)
        return order_columns(told, dimensions_of(told))

    def refuse(self, label: int) -> None:
        """Refuse a cell of the first frame that is excluded.

        Raises
        ------
        DataError
            If it is.
        """
        if any((0, label) in marks for marks in self.annotations.excluded.values()):
            raise DataError(
                f"Cell {label} is excluded; include it again in the Annotate dock, or "
                "take another cell."
            )

    @property
    def note(self) -> str:
        """How many cells are excluded and why, in one line; empty if none are."""
        counts = count_reasons(mark_excluded(self.crops.table, self.annotations))
        n = sum(counts.values())
        told = [f"{n} of {len(self.crops)} cells are excluded ({reasons_text(counts)})"]
        lost = [f"{self.n_lost} more that were excluded are not among these cells"]
        return "; ".join((told if n else []) + (lost if self.n_lost else []))


def read_exclusions(crops: Crops, where: Path) -> SavedExclusions:
    """Return what the user excluded of the cells of an image file or of a folder.

    After a new segmentation, with other ids, an exclusion goes to the cell that lies
    where the excluded one was, as in the docks. No file is changed.

    Parameters
    ----------
    crops : Crops
        The cells.
    where : Path
        The image file, or the folder of images.

    Raises
    ------
    StorageError
        If the file of annotations is damaged.
    """
    try:
        found = read_annotations(find_annotations(where))
    except StorageError as error:
        raise StorageError(
            f"{error} Nobody can tell which cells are excluded; move the file away to "
            "count all of them."
        ) from error
    images = crops.table["roi_id"].unique()
    own = replace(Annotations(), excluded=found.only(images).excluded)
    fitted = fitted_to(own, crops)
    return SavedExclusions(crops, fitted.annotations, fitted.lost)
