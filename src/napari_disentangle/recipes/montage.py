"""The crops of a folder on one picture, so that a viewer can show and mark them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.recipes.folders import iter_open_crops
from napari_disentangle.tables import shown_ids
from napari_disentangle.tasks import Progress, Task

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.folders import OpenedFolder

GAP_PX = 4
"""Between two tiles."""

_TILE_PX = (16, 64)
_MOST_PX = 60_000_000
_BATCH = 64
_WIDE = 4 / 3  # of the picture, over its height


@dataclass(frozen=True, slots=True, eq=False)
class Montage:
    """Crops side by side, each as a model sees it, and labels over them.

    Attributes
    ----------
    image : array, (Y, X, 3), uint8
        The tiles, row by row.
    labels : array, (Y, X), int32
        The id of each tile: its row in the crops, counted from 1.
    tile_px : float
        Side of a tile.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.int32]
    tile_px: float

    def place(self, row: pd.Series) -> tuple[NDArray[np.float64], float]:
        """Return the center (y, x) of the tile of a crop, and its side, in pixels."""
        (center,) = self._centers(np.array([row["index"]], np.int64))
        return center, self.tile_px

    def placed(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return `cells` at the places of their tiles, without lengths of their own."""
        y, x = self._centers(shown_ids(cells).to_numpy(np.int64)).T
        kept = cells[["roi_id", "frame", "label", "index"]]
        return kept.assign(pos_y=y, pos_x=x)

    def _centers(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        step = self.tile_px + GAP_PX
        n_columns = int(self.labels.shape[1] // step)
        corners = np.stack(np.divmod(ids - 1, n_columns), axis=1) * step
        return np.asarray(corners + (step - 1) / 2, np.float64)


def iter_open_montage(
    folder: Path, config: CropConfig
) -> Task[Progress, tuple[OpenedFolder, Montage]]:
    """Return the crops of a folder and a montage of them.

    The table of the crops is as `iter_open_crops` makes it, keyed by image and label
    id, but for the column ``index``: it holds the id of each crop in the montage.

    Parameters
    ----------
    folder : Path
        See `iter_open_crops`.
    config : CropConfig
        How crops are cut.

    Raises
    ------
    StorageError, DataError, CropError
        If the folder cannot be read or used.
    """
    crops = yield from iter_open_crops(folder, config)
    crops.table = crops.table.assign(index=np.arange(1, len(crops) + 1))
    return crops, (yield from iter_montage(crops))


def tile_side(n_crops: int) -> int:
    """Return the side of a tile in pixels: smaller where a montage would be huge."""
    return int(np.clip(np.sqrt(_MOST_PX / n_crops) - GAP_PX, *_TILE_PX))


def iter_montage(crops: OpenedFolder) -> Task[Progress, Montage]:
    """Cut all crops and lay them side by side, in tiles of at most 64 pixels."""
    n = len(crops)
    tile = tile_side(n)
    step = tile + GAP_PX
    n_columns = int(np.ceil(np.sqrt(n * _WIDE)))
    shape = -(-n // n_columns) * step, n_columns * step
    image = np.zeros((*shape, 3), np.uint8)
    labels = np.zeros(shape, np.int32)
    for start in range(0, n, _BATCH):
        rows = np.arange(start, min(start + _BATCH, n))
        pictures = np.round(255 * crops.cut(rows, tile)).astype(np.uint8)
        for row, picture in zip(rows, pictures, strict=True):
            y, x = (int(at) * step + GAP_PX // 2 for at in divmod(row, n_columns))
            image[y : y + tile, x : x + tile] = picture.transpose(1, 2, 0)
            labels[y : y + tile, x : x + tile] = row + 1
        yield Progress("Laying out the crops", int(rows[-1]) + 1, n)
    return Montage(image, labels, float(tile))
