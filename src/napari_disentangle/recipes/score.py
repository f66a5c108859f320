"""Score a model on drawn images whose factors are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.dci import iter_dci
from napari_disentangle.metrics.matching import match_dimensions
from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes
from napari_disentangle.recipes.score_codes import Clock
from napari_disentangle.recipes.score_images import plan_images
from napari_disentangle.recipes.score_regime import choose_sprites, held_out
from napari_disentangle.recipes.score_result import ModelScores
from napari_disentangle.synthetic.sprites import TextureSprites
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from napari_disentangle.recipes.score_regime import Regime
    from napari_disentangle.storage.models import Model

_BATCH = 16
_STAGE = "Encoding drawn images"


def iter_score(
    model: Model,
    regime: Regime = "own",
    *,
    n_images: int = 10_000,
    n_pairs: int = 10_000,
    device: str = "auto",
    seed: int = 0,
) -> Task[Progress, ModelScores]:
    """Score a model on Texture-dSprites, drawn anew, with exact intervention pairs.

    Where the images are those of the model's training, only combinations of factors
    that were held out from it are scored.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    regime : {"own", "centered", "full_circle"}
        Which factors vary.
    n_images : int
        Fewest images that are scored.
    n_pairs : int
        Pairs of each factor.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.
    seed : int
        Decides images and pairs.

    Raises
    ------
    ModelError
        If the model's own factors are asked for and its card does not tell them.
    """
    rng = np.random.default_rng(seed)
    config = choose_sprites(model.card, regime)
    size, encode = yield from _iter_encoder(model, device)
    sprites = TextureSprites(config.replace(size=size))
    unseen = held_out(model.card, config, sprites.space)
    images = plan_images(
        sprites.space, rng, unseen=unseen, n_images=n_images, n_pairs=n_pairs
    )
    clock = Clock()
    codes = yield from _iter_codes(sprites, images.positions, encode, rng)
    clock.stop("encoding")
    scored, known = codes[images.scored], images.positions[images.scored]
    names = sprites.space.names
    overlap = omes(scored, known, rng, names=names, pairs=images.code_pairs(codes))
    clock.stop("omes")
    gap = mig(scored, known, names=names)
    clock.stop("mig")
    trees = yield from iter_dci(scored, known, rng, names=names)
    clock.stop("dci")
    matching = match_dimensions(trees.importance)
    return ModelScores(
        model.id,
        regime,
        sprites.space,
        len(codes),
        len(scored),
        unseen is not None,
        model.dimensions,
        _named(model.dimensions, names, matching),
        matching,
        np.array([np.bincount(column).max() / len(known) for column in known.T]),
        overlap,
        gap,
        trees,
        clock.seconds,
    )


def score(
    model: Model,
    regime: Regime = "own",
    *,
    n_images: int = 10_000,
    n_pairs: int = 10_000,
    device: str = "auto",
    seed: int = 0,
) -> ModelScores:
    """Return the scores of a model: `iter_score` at once.

    Examples
    --------
    >>> from napari_disentangle.storage.models import read_model
    >>> scores = score(read_model("features"), "centered")  # doctest: +SKIP
    >>> scores.codes.dci.disentanglement  # doctest: +SKIP
    """
    task = iter_score(
        model, regime, n_images=n_images, n_pairs=n_pairs, device=device, seed=seed
    )
    return run(task)


def _iter_encoder(
    model: Model, device: str
) -> Task[Progress, tuple[int, Callable[[NDArray[np.float32]], NDArray[np.float32]]]]:
    """Return the size of the images a model reads, and what encodes a batch."""
    from napari_disentangle.backbones.extract import iter_load_backbone
    from napari_disentangle.recipes.source_data import encode

    scaler = model.scaler
    if scaler is None:
        return model.card.model.image_size, lambda batch: encode(model.vae, batch)
    backbone = yield from iter_load_backbone(model.card.backbone, device=device)
    return (
        backbone.info.input_size,
        lambda batch: encode(model.vae, scaler.transform(backbone(batch))),
    )


def _iter_codes(
    sprites: TextureSprites,
    positions: NDArray[np.int64],
    encode: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    rng: np.random.Generator,
) -> Task[Progress, NDArray[np.float32]]:
    """Draw and encode images, one batch in memory at a time."""
    parts = []
    for start in range(0, len(positions), _BATCH):
        parts.append(encode(sprites.render(positions[start : start + _BATCH], rng)))
        done = min(start + _BATCH, len(positions))
        yield Progress(_STAGE, done, len(positions))
    return np.concatenate(parts)


def _named(
    dimensions: tuple[str, ...],
    factors: tuple[str, ...],
    matching: tuple[int | None, ...],
) -> tuple[int, ...]:
    named = tuple(j for j, name in enumerate(dimensions) if name in factors)
    return named or tuple(sorted(j for j in matching if j is not None))
