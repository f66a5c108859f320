"""How unlike all known cells a cell is, and in which factor.

A novelty is a distance to the known cells; a cell is called unlike them if few known
cells, when held out, were as far away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import rankdata

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NoveltyKind = Literal["mahalanobis", "neighbors"]
"""Distance to the nearest class, or mean distance to the nearest known cells."""

NEIGHBORS = 5
"""Known cells whose mean distance counts, as in the papers' code."""

_PARTS = 5  # of the known cells, each held out once to learn usual distances


class Detector(Protocol):
    """Gives each cell its distance to the known ones."""

    def score(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the novelty of codes, (N, J) to (N,), at least 0."""
        ...


@dataclass(frozen=True, slots=True)
class Mahalanobis:
    """Distance to the nearest class center, in sd of the classes [1]_.

    All classes share one covariance, that within classes, with the shrinkage of Ledoit
    and Wolf, so that few cells and many dimensions are no trouble.

    Attributes
    ----------
    centers : array, (C, J)
        Mean code of each class.
    sd : array, (J,)
        Standard deviation within classes.
    whitening : array, (J, J)
        Makes differences, in sd, uncorrelated with variance 1.

    References
    ----------
    .. [1] Lee et al., "A simple unified framework for detecting out-of-distribution
       samples and adversarial attacks", NeurIPS 2018.
    """

    centers: NDArray[np.float64]
    sd: NDArray[np.float64]
    whitening: NDArray[np.float64]

    def distances(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance to each class center, (N, C)."""
        points, centers = (x / self.sd @ self.whitening for x in (codes, self.centers))
        return np.asarray(cdist(points, centers))

    def score(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance to the nearest class center, (N,)."""
        return np.asarray(self.distances(codes).min(axis=1))


@dataclass(frozen=True, slots=True)
class Neighbors:
    """Mean distance to the nearest known cells, in sd of the classes.

    Attributes
    ----------
    points : array, (M, J)
        Codes of the known cells.
    sd : array, (J,)
        Standard deviation within classes.
    """

    points: NDArray[np.float64]
    sd: NDArray[np.float64]

    def score(self, codes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the mean distance to the five nearest known cells, (N,)."""
        return self._mean_distance(codes / self.sd)

    def score_own(self) -> NDArray[np.float64]:
        """Return the novelty of each known cell, (M,), were it not known."""
        return self._mean_distance(None)

    def _mean_distance(self, at: NDArray[np.float64] | None) -> NDArray[np.float64]:
        from sklearn.neighbors import NearestNeighbors

        n = min(NEIGHBORS, len(self.points) - (at is None))
        search = NearestNeighbors(n_neighbors=n).fit(self.points / self.sd)
        return np.asarray(search.kneighbors(at)[0].mean(axis=1))


@dataclass(frozen=True, slots=True)
class Novelty:
    """A detector and the novelties it gives to known cells.

    Attributes
    ----------
    detector : Detector
        Gives distances.
    reference : array, (M,), sorted
        Novelties of known cells, each from a detector that was not shown the cell.
    """

    detector: Detector
    reference: NDArray[np.float64]

    def score(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return novelties, (N,); NaN for rows of `values`, (N, J), with NaN."""
        codes = np.asarray(values, np.float64)
        known = np.isfinite(codes).all(axis=1)
        scores = np.full(len(codes), np.nan)
        if known.any():
            scores[known] = self.detector.score(codes[known])
        return scores

    def p_value(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return how often a known cell is at least as novel, (N,), in (0, 1].

        Valid for cells that are drawn like the known ones (conformal p-value): of them,
        a share of at most p gets a p-value of p or less.
        """
        novel = np.asarray(scores, np.float64)
        below = np.searchsorted(self.reference, novel, side="left")
        p = (len(self.reference) - below + 1) / (len(self.reference) + 1)
        return np.where(np.isnan(novel), np.nan, p)

    def threshold(self, level: float = 0.01) -> float:
        """Return the novelty that a share `level` of known cells exceeds."""
        return float(np.quantile(self.reference, 1.0 - level))


def fit_detector(values: ArrayLike, y: ArrayLike, kind: NoveltyKind) -> Detector:
    """Learn what known cells look like.

    Parameters
    ----------
    values : array, (N, J)
        Codes of known cells, finite, two at least.
    y : array, (N,)
        Their classes; all equal if they are not known.
    kind : {"mahalanobis", "neighbors"}
        Which distance.

    Raises
    ------
    DataError
        If codes hold NaN or there are fewer than two.
    """
    from sklearn.covariance import ledoit_wolf

    codes = check_codes(values).astype(np.float64)
    if len(codes) < 2:
        raise DataError("Novelty needs at least two known cells.")
    _, member = np.unique(np.asarray(y), return_inverse=True)
    counts = np.bincount(member)
    centers = np.zeros((len(counts), codes.shape[1]))
    np.add.at(centers, member, codes)
    centers /= counts[:, None]
    residual = codes - centers[member]
    sd = np.sqrt((residual**2).sum(axis=0) / max(len(codes) - len(counts), 1))
    sd = np.where(sd > 0, sd, 1.0)
    if kind == "neighbors":
        return Neighbors(codes, sd)
    varied = (residual != 0).any(axis=0)
    covariance = np.eye(len(sd))
    if varied.any():
        shrunk, _ = ledoit_wolf((residual / sd)[:, varied], assume_centered=True)
        covariance[np.ix_(varied, varied)] = shrunk
    return Mahalanobis(centers, sd, _whitening(covariance))


def fit_novelty(
    values: ArrayLike,
    y: ArrayLike,
    rng: np.random.Generator,
    *,
    kind: NoveltyKind = "mahalanobis",
) -> Novelty:
    """Learn what known cells look like and how far from each other they usually are.

    Parameters
    ----------
    values : array, (N, J)
        Codes of known cells, finite, four at least.
    y : array, (N,)
        Their classes; all equal if they are not known.
    rng : numpy.random.Generator
        Decides which cells are held out together.
    kind : {"mahalanobis", "neighbors"}
        Which distance.

    Raises
    ------
    DataError
        If codes hold NaN or there are too few.
    """
    codes, member = check_codes(values), np.asarray(y)
    if len(codes) < 4:
        raise DataError(
            f"Novelty needs at least four known cells; there are {len(codes)}."
        )
    whole = fit_detector(codes, member, kind)
    if isinstance(whole, Neighbors):
        return Novelty(whole, np.sort(whole.score_own()))
    part = np.empty(len(codes), np.int64)
    shuffled = rng.permutation(len(codes))
    by_class = shuffled[np.argsort(member[shuffled], kind="stable")]
    part[by_class] = np.arange(len(codes)) % min(_PARTS, len(codes) // 2)
    reference = np.empty(len(codes))
    for own in np.unique(part):
        held = part == own
        detector = fit_detector(codes[~held], member[~held], kind)
        reference[held] = detector.score(codes[held].astype(np.float64))
    return Novelty(whole, np.sort(reference))


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is unusual about cells: how they differ from the nearest known class.

    Attributes
    ----------
    nearest : array, (N,), int64
        Class whose center is nearest (Mahalanobis); -1 where codes are NaN.
    offset : array, (N, J)
        Code minus that center, in units of the code.
    offset_sd : array, (N, J)
        The same in sd within classes: beyond 3 is rare in any class.
    """

    nearest: NDArray[np.int64]
    offset: NDArray[np.float64]
    offset_sd: NDArray[np.float64]


def unusual(detector: Mahalanobis, values: ArrayLike) -> Unusual:
    """Return how cells, (N, J), differ from their nearest class, factor by factor."""
    codes = np.asarray(values, np.float64)
    known = np.isfinite(codes).all(axis=1)
    nearest = np.full(len(codes), -1, np.int64)
    offset = np.full(codes.shape, np.nan)
    if known.any():
        nearest[known] = detector.distances(codes[known]).argmin(axis=1)
        offset[known] = codes[known] - detector.centers[nearest[known]]
    return Unusual(nearest, offset, offset / detector.sd)


def auroc(known: ArrayLike, novel: ArrayLike) -> float:
    """Return how often a novel cell scores above a known one, ties counting half.

    Parameters
    ----------
    known, novel : arrays, (N,) and (M,)
        Novelties; each at least one.
    """
    low, high = np.asarray(known, np.float64), np.asarray(novel, np.float64)
    ranks = rankdata(np.concatenate([low, high]))[len(low) :]
    above = ranks.sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(low) * len(high)))


def _whitening(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return W such that W W' is the inverse of a covariance."""
    size, axes = np.linalg.eigh(covariance)
    floor = max(float(size.max()), 1.0) * 1e-9
    return np.asarray(axes / np.sqrt(np.maximum(size, floor)))
