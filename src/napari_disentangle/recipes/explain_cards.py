"""Put together what is known of each dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.latents.activity import MAX_KL_DEAD, kl_of
from napari_disentangle.latents.calibration import (
    calibrate_orientation,
    calibrate_scale,
)
from napari_disentangle.latents.measures import factor_of
from napari_disentangle.latents.response import moved
from napari_disentangle.latents.trust import MIN_SD_ACTIVE, correlate, judge
from napari_disentangle.metrics.association import (
    ordered_correlation,
    rank_correlation,
    turned_correlation,
)
from napari_disentangle.recipes.explanation import FactorCard

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.latents.calibration import Calibration
    from napari_disentangle.recipes.explain_walks import Walks
    from napari_disentangle.storage.card import DimensionCard, ModelCard
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Embedding

_UNORDERED = (
    "The values of {factor} have no order of their own: they are ordered by this "
    "dimension on one half of the cells and tested on the other, both ways."
)
_TURNED = (
    "An angle shows only up to the symmetry of each shape: what it says of this "
    "dimension, shape by shape, is learned on one half of the cells and tested on the "
    "other, both ways."
)


def make_cards(
    model: Model,
    embedding: Embedding,
    rows: NDArray[np.int64],
    table: pd.DataFrame,
    walks: Walks,
    *,
    truth: pd.DataFrame | None,
    rng: np.random.Generator,
) -> tuple[FactorCard, ...]:
    """Return the card of each dimension.

    Parameters
    ----------
    model : Model
        The model.
    embedding : Embedding
        Codes of all cells.
    rows : array, (n,)
        Those that were measured.
    table : pandas.DataFrame
        Measures of `rows`, in their order.
    walks : Walks
        What moves along the walks.
    truth : pandas.DataFrame or None
        True factors of `rows`, in their order.
    rng : numpy.random.Generator
        Draws intervals and halves.
    """
    codes = embedding.mean[rows]
    kls, sds = kl_of(embedding), embedding.mean.std(axis=0)
    found = correlate(codes, table, rng)
    cards = []
    for dim, named in enumerate(model.card.dimensions):
        kl, sd = float(kls[dim]), float(sds[dim])
        trust = judge(dim, embedding.dimensions, found, kl=kl, sd=sd, n_cells=len(rows))
        score, naming = _naming(model.card, named)
        real, note = _truth(named.name, codes[:, dim], truth, rng)
        shown = walks.decoded[dim] or walks.nearest[dim]
        cards.append(
            FactorCard(
                name=named.name,
                dimension=dim,
                how_named=named.how_named,
                naming=naming,
                naming_score=score,
                kl=kl,
                sd=sd,
                active=kl >= MAX_KL_DEAD and (len(rows) < 2 or sd >= MIN_SD_ACTIVE),
                decoded=walks.decoded[dim],
                nearest=walks.nearest[dim],
                also_moves=moved(shown, named.name),
                correlations=found[dim],
                drift=_drift(model.card, named.name),
                grade=trust.grade,
                reason=trust.reason,
                direction=trust.direction,
                measure=trust.measure,
                truth_rank_correlation=real,
                truth_note=note,
                calibration=_calibration(named.name, codes[:, dim], table),
            )
        )
    return tuple(cards)


def _naming(card: ModelCard, named: DimensionCard) -> tuple[float | None, str]:
    """Return how a dimension got its name: a score, and a sentence."""
    if named.how_named == "unnamed":
        return None, "It was given no name."
    factor = factor_of(named.name)
    if factor in named.associations:
        score = named.associations[factor]
        told = f" (it follows {factor} of unseen Source images by {score:.2f} of 1)"
    elif f"readout.{factor}" in card.scores:
        score = card.scores[f"readout.{factor}"].value
        told = f" ({factor} of unseen Source images is read right in {score:.0%})"
    else:
        return None, f"Named {named.how_named}."
    return float(score), f"Named {named.how_named}{told}."


def _drift(card: ModelCard, name: str) -> dict[str, float] | None:
    """Return what the card says of a dimension before and after fine-tuning."""
    kept = {
        where: card.scores[key].value
        for where in ("source", "target")
        if (key := f"kept.{where}.{name}") in card.scores
    }
    return kept or None


def _truth(
    name: str,
    codes: NDArray[np.float32],
    truth: pd.DataFrame | None,
    rng: np.random.Generator,
) -> tuple[float | None, str]:
    """Return the rank correlation with the true factor, and how it was compared."""
    factor = factor_of(name)
    column = f"true_{factor}"
    if truth is None or column not in truth:
        return None, ""
    values = truth[column].to_numpy(np.float64)
    if factor == "scale":
        found = rank_correlation(codes, values)
        return (None if found is None else found.value), ""
    if factor == "orientation":
        shape = truth["true_shape"] if "true_shape" in truth else truth[column] * 0
        angle = np.deg2rad(values)
        return turned_correlation(codes, angle, shape.to_numpy(), rng), _TURNED
    return ordered_correlation(codes, values, rng), _UNORDERED.format(factor=factor)


def _calibration(
    name: str, codes: NDArray[np.float32], table: pd.DataFrame
) -> Calibration | None:
    """Return what the codes of Scale or Orientation read in a unit."""
    factor = factor_of(name)
    if factor == "scale" and "area" in table:
        return calibrate_scale(codes, _area_px(table), _pixel_um(table))
    if factor == "orientation" and {"orientation", "eccentricity"} <= set(table):
        return calibrate_orientation(codes, table["orientation"], table["eccentricity"])
    return None


def _area_px(table: pd.DataFrame) -> pd.Series[float]:
    """Return areas in pixels; in a stack, where `area` are voxels, those projected."""
    return table["area_projected" if "area_projected" in table else "area"]


def _pixel_um(table: pd.DataFrame) -> float | None:
    """Return the side of a pixel that areas in both units imply."""
    if "area_um2" not in table:
        return None
    ratio = (table["area_um2"] / _area_px(table)).median()
    return float(np.sqrt(ratio)) if np.isfinite(ratio) and ratio > 0 else None
