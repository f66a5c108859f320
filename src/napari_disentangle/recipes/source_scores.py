"""How well the codes of a Source model hold the factors they are named after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.dci import iter_dci
from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes, ordinal_reference
from napari_disentangle.storage.card import ScoreCard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.metrics.omes import Omes
    from napari_disentangle.storage.card import DimensionCard
    from napari_disentangle.tasks import Progress, Task

Scored = tuple[dict[str, ScoreCard], "tuple[DimensionCard, ...]"]

_SECOND = "_2"


def iter_source_scores(
    codes: NDArray[np.float32],
    positions: NDArray[np.int64],
    space: FactorSpace,
    dimensions: tuple[DimensionCard, ...],
    ceilings: Mapping[str, float],
) -> Task[Progress, Scored]:
    """Score codes of images with known factors, in random order.

    The two dimensions of a factor that goes around count as one in DCI; in OMES, whose
    correlations know no circles, each stands for itself.

    Parameters
    ----------
    codes : array, (N, L)
        Codes of images that the model has not seen.
    positions : array, (N, F)
        Their factor positions.
    space : FactorSpace
        The factors.
    dimensions : tuple of DimensionCard, length L
        Names of the dimensions.
    ceilings : mapping
        Highest possible scores by key, from `iter_ceilings`; 1 where there is none.

    Returns
    -------
    dict of ScoreCard
        DCI, MIG and OMES; the rank correlation of the Scale dimension with Scale; and
        for each factor how often trees read its value from the code.
    tuple of DimensionCard
        The dimensions, with what each was seen to hold.
    """
    names, rng = space.names, np.random.default_rng(0)
    raw = yield from iter_dci(codes, positions, rng, names=names)
    dci = raw.merged(_groups(dimensions))
    rest = [name for name in names if name != "orientation"]
    overlap = omes(codes, positions, rng, names=names)
    named = [j for j, card in enumerate(dimensions) if card.name in names]
    values = {
        "dci": dci.disentanglement,
        "dci.without_orientation": dci.restrict(rest).disentanglement,
        "mig": mig(codes, positions, names=names).value,
        "omes.avg": overlap.avg,
        "omes.named_avg": omes(codes[:, named], positions, rng, names=names).avg,
        "scale.spearman": _scale_rank(codes, positions, space, dimensions),
    }
    accuracy = dict(zip(names, dci.test_accuracy, strict=True))
    values |= {f"readout.{name}": float(accuracy[name]) for name in names}
    highest = dict.fromkeys(values, 1.0) | dict(ceilings)
    highest["omes.named_avg"] = ordinal_reference(space.sizes, len(named))
    del highest["omes.avg"]  # depends on how many spare dimensions are active
    protocol = f"{len(codes)} images of factor combinations unseen in training"
    scores = {
        key: ScoreCard(
            value=round(value, 4),
            ceiling=_round(highest.get(key)),
            chance=_round(_chances(space).get(key)),
            protocol=protocol,
        )
        for key, value in values.items()
    }
    return scores, _with_associations(dimensions, overlap)


def _groups(dimensions: tuple[DimensionCard, ...]) -> tuple[int, ...]:
    """Return for each dimension the first one that stands for the same factor."""
    names = [card.name for card in dimensions]
    return tuple(
        names.index(first) if (first := name.removesuffix(_SECOND)) in names else j
        for j, name in enumerate(names)
    )


def _scale_rank(
    codes: NDArray[np.float32],
    positions: NDArray[np.int64],
    space: FactorSpace,
    dimensions: tuple[DimensionCard, ...],
) -> float:
    from scipy.stats import spearmanr

    column = [card.name for card in dimensions].index("scale")
    known = positions[:, space.column("scale")]
    return float(spearmanr(codes[:, column], known).statistic)


def _chances(space: FactorSpace) -> dict[str, float]:
    sizes = zip(space.names, space.sizes, strict=True)
    readouts = {f"readout.{name}": 1 / size for name, size in sizes}
    return {"dci": 0.0, "mig": 0.0, "scale.spearman": 0.0, **readouts}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _with_associations(
    dimensions: tuple[DimensionCard, ...], overlap: Omes
) -> tuple[DimensionCard, ...]:
    held = {
        j: dict(zip(overlap.factors, map(float, row), strict=True))
        for j, row in zip(overlap.active, overlap.S, strict=True)
    }
    return tuple(
        card.replace(associations=held.get(j, {})) for j, card in enumerate(dimensions)
    )
