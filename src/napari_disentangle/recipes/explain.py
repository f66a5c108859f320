"""What each factor does on these cells, and whether it deserves its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.crops.picture import iter_measure_crops
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.explain_cards import make_cards
from napari_disentangle.recipes.explain_walks import iter_measure_walks
from napari_disentangle.recipes.explanation import Explanation
from napari_disentangle.recipes.familiarity import iter_check_inputs
from napari_disentangle.recipes.traversal import iter_make_traversal
from napari_disentangle.tables import KEY, join
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from napari_disentangle.latents.in_distribution import InDistribution
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding, Features
    from napari_disentangle.tasks import Task

    Inputs = tuple[Embedding, NDArray[np.float32]]

_MEASURED = ("area", "solidity", "eccentricity", "orientation")
_BATCH = 64


class ExplainConfig(Config):
    """How thoroughly factors are explained."""

    max_cells: int = Field(
        2000, ge=1, description="Cells that are measured; a random part of more"
    )
    starts: int = Field(
        5, ge=1, le=100, description="Cells from which drawn walks are measured"
    )
    seed: int = Field(0, ge=0, description="Decides cells and intervals")


def iter_explain(
    model: Model,
    crops: Crops,
    *,
    measured: pd.DataFrame | None = None,
    truth: pd.DataFrame | None = None,
    features: Features | None = None,
    subject: str = "cells",
    config: ExplainConfig | None = None,
    device: str | torch.device = "auto",
) -> Task[Progress, Explanation]:
    """Return the factor card of every dimension of `model`, on the cells of `crops`.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    crops : Crops
        N cells.
    measured : pandas.DataFrame, optional
        Classical features of these cells by their masks (`iter_measure`), matched by
        `KEY`. Without, sizes and shapes are measured in the crops.
    truth : pandas.DataFrame, optional
        True factors, columns ``true_texture`` and so on, matched by `KEY`.
    features : Features, optional
        Backbone features of the crops, if they were read already.
    subject : str
        Where the cells are from, for the reader.
    config : ExplainConfig, optional
        How thoroughly.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where the backbone runs.

    Raises
    ------
    DataError
        If there are no cells.
    ModelError
        If the backbone cannot be had.

    Examples
    --------
    >>> from napari_disentangle.recipes.explain_inputs import explain_sample
    >>> from napari_disentangle.storage.models import read_model
    >>> explain_sample(read_model("features")).card("scale").grade  # doctest: +SKIP
    'A'
    """
    config = config or ExplainConfig()
    if len(crops) == 0:
        raise DataError("There are no cells to explain factors with; segment some.")
    rng = np.random.default_rng(config.seed)
    embedding, inputs = yield from _iter_encode(model, crops, features, device)
    known = yield from iter_check_inputs(model, inputs, device=device, seed=config.seed)
    rows = np.sort(rng.permutation(len(crops))[: config.max_cells])
    measures = yield from iter_measure_crops(crops, rows)
    table = with_masks(measures, measured)
    start = _typical(embedding)
    stack = yield from _iter_stack(model, embedding, crops, start)
    walks = yield from iter_measure_walks(
        model, embedding, crops, stack, table, n_starts=config.starts, rng=rng
    )
    cards = make_cards(
        model, embedding, rows, table, walks, truth=_at(crops, rows, truth), rng=rng
    )
    return Explanation(
        model_id=model.id,
        subject=subject,
        n_cells=len(crops),
        cards=cards,
        in_distribution=known,
        notes=_notes(model, known, crops, measured, stack),
        stack=stack,
        start_label=int(crops.table["label"].iloc[start]),
        table=_full_table(embedding, known, table),
        rows=rows,
        seed=config.seed,
    )


def explain(
    model: Model,
    crops: Crops,
    *,
    measured: pd.DataFrame | None = None,
    truth: pd.DataFrame | None = None,
    features: Features | None = None,
    subject: str = "cells",
    config: ExplainConfig | None = None,
    device: str | torch.device = "auto",
) -> Explanation:
    """Return the factor card of every dimension: `iter_explain` at once."""
    return run(
        iter_explain(
            model,
            crops,
            measured=measured,
            truth=truth,
            features=features,
            subject=subject,
            config=config,
            device=device,
        )
    )


def _iter_encode(
    model: Model,
    crops: Crops,
    features: Features | None,
    device: str | torch.device,
) -> Task[Progress, Inputs]:
    """Return codes, and what the autoencoder read."""
    from napari_disentangle.backbones.extract import iter_features, iter_load_backbone
    from napari_disentangle.latents.embed import iter_embed, iter_embed_pixels

    if model.scaler is None:
        embedding = yield from iter_embed_pixels(model, crops)
        size = model.card.model.image_size
        parts = [
            crops.cut(np.arange(i, min(i + _BATCH, len(crops))), size)
            for i in range(0, len(crops), _BATCH)
        ]
        return embedding, np.concatenate(parts)
    if features is None:
        backbone = yield from iter_load_backbone(model.card.backbone, device=device)
        features = yield from iter_features(crops, backbone)
    embedding = yield from iter_embed(model, features)
    return embedding, model.scaler.transform(features.values)


def _iter_stack(
    model: Model, embedding: Embedding, crops: Crops, start: int
) -> Task[Progress, TraversalStack | None]:
    try:
        return (yield from iter_make_traversal(model, embedding, crops, row=start))
    except ModelError:  # neither a decoder nor cells
        return None


def _typical(embedding: Embedding) -> int:
    """Return the row of the cell whose code is nearest to the mean."""
    off = embedding.mean - embedding.mean.mean(axis=0)
    scaled = off / np.maximum(embedding.mean.std(axis=0), 1e-6)
    return int(np.square(scaled).sum(axis=1).argmin())


def with_masks(measures: pd.DataFrame, measured: pd.DataFrame | None) -> pd.DataFrame:
    """Return measures of crops, those of size and shape by the masks if possible.

    Raises
    ------
    DataError
        If masks were measured of other cells.
    """
    if measured is None:
        return measures
    wanted = (*_MEASURED, "area_um2", "area_projected")
    known = [name for name in wanted if name in measured]
    order = pd.MultiIndex.from_frame(measures[list(KEY)])
    found = measured.set_index(list(KEY))[known].reindex(order)
    if found.isna().all(axis=None):
        raise DataError("None of the cells was measured; measure the same labels.")
    return measures.assign(**{name: found[name].to_numpy() for name in known})


def _at(
    crops: Crops, rows: NDArray[np.int64], truth: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return the true factors of `rows`, in their order."""
    if truth is None:
        return None
    order = pd.MultiIndex.from_frame(crops.table[list(KEY)].iloc[rows])
    return truth.set_index(list(KEY)).reindex(order).reset_index()


def _full_table(
    embedding: Embedding, known: InDistribution | None, measures: pd.DataFrame
) -> pd.DataFrame:
    codes = embedding.to_frame()
    if known is not None:
        codes = codes.assign(in_distribution=known.inside)
    return join(codes, measures)


def _notes(
    model: Model,
    known: InDistribution | None,
    crops: Crops,
    measured: pd.DataFrame | None,
    stack: TraversalStack | None,
) -> tuple[str, ...]:
    """Return what a reader must know before the cards."""
    first = (
        known.sentence
        if known is not None
        else "Whether these cells are like what the model learned from cannot be told: "
        "its card does not say what that was."
    )
    notes = [first]
    if len(crops) == 1:
        notes.append(
            "A single cell has no spread: walks are those of the prior, and no name "
            "can be tested; give more cells."
        )
    if measured is None:
        notes.append(
            "There are no masks: size and shape are those of what a threshold found in "
            "each crop."
        )
    if not np.isfinite(crops.window_px):
        notes.append(
            "Each crop has its own window, so the true size of cells is lost; use one "
            "common window to test Scale."
        )
    if stack is not None:
        notes += [note for note in stack.notes if note not in notes]
    return tuple(notes)
