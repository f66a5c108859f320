"""A classifier as what its folder holds, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.classifier import Classifier
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.models import Fitted
from napari_disentangle.classify.novelty import Mahalanobis, Novelty
from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.storage.classifiers import (
    ClassifierCard,
    StoredClassifier,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_ARRAYS = ("centers", "sd", "whitening", "reference")


def to_stored(classifier: Classifier) -> StoredClassifier:
    """Return what is written of a classifier.

    A novelty of neighbors is left out, since it holds all cells.
    """
    card = ClassifierCard(
        columns=classifier.columns,
        classes=classifier.classes,
        counts=classifier.counts,
        shares=tuple(float(share) for share in classifier.fitted.shares),
        model=classifier.model,
        config=classifier.config.model_dump(mode="json"),
        scores=dict(classifier.scores),
    )
    arrays = _novelty_arrays(classifier.novelty)
    return StoredClassifier(card, classifier.estimator, arrays)


def from_stored(stored: StoredClassifier) -> Classifier:
    """Return the classifier that was written.

    Raises
    ------
    ModelError
        If its config or its novelty is damaged.
    """
    card = stored.card
    try:
        config = check_config(ClassifierConfig, card.config)
    except ConfigError as error:
        raise ModelError(f"The classifier's card is damaged: {error}") from error
    return Classifier(
        Fitted(stored.estimator, np.array(card.shares), config.balanced),
        card.columns,
        card.classes,
        card.counts,
        card.model,
        config,
        _read_novelty(stored.novelty, len(card.columns)),
        card.scores,
    )


def _novelty_arrays(novelty: Novelty | None) -> dict[str, NDArray[np.float64]]:
    if novelty is None or not isinstance(novelty.detector, Mahalanobis):
        return {}
    shape = novelty.detector
    arrays = (shape.centers, shape.sd, shape.whitening, novelty.reference)
    return dict(zip(_ARRAYS, arrays, strict=True))


def _read_novelty(
    arrays: Mapping[str, NDArray[np.float64]], width: int
) -> Novelty | None:
    if not arrays:
        return None
    if set(arrays) != set(_ARRAYS) or arrays["whitening"].shape != (width, width):
        raise ModelError(
            "The classifier's novelty does not fit its card; copy the folder again or "
            "train the classifier again."
        )
    centers, sd, whitening, reference = (arrays[name] for name in _ARRAYS)
    return Novelty(Mahalanobis(centers, sd, whitening), reference)
