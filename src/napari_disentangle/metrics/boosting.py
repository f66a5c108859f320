"""Gradient boosted classification trees, fast enough to score with.

The same estimator as scikit-learn's `GradientBoostingClassifier` (log-loss, exact
splits of least squared error, one Newton step a leaf; Friedman, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from napari_disentangle.metrics.trees import TreeGrower

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.metrics.trees import Tree


@dataclass(frozen=True, slots=True)
class Boosted:
    """What boosting learned about one factor.

    Attributes
    ----------
    importance : array, (J,), sums to 1
        Share of each dimension in the fall of impurity over all splits; zeros if no
        split was made.
    train, test : arrays, (N,) and (M,)
        Predicted classes of both sets.
    """

    importance: NDArray[np.float64]
    train: NDArray[np.int64]
    test: NDArray[np.int64]


def boost(
    train: NDArray[np.float32],
    classes: NDArray[np.int64],
    test: NDArray[np.float32],
    rng: np.random.Generator,
    *,
    n_rounds: int = 100,
    depth: int = 3,
    learning_rate: float = 0.1,
) -> Boosted:
    """Fit boosted trees on `train` and predict both sets.

    Parameters
    ----------
    train, test : arrays, (N, J) and (M, J), float32
        Codes, finite.
    classes : array, (N,)
        Class of each training sample, at least two different ones.
    rng : numpy.random.Generator
        Order in which dimensions are tried: of equally good splits the first is taken.
    n_rounds : int
        Boosting rounds; each grows one tree a class (one in all for two classes).
    depth : int
        Most splits between the root and a leaf.
    learning_rate : float
        Share of each Newton step that is taken.
    """
    booster = Booster(train, classes, rng, depth=depth, learning_rate=learning_rate)
    raw_test = np.repeat(booster.start[:, None], len(test), axis=1)
    x_test = np.ascontiguousarray(test.T)
    importance = np.zeros(train.shape[1])
    for _ in range(n_rounds):
        for k, (tree, step) in enumerate(booster.grow_round()):
            raw_test[k] += step[tree.leaves(x_test)]
            split = tree.feature >= 0
            np.add.at(importance, tree.feature[split], tree.gain[split])
    total = importance.sum()
    return Boosted(
        importance / total if total > 0 else importance,
        booster.classes[decide(booster.raw)],
        booster.classes[decide(raw_test)],
    )


class Booster:
    """Boosting that grows on demand, one round at a time.

    Parameters
    ----------
    train : array, (N, J), float32
        Codes, finite.
    classes : array, (N,)
        Class of each training sample, at least two different ones.
    rng : numpy.random.Generator
        Order in which dimensions are tried.
    depth : int
        Most splits between the root and a leaf.
    learning_rate : float
        Share of each Newton step that is taken.

    Attributes
    ----------
    classes : array, (C,)
        The classes that occur, sorted.
    start : array, (C,) or (1,) for two classes
        Scores before the first round.
    raw : array, (C, N) or (1, N)
        Scores of the training samples by now; `chances` makes them probabilities.
    """

    def __init__(
        self,
        train: NDArray[np.float32],
        classes: NDArray[np.int64],
        rng: np.random.Generator,
        *,
        depth: int,
        learning_rate: float,
    ) -> None:
        self.classes, self._wanted, self.raw, shrink = _start(classes)
        self.start = self.raw[:, 0].copy()
        self._rate = learning_rate * shrink
        self._grower = TreeGrower(np.ascontiguousarray(train.T), depth)
        self._tries = np.tile(np.arange(train.shape[1]), (depth, 1))
        self._rng = rng

    def grow_round(self) -> list[tuple[Tree, NDArray[np.float64]]]:
        """Grow a tree a score and return each with what its leaves add, (M,)."""
        chance = chances(self.raw)
        residual = self._wanted - chance
        curvature = chance * (1.0 - chance)
        grown = []
        for k in range(len(self.raw)):
            tries = self._rng.permuted(self._tries, axis=1)
            tree = self._grower.grow(residual[k], tries)
            slope = np.bincount(tree.leaf, residual[k], len(tree.gain))
            bend = np.bincount(tree.leaf, curvature[k], len(tree.gain))
            step = np.zeros(len(slope))
            np.divide(slope, bend, out=step, where=bend > 1e-150)
            step *= self._rate
            self.raw[k] += step[tree.leaf]
            grown.append((tree, step))
        return grown


def _start(
    classes: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64], float]:
    """Return classes, one-hot targets (C, N), first scores (C, N), and Newton's factor.

    Two classes share one score, so C = 1 and the factor is 1, else (C - 1) / C.
    """
    known, position = np.unique(classes, return_inverse=True)
    wanted = position == np.arange(len(known))[:, None]
    share = wanted.mean(axis=1, keepdims=True)
    if len(known) == 2:
        raw = np.log(share[1:] / share[:1])
        return known, wanted[1:], np.repeat(raw, len(classes), axis=1), 1.0
    raw = np.repeat(np.log(share), len(classes), axis=1)
    return known, wanted, raw, 1.0 - 1.0 / len(known)


def chances(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the class probabilities of scores, (C, N); of two classes the second's."""
    if len(raw) == 1:
        return np.asarray(expit(raw))
    chance = np.exp(raw - raw.max(axis=0))
    return np.asarray(chance / chance.sum(axis=0))


def decide(raw: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the most probable class of scores, (C, N) to (N,), as a position."""
    return np.asarray(raw[0] > 0 if len(raw) == 1 else raw.argmax(axis=0), np.int64)
