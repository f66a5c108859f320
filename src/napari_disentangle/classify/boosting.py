"""Boosted trees as a scikit-learn estimator whose trees are plain arrays.

The same estimator as scikit-learn's `GradientBoostingClassifier` at a small part of its
time, which is what lets a dock train again after each annotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from napari_disentangle.metrics.boosting import Booster, chances
from napari_disentangle.metrics.trees import Tree
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STAGE = "Growing trees"
_NO_LEAF = np.empty(0, np.int64)


class BoostedTrees(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Gradient boosted classification trees.

    Parameters
    ----------
    n_rounds : int
        Boosting rounds; each grows one tree a class (one in all for two classes).
    depth : int
        Most splits between the root and a leaf.
    learning_rate : float
        Share of each Newton step that is taken.
    seed : int
        Decides which of equally good splits is taken.

    Attributes
    ----------
    classes_ : array, (C,)
        The classes, sorted.
    start_ : array, (S,)
        Scores before the first round, S = C, or 1 for two classes.
    feature_, cut_, step_ : arrays, (R, S, M)
        The trees as in `metrics.trees.Tree`, and what each leaf adds to the score.
    feature_importances_ : array, (J,), sums to 1
        Share of each dimension in the fall of impurity; zeros if no split was made.
    """

    def __init__(
        self,
        n_rounds: int = 100,
        depth: int = 4,
        learning_rate: float = 0.1,
        seed: int = 0,
    ) -> None:
        self.n_rounds = n_rounds
        self.depth = depth
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(self, values: NDArray[np.floating], y: NDArray[np.generic]) -> Self:
        """Grow all trees on samples, (N, J), of classes `y`, (N,), two at least."""
        return run(self.iter_fit(values, y))

    def iter_fit(
        self, values: NDArray[np.floating], y: NDArray[np.generic]
    ) -> Task[Progress, Self]:
        """Grow all trees, yielding after each round."""
        classes, position = np.unique(y, return_inverse=True)
        booster = Booster(
            np.asarray(values, np.float32),
            position.astype(np.int64),
            np.random.default_rng(self.seed),
            depth=self.depth,
            learning_rate=self.learning_rate,
        )
        rounds = []
        for done in range(self.n_rounds):
            rounds.append(booster.grow_round())
            yield Progress(_STAGE, done + 1, self.n_rounds)
        self.classes_ = classes
        self.n_features_in_ = values.shape[1]
        self.start_ = booster.start
        self.feature_ = np.array([[t.feature for t, _ in trees] for trees in rounds])
        self.cut_ = np.array([[t.cut for t, _ in trees] for trees in rounds])
        self.step_ = np.array([[step for _, step in trees] for trees in rounds])
        gains = np.array([[t.gain for t, _ in trees] for trees in rounds])
        self.feature_importances_ = self._importances(gains)
        return self

    def predict_proba(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the probability of each class, (N, C), for samples, (N, J)."""
        check_is_fitted(self, "start_")
        x = np.ascontiguousarray(np.asarray(values, np.float32).T)
        raw = np.repeat(self.start_[:, None], x.shape[1], axis=1)
        for features, cuts, steps in zip(
            self.feature_, self.cut_, self.step_, strict=True
        ):
            for k, (feature, cut, step) in enumerate(
                zip(features, cuts, steps, strict=True)
            ):
                tree = Tree(feature, cut, step, _NO_LEAF)
                raw[k] += step[tree.leaves(x)]
        chance = chances(raw)
        if len(chance) == 1:
            chance = np.concatenate([1.0 - chance, chance])
        return np.array(chance.T, np.float64, order="C")

    def predict(self, values: NDArray[np.floating]) -> NDArray[np.generic]:
        """Return the most probable class of each sample, (N,)."""
        best = self.predict_proba(values).argmax(axis=1)
        return np.asarray(np.take(self.classes_, best))

    def _importances(self, gains: NDArray[np.float64]) -> NDArray[np.float64]:
        split = self.feature_ >= 0
        fall = np.bincount(
            self.feature_[split], gains[split], minlength=self.n_features_in_
        )
        return np.asarray(fall / fall.sum() if fall.sum() > 0 else fall, np.float64)
