"""Score any codes of samples with known factors: OMES, MIG and DCI at once."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import ConfigError
from napari_disentangle.metrics.checks import check_codes, check_factors
from napari_disentangle.metrics.dci import Dci, iter_dci
from napari_disentangle.metrics.mig import Mig, mig
from napari_disentangle.metrics.omes import Omes, omes
from napari_disentangle.recipes.score_json import (
    dci_document,
    mig_document,
    omes_document,
)
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from napari_disentangle.metrics.pairs import CodePairs
    from napari_disentangle.recipes.score_json import Document

METRICS = ("omes", "mig", "dci")
"""Scores there are, in the order they are computed."""

_STAGE = "Scoring codes"


@dataclass(frozen=True, slots=True)
class CodeScores:
    """Scores of codes; None for a score that was not asked for.

    Attributes
    ----------
    omes, mig, dci : Omes, Mig, Dci or None
        The scores. See `docs/scores.md`.
    seconds : dict
        Time each of them took.
    """

    omes: Omes | None
    mig: Mig | None
    dci: Dci | None
    seconds: dict[str, float]

    def to_json(self) -> Document:
        """Return all numbers as one JSON document, keyed by score."""
        document: Document = {}
        if self.omes is not None:
            document["omes"] = omes_document(self.omes)
        if self.mig is not None:
            document["mig"] = mig_document(self.mig)
        if self.dci is not None:
            document["dci"] = dci_document(self.dci)
        return document | {"seconds": dict(self.seconds)}


def iter_score_codes(
    codes: ArrayLike,
    factors: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    pairs: CodePairs | None = None,
    metrics: Sequence[str] = METRICS,
    seed: int = 0,
) -> Task[Progress, CodeScores]:
    """Score codes of samples with known factors.

    Parameters
    ----------
    codes : array, (N, J)
        One row a sample, in random order.
    factors : array, (N, K)
        Value of each factor of each sample.
    names : sequence of str, length K, optional
        Names of the factors.
    pairs : CodePairs, optional
        Intervention pairs for OMES, in the order of the factors; by default they are
        looked for among the samples.
    metrics : sequence of str
        Which of `METRICS` to compute.
    seed : int
        Decides the pairs and the order of equal splits.

    Raises
    ------
    ConfigError
        If a metric is unknown or none is given.
    DataError
        If codes, factors or pairs cannot be used or do not fit each other.

    Examples
    --------
    >>> factors = np.random.default_rng(0).integers(0, 4, (900, 2))
    >>> round(score_codes(factors, factors, metrics=["mig"]).mig.value, 2)
    1.0
    """
    _check_metrics(metrics)
    values = check_codes(codes)
    space, positions = check_factors(factors, len(values), names)
    rng = np.random.default_rng(seed)
    clock = Clock()
    overlap = gap = trees = None
    if "omes" in metrics:
        yield Progress(f"{_STAGE} with OMES", 0, 1)
        overlap = omes(values, positions, rng, names=space.names, pairs=pairs)
        clock.stop("omes")
    if "mig" in metrics:
        yield Progress(f"{_STAGE} with MIG", 0, 1)
        gap = mig(values, positions, names=space.names)
        clock.stop("mig")
    if "dci" in metrics:
        trees = yield from iter_dci(values, positions, rng, names=space.names)
        clock.stop("dci")
    return CodeScores(overlap, gap, trees, clock.seconds)


def score_codes(
    codes: ArrayLike,
    factors: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    pairs: CodePairs | None = None,
    metrics: Sequence[str] = METRICS,
    seed: int = 0,
) -> CodeScores:
    """Return the scores of codes: `iter_score_codes` at once."""
    return run(
        iter_score_codes(
            codes, factors, names=names, pairs=pairs, metrics=metrics, seed=seed
        )
    )


class Clock:
    """Names the seconds since it last stopped.

    Attributes
    ----------
    seconds : dict
        What `stop` was told.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def stop(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def _check_metrics(metrics: Sequence[str]) -> None:
    unknown = [name for name in metrics if name not in METRICS]
    if unknown or not metrics:
        what = f"Unknown metric {unknown[0]!r}" if unknown else "No metric was given"
        raise ConfigError(f"{what}; choose from {', '.join(METRICS)}.")
