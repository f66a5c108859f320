"""The Source models of the benchmark, and Source images to score names on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.extract import iter_features_of
from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.recipes.finetune_inputs import scored_probe, source_of
from napari_disentangle.recipes.persistence import iter_name_scores
from napari_disentangle.recipes.source_data import SourceDataConfig
from napari_disentangle.recipes.source_pixels import SourcePixels
from napari_disentangle.storage.features import read_features, write_features
from napari_disentangle.storage.layout import bundled_models
from napari_disentangle.storage.models import read_model
from napari_disentangle.training.health import encode_all
from napari_disentangle.training.source import Probe

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.training.source import Source

_PAIRS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Sourced:
    """A Source model with what its names are held and scored by.

    Attributes
    ----------
    model : Model
        The model.
    source : Source or None
        Pairs to replay; None if the model came without.
    probe : Probe or None
        Source images, of combinations that were never learned nor replayed where the
        card tells them.
    codes : array, (P, L)
        Codes of the probe before fine-tuning.
    before : dict of float
        Their scores.
    """

    model: Model
    source: Source | None
    probe: Probe | None
    codes: NDArray[np.float32]
    before: dict[str, float]


def find_model(kind: str, seed: int, sources: Path | None = None) -> str | Path | None:
    """Return the Source model of a seed: a folder, a bundled name, or None.

    Parameters
    ----------
    kind : {"features", "pixels"}
        What it reads; also the name of the bundled one.
    seed : int
        Which of several.
    sources : Path, optional
        Holds ``seed_0`` ... or ``features/seed_0`` ... and ``pixels/seed_0`` ..., as
        training writes them. Without one of this kind the bundled model is taken.
    """
    if sources is not None:
        below = sources / kind
        own = [at for at in (below, sources) if _holds(at, kind)]
        if own:
            folders = sorted(own[0].glob("seed_*"), key=lambda at: at.name)
            return folders[seed % len(folders)]
    return kind if kind in bundled_models() else None


def _holds(folder: Path, kind: str) -> bool:
    first = next(iter(sorted(folder.glob("seed_*"))), None)
    return first is not None and read_model(first).kind == kind


def iter_sourced(
    name: str | Path,
    backbone: Backbone | None,
    *,
    cache: Path,
    n_images: int,
) -> Task[Progress, Sourced]:
    """Read a Source model, and score its names on Source images.

    Parameters
    ----------
    name : str or Path
        From `find_model`.
    backbone : Backbone or None
        That of a model of features.
    cache : Path
        Folder of features that were read before.
    n_images : int
        Most Source images.
    """
    model = read_model(name)
    probe = yield from _iter_unseen(model, backbone, cache, n_images)
    if probe is None:
        probe = scored_probe(model)
    if probe is None:
        return Sourced(model, source_of(model), None, np.empty((0, 0), np.float32), {})
    codes = encode_all(model.vae, probe.values, torch.device("cpu"))
    before = yield from iter_name_scores(codes, probe, model.dimensions)
    return Sourced(model, source_of(model), probe, codes, before)


def _iter_unseen(
    model: Model, backbone: Backbone | None, cache: Path, n_images: int
) -> Task[Progress, Probe | None]:
    """Draw combinations held out in training, as the model reads them.

    They are neither learned nor replayed, so anchored fine-tuning gains nothing on them
    by having seen them.
    """
    data = model.card.training.get("data")
    try:
        config = check_config(SourceDataConfig, data if isinstance(data, dict) else {})
    except ConfigError:  # the card of another recipe or version
        return None
    if not data:
        return None
    size = model.card.model.image_size
    if model.scaler is not None:
        size = backbone_info(model.card.backbone).input_size
    drawn = SourcePixels.plan(config, size)
    n = min(n_images, len(drawn.test))
    positions = drawn.test.positions[:n]
    if model.scaler is None:
        images = np.concatenate(list(drawn.test.images(drawn.sprites, n)))[:n]
        values = np.round(255 * images).astype(np.uint8)
        return _probe(values, positions, drawn)
    if backbone is None:
        return None
    key = f"source-{model.id}-{n}"
    features = read_features(cache, key)
    if features is None:
        batches = drawn.test.images(drawn.sprites, n)
        whole = -(-n // 16) * 16  # images come in batches of 16
        total = min(whole, len(drawn.test))
        features = yield from iter_features_of(batches, total, backbone)
        features = features[:n]
        write_features(cache, key, features)
    return _probe(model.scaler.transform(features), positions, drawn)


def _probe(
    values: NDArray[np.float32] | NDArray[np.uint8],
    positions: NDArray[np.int64],
    drawn: SourcePixels,
) -> Probe:
    rng = np.random.default_rng(0)
    return Probe.among(values, positions, drawn.space, rng, _PAIRS)
