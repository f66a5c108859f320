"""One function a control: codes of equal width that owe nothing to a Source model."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.backbones.scaling import FeatureScaler
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.transfer.arms import CPU, iter_epochs, with_most_steps
from napari_disentangle.recipes.transfer.coded import Coded
from napari_disentangle.tasks import Progress
from napari_disentangle.training.finetune import iter_finetune
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.health import encode_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from numpy.typing import NDArray

    from napari_disentangle.classify.splits import Split
    from napari_disentangle.recipes.transfer.material import Material
    from napari_disentangle.recipes.transfer.plan import Arm, Code, TransferConfig
    from napari_disentangle.tasks import Task

    Widths = Mapping[Code, int]

_N_COMPONENTS = 384  # of the default model's input
_LABELS = 13  # a seed of its own for the few labels of a control


def iter_pca(material: Material, split: Split, widths: Widths) -> Task[Progress, Coded]:
    """Return the first principal components of the target's standardized features.

    Parameters
    ----------
    material : Material
        N cells.
    split : Split
        Components are fitted on the training part.
    widths : mapping of str to int
        Width of each code.
    """
    yield Progress("Principal components", 0, 1)
    started = process_time()
    train = material.features[split.train]
    scaler = FeatureScaler.fit(train, max(widths.values()))
    values = scaler.transform(material.features)
    codes = {code: values[:, :width] for code, width in widths.items()}
    return Coded(codes, seconds=process_time() - started)


def iter_scratch(
    material: Material,
    split: Split,
    widths: Widths,
    seed: int,
    config: TransferConfig,
    device: torch.device,
) -> Task[Progress, Coded]:
    """Train an autoencoder of each width on the target alone, from random weights.

    The same network, loss and kind of input as ours, on components of the target's own
    features, with a larger learning rate and more steps than fine-tuning takes.
    """
    started = process_time()
    train = split.train
    scaler = FeatureScaler.fit(material.features[train], _N_COMPONENTS)
    values = scaler.transform(material.features)
    settings = FinetuneConfig(
        mode="paper",
        epochs=30,
        batch=64,
        learning_rate=1e-3,
        min_steps=config.scratch_steps,
        decay="cosine",
        warm_up=0.05,
        clip_norm=20.0,
        validation=0.1,
        keep="best",
        seed=seed,
    )
    settings = with_most_steps(settings, config.most_steps, len(train))
    codes = {}
    for code, width in widths.items():
        model = ModelConfig(input_dim=scaler.n_components, latent_dim=width)
        task = iter_finetune(
            build_model(model, seed),
            values[train],
            settings,
            device=device,
            groups=material.groups[train],
        )
        result = yield from iter_epochs(task)
        codes[code] = encode_all(result.vae, values, CPU)
    return Coded(codes, seconds=process_time() - started)


def iter_random(
    material: Material, split: Split, widths: Widths, seed: int
) -> Task[Progress, Coded]:
    """Encode with the default network's random weights."""
    yield Progress("Encoding cells", 0, 1)
    scaler = FeatureScaler.fit(material.features[split.train], _N_COMPONENTS)
    most = max(widths.values())
    model = ModelConfig(input_dim=scaler.n_components, latent_dim=most)
    vae = build_model(model, seed).eval()
    values = encode_all(vae, scaler.transform(material.features), CPU)
    return Coded({code: values[:, :width] for code, width in widths.items()})


def iter_classical(material: Material, split: Split) -> Task[Progress, Coded]:
    """Return classical measurements; what is missing becomes the training median."""
    yield Progress("Measuring cells", 0, 1)
    values = material.measures.to_numpy(np.float32)
    known = np.where(np.isfinite(values), values, np.nan)
    train = known[split.train]
    seen = np.isfinite(train).any(axis=0)
    middle = np.zeros(train.shape[1], np.float32)
    middle[seen] = np.nanmedian(train[:, seen], axis=0)
    return Coded({"all": np.where(np.isnan(known), middle, known)})


def iter_raw(
    arm: Arm, material: Material, split: Split, seed: int, config: TransferConfig
) -> Task[Progress, Coded]:
    """Return all backbone features; for ``semi`` with a few labels a class only."""
    yield Progress("Reading features", 0, 1)
    if arm.finetune != "semi":
        return Coded({"all": material.features})
    rng = np.random.default_rng((seed, _LABELS))
    few = few_labels(material.y, split.train, config.labels_per_class, rng)
    return Coded({"all": material.features}, labeled=few)


def few_labels(
    y: NDArray[np.int64],
    train: NDArray[np.int64],
    n: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return at most `n` random training rows of each class, sorted."""
    shuffled = rng.permutation(train)
    rows = [shuffled[y[shuffled] == k][:n] for k in np.unique(y[train])]
    return np.sort(np.concatenate(rows))
