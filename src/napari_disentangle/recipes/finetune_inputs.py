"""What a model is fine-tuned on: its cells as arrays, and its own Source data."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.recipes.features import iter_cached_features
from napari_disentangle.recipes.source_data import SourceDataConfig
from napari_disentangle.recipes.source_pixels import SourcePixels
from napari_disentangle.storage.scratch import scratch_bytes
from napari_disentangle.tasks import Progress
from napari_disentangle.training.config import (
    AdaptiveSharing,
    LabelSharing,
    TrainConfig,
)
from napari_disentangle.training.source import Probe, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.backbones.scaling import Scaler
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune_config import FinetuneConfig

_CHUNK = 64
_SCORED_PAIRS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class CellInputs:
    """Cells as a model reads them.

    Attributes
    ----------
    values : array, (N, K) float32 scaled features, or (N, 3, S, S) uint8 pixels
        Inputs of the autoencoder.
    values_before : array
        Those of the model before fine-tuning: the same, or features scaled as it does.
    scaler : FeatureScaler, MinMaxScaler or None
        What scaled the features; None for pixels.
    groups : array, (N,), int64
        Image of each cell.
    labels : array, (N,), int64
        Class of each cell, -1 where it is unknown.
    classes : tuple of str
        Names of the classes.
    """

    values: NDArray[np.float32] | NDArray[np.uint8]
    values_before: NDArray[np.float32] | NDArray[np.uint8]
    scaler: Scaler | None
    groups: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    def hash(self) -> str:
        """Return hex digits that change when a cell, its image or its class does."""
        digest = sha256()
        for array in (self.values, self.groups, self.labels):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]


def iter_cell_inputs(
    crops: Crops,
    model: Model,
    config: FinetuneConfig,
    *,
    labels: Sequence[str] | None = None,
    cache: Path | None = None,
    backbone: Backbone | None = None,
    device: str = "auto",
) -> Task[Progress, CellInputs]:
    """Return `crops` as `model` reads them while it is fine-tuned.

    Parameters
    ----------
    crops : Crops
        N cells.
    model : Model
        The model before fine-tuning.
    config : FinetuneConfig
        Whose features are scaled by which statistics.
    labels : sequence of str, length N, optional
        Class of each cell, empty where it is unknown; by default the column
        `annotation` of the crops, if they have one.
    cache : Path, optional
        Folder of features that were read before.
    backbone : Backbone, optional
        The model's backbone, if it is loaded already.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.

    Raises
    ------
    DataError
        If there are no cells, or lengths differ.
    """
    if len(crops) == 0:
        raise DataError("There are no cells to fine-tune on; cut crops first.")
    known, classes = _encode_classes(crops.table, labels)
    groups = getattr(crops, "groups", None)
    if groups is None:
        groups = pd.factorize(crops.table["roi_id"])[0]
    images = np.asarray(groups, np.int64)
    if model.scaler is None:
        size = model.card.model.image_size
        pixels = yield from _iter_pixels(crops, size)
        return CellInputs(pixels, pixels, None, images, known, classes)
    features = yield from iter_cached_features(
        crops, model.card.backbone, cache, loaded=backbone, device=device
    )
    scaler: Scaler = model.scaler
    before = scaler.transform(features.values)
    if config.scaler == "source":
        return CellInputs(before, before, scaler, images, known, classes)
    scaler = scaler.with_statistics_of(features.values)
    values = scaler.transform(features.values)
    return CellInputs(values, before, scaler, images, known, classes)


def source_of(model: Model) -> Source | None:
    """Return the Source side of a model: kept features, or drawn images.

    None if the model was written without Source features, or its card does not tell
    which images it was trained on.
    """
    if model.kind == "features":
        if model.replay is None:
            return None
        return Source.of_replay(model.replay, _sharing(model))
    pictures = _pictures(model)
    if pictures is None:
        return None
    probe = Probe.drawn(pictures.sprites, np.random.default_rng(0))
    return Source(pictures.pairs(), probe, _sharing(model))


def scored_probe(model: Model) -> Probe | None:
    """Return the Source inputs that names are scored on in the end; see `source_of`.

    Features kept with the model, or pictures of combinations held out in training.
    """
    rng = np.random.default_rng(0)
    if model.replay is not None:
        kept = model.replay
        return Probe.among(kept.values, kept.positions, kept.space, rng, _SCORED_PAIRS)
    pictures = _pictures(model) if model.kind == "pixels" else None
    if pictures is None:
        return None
    drawn = [np.round(255 * x) for x in pictures.test.images(pictures.sprites)]
    values = np.concatenate(drawn).astype(np.uint8)
    positions = pictures.test.positions
    return Probe.among(values, positions, pictures.space, rng, _SCORED_PAIRS)


def _pictures(model: Model) -> SourcePixels | None:
    data = model.card.training.get("data")
    try:
        config = check_config(SourceDataConfig, data if isinstance(data, dict) else {})
    except ConfigError:  # the card of another recipe or version
        return None
    return SourcePixels.plan(config, model.card.model.image_size) if data else None


def _sharing(model: Model) -> LabelSharing | AdaptiveSharing:
    """Return how the model learned from pairs; by labels if its card does not tell."""
    train = model.card.training.get("train")
    try:
        return check_config(
            TrainConfig, train if isinstance(train, dict) else {}
        ).sharing
    except ConfigError:
        return AdaptiveSharing() if model.card.sharing == "adaptive" else LabelSharing()


def _encode_classes(
    table: pd.DataFrame, labels: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return class numbers, -1 for unknown, and the names of the classes."""
    given = table["annotation"] if labels is None and "annotation" in table else labels
    if given is None:
        return np.full(len(table), -1, np.int64), ()
    if len(given) != len(table):
        raise DataError(
            f"There are {len(table)} cells but {len(given)} classes; give one for each "
            f"cell, empty where it is unknown."
        )
    names = pd.Series(list(given), dtype="object").fillna("").astype(str)
    classes = tuple(sorted(set(names) - {""}))
    numbers = names.map({name: i for i, name in enumerate(classes)}).fillna(-1)
    return np.asarray(numbers, np.int64), classes


def _iter_pixels(crops: Crops, size: int) -> Task[Progress, NDArray[np.uint8]]:
    """Return the crops as bytes, (N, 3, size, size), in a file if they are many."""
    pixels = scratch_bytes((len(crops), 3, size, size))
    for start in range(0, len(crops), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(crops)))
        pixels[rows] = np.round(255 * crops.cut(rows, size))
        yield Progress("Cutting crops", int(rows[-1]) + 1, len(crops))
    return pixels
