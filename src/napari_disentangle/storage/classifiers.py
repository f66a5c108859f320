"""A classifier on disk: skops for the estimator, JSON for what it reads and says.

No pickle: a file from a colleague cannot run code. Only the types that our own
classifiers consist of are trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from pydantic import Field, JsonValue

from napari_disentangle.config import Config, read_config
from napari_disentangle.errors import ConfigError, ModelError, StorageError
from napari_disentangle.storage import layout
from napari_disentangle.storage.atomic import write_folder_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

CLASSIFIER_VERSION = 1
"""Version of the folder; raised when an older reader would misread it."""

TRUSTED = (
    "napari_disentangle.classify.boosting.BoostedTrees",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
)
"""Types beyond those that skops trusts by itself."""

_STEPS = ("BoostedTrees", "MLPClassifier", "LogisticRegression")
_PACKAGES = ("scikit-learn", "skops", "numpy", "napari-disentangle")


class ClassifierCard(Config):
    """Everything about a classifier but its estimator; `classifier.json`."""

    format_version: int = Field(CLASSIFIER_VERSION, ge=1, le=CLASSIFIER_VERSION)
    columns: tuple[str, ...] = Field(
        min_length=1, description="Columns of the cell table it reads, in order"
    )
    classes: tuple[str, ...] = Field(min_length=1, description="What it tells apart")
    counts: tuple[int, ...] = Field(description="Training cells of each class")
    shares: tuple[float, ...] = Field(description="Their shares, which sum to 1")
    model: str = Field("", description="Id of the model of the codes")
    config: dict[str, JsonValue] = Field(description="The whole training config")
    scores: dict[str, float] = Field(
        default_factory=dict, description="Cross-validated scores"
    )
    versions: dict[str, str] = Field(
        default_factory=dict, description="Versions of the packages that made it"
    )


@dataclass(frozen=True, slots=True)
class StoredClassifier:
    """What a classifier folder holds.

    Attributes
    ----------
    card : ClassifierCard
        Columns, classes, config, scores.
    estimator : sklearn.pipeline.Pipeline
        Standardization and classifier.
    novelty : mapping of str to array
        Arrays of the novelty detector; empty if there is none.
    """

    card: ClassifierCard
    estimator: Pipeline
    novelty: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def write_stored(stored: StoredClassifier, folder: Path) -> None:
    """Write a classifier as a folder, whole or not at all.

    Parameters
    ----------
    stored : StoredClassifier
        What to write. The card gets the versions of the packages at hand.
    folder : Path
        New folder, or that of an older classifier, which is replaced.

    Raises
    ------
    StorageError
        If the folder holds something else, or cannot be written.
    """
    from skops.io import dumps

    if folder.exists() and not _is_replaceable(folder):
        raise StorageError(
            f"{folder} exists and is not a classifier; give a new folder."
        )
    card = stored.card.replace(versions=_versions())
    with write_folder_atomic(folder) as part:
        text = card.model_dump_json(indent=2) + "\n"
        (part / layout.CLASSIFIER_CARD).write_text(text, encoding="utf-8")
        (part / layout.CLASSIFIER).write_bytes(dumps(stored.estimator))
        if stored.novelty:
            np.savez(part / layout.NOVELTY, allow_pickle=False, **stored.novelty)


def read_stored(folder: Path) -> StoredClassifier:
    """Read a classifier folder.

    Raises
    ------
    ModelError
        If it is not one, a file of it is missing or damaged, or the estimator holds a
        type that is not trusted. The message names the file.
    """
    card = read_classifier_card(folder)
    estimator = _read_estimator(folder / layout.CLASSIFIER, card)
    return StoredClassifier(card, estimator, _read_arrays(folder / layout.NOVELTY))


def read_classifier_card(folder: Path) -> ClassifierCard:
    """Return the card of a classifier, without its estimator.

    Raises
    ------
    ModelError
        If there is no such classifier, or its card is damaged.
    """
    path = folder / layout.CLASSIFIER_CARD
    if not path.is_file():
        raise ModelError(
            f"{folder} is not a classifier folder: it has no {layout.CLASSIFIER_CARD}; "
            "choose a folder that Save wrote."
        )
    try:
        card = read_config(ClassifierCard, path)
    except ConfigError as error:
        raise ModelError(f"Classifier card {path} is damaged: {error}") from error
    if not len(card.classes) == len(card.counts) == len(card.shares):
        raise ModelError(
            f"Classifier card {path} is damaged: it has {len(card.classes)} classes, "
            f"{len(card.counts)} counts and {len(card.shares)} shares."
        )
    return card


def _read_estimator(path: Path, card: ClassifierCard) -> Pipeline:
    from skops.io import get_untrusted_types, loads

    try:
        data = path.read_bytes()
        unknown = set(get_untrusted_types(data=data)) - set(TRUSTED)
    except OSError as error:
        raise ModelError(
            f"Classifier file {path} cannot be read: {error.strerror}."
        ) from error
    except (BadZipFile, ValueError, KeyError, EOFError) as error:
        raise ModelError(_damaged(path)) from error
    if unknown:
        raise ModelError(
            f"Classifier file {path} holds {sorted(unknown)[0]}, which is no part of a "
            "classifier of this package; it was not opened."
        )
    try:
        estimator = loads(data, trusted=list(TRUSTED))
    except Exception as error:  # whatever a constructor makes of damaged arrays
        raise ModelError(_damaged(path)) from error
    _check_estimator(estimator, path, card)
    return estimator


def _check_estimator(estimator: Pipeline, path: Path, card: ClassifierCard) -> None:
    """Refuse what is not our own pipeline, or does not fit its card."""
    steps = [type(step).__name__ for _, step in getattr(estimator, "steps", ())]
    if len(steps) != 2 or steps[0] != "StandardScaler" or steps[1] not in _STEPS:
        raise ModelError(
            f"Classifier file {path} does not hold a classifier of this package."
        )
    n_columns = estimator.n_features_in_
    classes = np.asarray(estimator.classes_)
    fits = classes.dtype.kind in "iu" and 0 <= classes.min() <= classes.max()
    if n_columns != len(card.columns) or not fits or classes.max() >= len(card.classes):
        raise ModelError(
            f"Classifier file {path} does not fit its card: it reads {n_columns} "
            f"columns and tells {len(classes)} classes apart."
        )


def _read_arrays(path: Path) -> dict[str, NDArray[np.float64]]:
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name], np.float64) for name in arrays}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise ModelError(_damaged(path)) from error


def _damaged(path: Path) -> str:
    return (
        f"Classifier file {path} is damaged, or of another version of scikit-learn; "
        "copy the folder again or train the classifier again."
    )


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in _PACKAGES}


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and (
        (folder / layout.CLASSIFIER_CARD).is_file() or not any(folder.iterdir())
    )
