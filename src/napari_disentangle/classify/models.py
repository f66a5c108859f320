"""Three small classifiers, trained in steps so that they can be stopped in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    from napari_disentangle.classify.boosting import BoostedTrees
    from napari_disentangle.classify.config import ClassifierConfig

_STALL = 1e-4  # fall of the training loss that still counts as learning
_PATIENCE = 10  # epochs without it


class Estimator(Protocol):
    """What is asked of a fitted scikit-learn pipeline."""

    classes_: NDArray[np.int64]

    def predict_proba(self, values: NDArray[np.float32]) -> NDArray[np.floating]:
        """Return probabilities, (N, C), of samples, (N, J)."""
        ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained classifier of arrays.

    Attributes
    ----------
    estimator : sklearn.pipeline.Pipeline
        Standardization and classifier; its classes are positions, 0 to C - 1.
    shares : array, (C,), sums to 1
        Share of each class in the training samples; 0 for one that did not occur.
    balanced : bool
        Whether probabilities are divided by these shares.
    """

    estimator: Estimator
    shares: NDArray[np.float64]
    balanced: bool

    def probabilities(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each class, (N, C), rows summing to 1.

        Parameters
        ----------
        values : array, (N, J)
            Codes; a row with NaN or infinity gets NaN throughout.
        """
        codes = np.asarray(values, np.float32)
        chance = np.full((len(codes), len(self.shares)), np.nan)
        known = np.isfinite(codes).all(axis=1)
        if not known.any():
            return chance
        seen = np.zeros((int(known.sum()), len(self.shares)))
        classes = np.asarray(self.estimator.classes_, np.int64)
        seen[:, classes] = self.estimator.predict_proba(codes[known])
        if self.balanced:
            seen[:, classes] /= self.shares[classes]
        chance[known] = seen / seen.sum(axis=1, keepdims=True)
        return chance

    @property
    def impurity(self) -> NDArray[np.float64] | None:
        """Share of each dimension in the fall of impurity, (J,); None without trees."""
        last = getattr(self.estimator, "steps", [("", None)])[-1][1]
        share: NDArray[np.float64] | None = getattr(last, "feature_importances_", None)
        return share


def iter_fit(
    values: ArrayLike,
    y: NDArray[np.int64],
    config: ClassifierConfig,
    rng: np.random.Generator,
    *,
    n_classes: int = 0,
) -> Task[Progress, Fitted]:
    """Train a classifier of standardized codes.

    Parameters
    ----------
    values : array, (N, J)
        Codes, finite.
    y : array, (N,), int64
        Class of each sample as a position from 0; two different ones at least.
    config : ClassifierConfig
        Kind and settings.
    rng : numpy.random.Generator
        Decides weights, order of samples, and order of equal splits.
    n_classes : int
        Number of classes C, if some do not occur among the samples.

    Raises
    ------
    DataError
        If codes hold NaN, lengths differ, or there is one class only.

    References
    ----------
    .. [1] Menon et al., "Long-tail learning via logit adjustment", ICLR 2021: what
       dividing probabilities by class shares optimizes.
    """
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    codes = check_codes(values).astype(np.float32)
    position = _check_classes(y, len(codes))
    scaler = StandardScaler().fit(codes)
    scaled = scaler.transform(codes)
    seed = int(rng.integers(2**31))
    if config.kind == "gbt":
        last: object = yield from _iter_trees(scaled, position, config, seed)
    elif config.kind == "mlp":
        last = yield from _iter_network(scaled, position, config, seed)
    else:
        last = yield from _iter_linear(scaled, position, config)
    counts = np.bincount(position, minlength=max(n_classes, int(position.max()) + 1))
    estimator = Pipeline([("standardize", scaler), ("classify", last)])
    return Fitted(estimator, counts / counts.sum(), config.balanced)


def fit(
    values: ArrayLike,
    y: NDArray[np.int64],
    config: ClassifierConfig,
    rng: np.random.Generator,
    *,
    n_classes: int = 0,
) -> Fitted:
    """Train a classifier of standardized codes: `iter_fit` at once."""
    return run(iter_fit(values, y, config, rng, n_classes=n_classes))


def _iter_trees(
    scaled: NDArray[np.float32],
    y: NDArray[np.int64],
    config: ClassifierConfig,
    seed: int,
) -> Task[Progress, BoostedTrees]:
    from napari_disentangle.classify.boosting import BoostedTrees

    trees = BoostedTrees(config.trees, config.depth, config.learning_rate, seed)
    return (yield from trees.iter_fit(scaled, y))


def _iter_network(
    scaled: NDArray[np.float32],
    y: NDArray[np.int64],
    config: ClassifierConfig,
    seed: int,
) -> Task[Progress, MLPClassifier]:
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        config.hidden,
        learning_rate_init=config.mlp_rate,
        alpha=config.mlp_decay,
        random_state=seed,
    )
    classes, best, stalled = np.unique(y), np.inf, 0
    for epoch in range(config.mlp_epochs):
        network.partial_fit(scaled, y, classes=classes)
        stalled = 0 if network.loss_ < best - _STALL else stalled + 1
        best = min(best, network.loss_)
        yield Progress("Training network", epoch + 1, config.mlp_epochs)
        if stalled > _PATIENCE:
            break
    return network


def _iter_linear(
    scaled: NDArray[np.float32], y: NDArray[np.int64], config: ClassifierConfig
) -> Task[Progress, LogisticRegression]:
    from sklearn.linear_model import LogisticRegression

    yield Progress("Fitting logistic regression", 0, 1)
    linear = LogisticRegression(C=config.strength, max_iter=2000)
    linear.fit(scaled, y)
    yield Progress("Fitting logistic regression", 1, 1)
    return linear


def _check_classes(y: NDArray[np.int64], n_samples: int) -> NDArray[np.int64]:
    position = np.asarray(y)
    if position.shape != (n_samples,) or position.dtype.kind not in "iu":
        raise DataError(
            f"{n_samples} cells need as many class positions (integers); "
            f"got shape {position.shape} of {position.dtype}."
        )
    if len(position) and position.min() < 0:
        raise DataError(f"Class positions start at 0; got {position.min()}.")
    if len(np.unique(position)) < 2:
        raise DataError(
            "All cells are of one class; a classifier needs cells of two classes."
        )
    return position.astype(np.int64)
