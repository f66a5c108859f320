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
    known, wanted, raw, shrink = _start(classes)
    raw_test = np.repeat(raw[:, :1], len(test), axis=1)
    x_test = np.ascontiguousarray(test.T)
    grower = TreeGrower(np.ascontiguousarray(train.T), depth)
    tries = np.tile(np.arange(train.shape[1]), (depth, 1))
    importance = np.zeros(train.shape[1])
    rate = learning_rate * shrink
    for _ in range(n_rounds):
        chance = _chances(raw)
        residual = wanted - chance
        curvature = chance * (1.0 - chance)
        for k in range(len(wanted)):
            tree = grower.grow(residual[k], rng.permuted(tries, axis=1))
            slope = np.bincount(tree.leaf, residual[k], len(tree.gain))
            bend = np.bincount(tree.leaf, curvature[k], len(tree.gain))
            step = np.zeros_like(slope)
            np.divide(slope, bend, out=step, where=bend > 1e-150)
            raw[k] += rate * step[tree.leaf]
            raw_test[k] += rate * step[tree.leaves(x_test)]
            split = tree.feature >= 0
            np.add.at(importance, tree.feature[split], tree.gain[split])
    total = importance.sum()
    return Boosted(
        importance / total if total > 0 else importance,
        known[_decide(raw)],
        known[_decide(raw_test)],
    )


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


def _chances(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the class probabilities, (C, N), of scores."""
    if len(raw) == 1:
        return np.asarray(expit(raw))
    chance = np.exp(raw - raw.max(axis=0))
    return np.asarray(chance / chance.sum(axis=0))


def _decide(raw: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(raw[0] > 0 if len(raw) == 1 else raw.argmax(axis=0), np.int64)
