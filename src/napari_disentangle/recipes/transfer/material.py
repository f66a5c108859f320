"""A data set as arrays: each kind of input read once, for all arms and seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from napari_disentangle.classify.splits import split_folds
from napari_disentangle.crops.files import FileCrops
from napari_disentangle.crops.picture import PICTURE_COLUMNS, iter_measure_crops
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.features import iter_cached_features
from napari_disentangle.recipes.targets import (
    iter_open_bccd,
    iter_open_folder,
    iter_open_wbc1,
    thin_classes,
)
from napari_disentangle.storage.features import read_features, write_features
from napari_disentangle.tables import KEY
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.classify.splits import Split
    from napari_disentangle.recipes.targets import Target
    from napari_disentangle.recipes.transfer.plan import TransferConfig, Wanted
    from napari_disentangle.tasks import Task

    Codes: TypeAlias = NDArray[np.float32]

_CHUNK = 64
_THIN_SEED = 0  # every seed of the benchmark sees the same crops


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A data set of N crops, as all arms read it.

    Attributes
    ----------
    target : Target
        Crops, classes and groups.
    features : array, (N, D), float32
        Unscaled backbone features.
    pixels : array, (N, 3, S, S), uint8
        Crops as models of pixels read them; S is 0 where there is no such model.
    measures : pandas.DataFrame
        N rows of the `PICTURE_COLUMNS`; no columns where they are not asked for.
    id : str
        Hex digits that change when a crop, a class or a group does.
    """

    target: Target
    features: NDArray[np.float32]
    pixels: NDArray[np.uint8]
    measures: pd.DataFrame
    id: str

    def __len__(self) -> int:
        return len(self.target.y)

    @property
    def y(self) -> NDArray[np.int64]:
        """Class of each crop, (N,)."""
        return self.target.y

    @property
    def groups(self) -> NDArray[np.int64]:
        """Crops of equal value are never parted by a split, (N,)."""
        return self.target.groups

    def splits(self, config: TransferConfig, seed: int) -> tuple[Split, ...]:
        """Return the splits of a seed: equal for every arm.

        Images stay whole and every class is in every training part.

        Raises
        ------
        DataError
            If there is no such split.
        """
        splits = split_folds(
            self.y,
            self.groups,
            folds=config.folds,
            seed=seed,
            classes=self.target.classes,
        )
        return splits if len(self) < config.few else splits[:1]


def iter_open(wanted: Wanted, config: TransferConfig) -> Task[Progress, Target]:
    """Open a data set, leave out classes that cannot be split, and thin large ones.

    Raises
    ------
    StorageError, DataError, CropError
        If it cannot be read or used.
    """
    if wanted.kind == "bccd":
        assert wanted.crop in ("window", "tight", "masked")
        target = yield from iter_open_bccd(wanted.folder, wanted.crop)
    elif wanted.kind == "wbc1":
        assert wanted.crop in ("window", "masked")
        target = yield from iter_open_wbc1(wanted.folder, wanted.crop)
    else:
        target = yield from iter_open_folder(wanted.name, wanted.folder)
    target = without_rare(target)
    rng = np.random.default_rng(_THIN_SEED)
    names = np.asarray(target.classes, object)[target.y]
    return _take(target, thin_classes(names, config.max_crops, rng))


def without_rare(target: Target) -> Target:
    """Leave out classes of one image, which cannot be both learned and tested.

    Raises
    ------
    DataError
        If fewer than two classes are left.
    """
    n_groups = np.array(
        [
            len(np.unique(target.groups[target.y == k]))
            for k in range(len(target.classes))
        ]
    )
    rare = np.flatnonzero(n_groups < 2)
    if len(target.classes) - len(rare) < 2:
        raise DataError(
            f"Data set {target.name!r} has {len(target.classes)} classes, of which "
            f"{len(rare)} are in one image only; two classes in two images or more are "
            f"needed."
        )
    if len(rare) == 0:
        return target
    left = np.isin(target.y, rare)
    lost = target.crops.table.loc[left, list(KEY)].assign(
        reason="its class is in one image only"
    )
    kept = _take(target, np.flatnonzero(~left))
    skipped = pd.concat([target.skipped, lost], ignore_index=True)
    return replace(kept, skipped=skipped)


def iter_material(
    target: Target,
    backbone: Backbone,
    *,
    cache: Path,
    size: int = 0,
    measured: bool = False,
) -> Task[Progress, Material]:
    """Read a data set in every way that is asked for.

    Parameters
    ----------
    target : Target
        The data set.
    backbone : Backbone
        Reads features.
    cache : Path
        Folder of features and measures that were read before.
    size : int
        Side of the crops for models of pixels; 0 leaves them out.
    measured : bool
        Whether cells are measured in the classical way.

    Raises
    ------
    StorageError, DataError
        If an image cannot be read any more.
    """
    read = yield from iter_cached_features(
        target.crops, backbone.info.name, cache, loaded=backbone
    )
    digest = sha256(read.values.tobytes())
    measures = pd.DataFrame(index=range(len(target.y)))
    if measured:
        key = f"{digest.hexdigest()[:32]}-measures"
        measures = yield from _iter_measures(target, cache, key)
    pixels = yield from _iter_pixels(target, size)
    for array in (target.y, target.groups):
        digest.update(np.ascontiguousarray(array).tobytes())
    return Material(target, read.values, pixels, measures, digest.hexdigest()[:16])


def _take(target: Target, rows: NDArray[np.int64]) -> Target:
    """Return some of the crops; classes without one are gone."""
    if len(rows) == len(target.y):
        return target
    assert isinstance(target.crops, FileCrops)
    known, y = np.unique(target.y[rows], return_inverse=True)
    return replace(
        target,
        crops=target.crops.take(rows),
        classes=tuple(target.classes[int(k)] for k in known),
        y=y.astype(np.int64),
        groups=target.groups[rows],
    )


def _iter_measures(
    target: Target, cache: Path, key: str
) -> Task[Progress, pd.DataFrame]:
    """Return classical measures, from `cache` if these crops were measured before."""
    columns = list(PICTURE_COLUMNS)
    values = read_features(cache, key)
    if values is None or values.shape != (len(target.y), len(columns)):
        table = yield from iter_measure_crops(target.crops)
        values = table[columns].to_numpy(np.float32)
        write_features(cache, key, values)
    return pd.DataFrame(values, columns=columns)


def _iter_pixels(target: Target, size: int) -> Task[Progress, NDArray[np.uint8]]:
    n = len(target.y)
    pixels = np.empty((n, 3, size, size), np.uint8)
    if size == 0:
        return pixels
    for start in range(0, n, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, n))
        pixels[rows] = np.round(255 * target.crops.cut(rows, size))
        yield Progress("Cutting crops", int(rows[-1]) + 1, n)
    return pixels
