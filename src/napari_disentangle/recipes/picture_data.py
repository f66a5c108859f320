"""Cells to draw: some to learn from, and others, of other images, to be tested on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.config import check_config
from napari_disentangle.crops.files import FileCrops
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.source_data import SourceDataConfig, split_grid
from napari_disentangle.recipes.targets import iter_open_bccd, iter_open_wbc1
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.recipes.source_data import Grid
    from napari_disentangle.recipes.targets import Target
    from napari_disentangle.storage.models import Model
    from napari_disentangle.synthetic.sprites import SpriteConfig
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

SOURCE, BCCD, WBC1 = "generated images", "BCCD", "WBC1"
_TESTED = 0.25  # share of the images of real cells that nothing is learned from


@dataclass(frozen=True, slots=True, eq=False)
class PictureData:
    """Cells to draw.

    Attributes
    ----------
    name : str
        Where they are from.
    train : Crops or None
        Cells to learn from; None if models are tested as they are.
    test : Crops
        Cells to draw, of other images.
    """

    name: str
    train: Crops | None
    test: Crops

    @property
    def n_learned(self) -> int:
        """Number of cells to learn from."""
        return 0 if self.train is None else len(self.train)


class GridCrops:
    """Generated images of a grid as crops, the same ones at any size."""

    window_px = float("nan")

    def __init__(self, grid: Grid, sprites: SpriteConfig, n: int) -> None:
        self._grid, self._sprites, self._n = grid, sprites, min(n, len(grid))
        self._made: dict[int, NDArray[np.float32]] = {}
        ids = np.arange(1, self._n + 1)
        self.table = pd.DataFrame(
            {"roi_id": "generated", "frame": 0, "label": ids, "index": ids}
        ).assign(pos_y=0.0, pos_x=0.0)

    def __len__(self) -> int:
        return self._n

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the images of `rows`, (n, 3, size, size)."""
        from napari_disentangle.synthetic.sprites import TextureSprites

        if size not in self._made:
            sprites = TextureSprites(self._sprites.replace(size=size))
            images = np.concatenate(list(self._grid.images(sprites, self._n)))
            self._made[size] = images[: self._n]
        return self._made[size][rows]


def iter_generated(model: Model, n: int = 300) -> Task[Progress, PictureData]:
    """Return generated images of factor combinations that a model never saw.

    Raises
    ------
    ModelError
        If its card does not tell what it learned from.
    """
    yield Progress("Drawing images", 0, 1)
    found = model.card.training.get("data")
    if not isinstance(found, dict):
        raise ModelError(f"The card of {model.id} does not tell what it learned from.")
    from napari_disentangle.synthetic.sprites import TextureSprites

    config = check_config(SourceDataConfig, found)
    _, test = split_grid(TextureSprites(config.sprites).space, config)
    return PictureData(SOURCE, None, GridCrops(test, config.sprites, n))


def iter_bccd(folder: Path, n: int = 600, seed: int = 0) -> Task[Progress, PictureData]:
    """Return cells of BCCD, each box with what is around it at one common scale."""
    target = yield from iter_open_bccd(folder, "masked", n, seed)
    return _parted(BCCD, target, seed)


def iter_wbc1(folder: Path, seed: int = 0) -> Task[Progress, PictureData]:
    """Return cells of WBC1, by their masks."""
    target = yield from iter_open_wbc1(folder, "masked")
    return _parted(WBC1, target, seed)


def _parted(name: str, target: Target, seed: int) -> PictureData:
    """Return cells parted so that no image is in both parts."""
    if not isinstance(target.crops, FileCrops):
        raise DataError(f"{name} holds no crops of files.")
    images = np.unique(target.groups)
    rng = np.random.default_rng(seed)
    n_test = max(1, round(_TESTED * len(images)))
    held_out = np.isin(target.groups, rng.permutation(images)[:n_test])
    train, test = (
        target.crops.take(np.flatnonzero(rows)) for rows in (~held_out, held_out)
    )
    return PictureData(name, train, test)
