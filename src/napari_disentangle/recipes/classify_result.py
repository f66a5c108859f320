"""What training a classifier gives, and its numbers as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import pandas as pd
    from pydantic import JsonValue

    from napari_disentangle.classify.calibration import Calibration
    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.classify.importance import Importances
    from napari_disentangle.classify.open_set import OpenSet
    from napari_disentangle.classify.validate import CrossValidation, Spread
    from napari_disentangle.recipes.classify_cells import Parts

Document: TypeAlias = "dict[str, JsonValue]"


@dataclass(frozen=True, slots=True)
class Trained:
    """Event: the classifier is there; how good it is comes next.

    Attributes
    ----------
    classifier : Classifier
        Trained on all annotated cells, without scores yet.
    """

    classifier: Classifier

    def __str__(self) -> str:
        n, classes = sum(self.classifier.counts), len(self.classifier.classes)
        return f"Trained on {n} cells of {classes} classes"


@dataclass(frozen=True, slots=True)
class ClassifierResult:
    """A classifier and how far it can be trusted.

    Attributes
    ----------
    classifier : Classifier
        Trained on all annotated cells; its `scores` are cross-validated.
    cells : pandas.DataFrame
        The annotated cells: `KEY`, `annotation`, and `prediction` and `probability`
        from classifiers that did not see the cell.
    found : CrossValidation
        Everything about the cross-validation.
    importances : Importances
        Which columns matter.
    open_set : OpenSet or None
        Whether a class that nobody annotated would be noticed; None if there are too
        few cells to tell.
    parts : Parts
        How cells were split.
    left_out : pandas.DataFrame
        `KEY` and `reason` of the cells of the table that were not used.
    notes : tuple of str
        What the user should know.
    """

    classifier: Classifier
    cells: pd.DataFrame
    found: CrossValidation
    importances: Importances
    open_set: OpenSet | None
    parts: Parts
    left_out: pd.DataFrame
    notes: tuple[str, ...]

    def to_json(self) -> Document:
        """Return all numbers as one JSON document."""
        scores, classifier = self.found.scores, self.classifier
        return {
            "classifier": classifier.config.kind,
            "columns": list(classifier.columns),
            "classes": list(classifier.classes),
            "model": classifier.model,
            "n": scores.n,
            "balanced_accuracy": _spread(self.found.balanced_accuracy),
            "accuracy": _spread(self.found.spread(lambda s: s.accuracy)),
            "macro_f1": _spread(self.found.spread(lambda s: s.macro_f1)),
            "chance": scores.chance,
            "per_class": {
                name: {
                    "n": int(scores.counts[k]),
                    "recall": _number(scores.recall[k]),
                    "precision": _number(scores.precision[k]),
                    "f1": _number(scores.f1[k]),
                }
                for k, name in enumerate(scores.classes)
            },
            "confusion": scores.confusion.tolist(),
            "calibration": _calibration(scores.calibration),
            "importances": _importances(self.importances),
            "open_set": _open_set(self.open_set),
            "cross_validation": {
                "folds": self.parts.folds,
                "repeats": classifier.config.repeats,
                "grouped_by": self.parts.grouped_by or "cell",
            },
            "left_out": {
                str(reason): int(n)
                for reason, n in self.left_out["reason"].value_counts().items()
            },
            "notes": list(self.notes),
            "config": classifier.config.model_dump(mode="json"),
        }


def _spread(spread: Spread) -> Document:
    return {"mean": spread.mean, "sd": spread.sd}


def _number(value: float | np.floating) -> float | None:
    return None if math.isnan(value) else float(value)


def _numbers(values: Iterable[float]) -> list[JsonValue]:
    return [_number(value) for value in values]


def _calibration(calibration: Calibration) -> Document:
    return {
        "ece": calibration.ece,
        "edges": calibration.edges.tolist(),
        "counts": calibration.counts.tolist(),
        "probability": _numbers(calibration.probability),
        "accuracy": _numbers(calibration.accuracy),
    }


def _importances(importances: Importances) -> Document:
    document: Document = {}
    for j, name in enumerate(importances.columns):
        entry: Document = {
            "permutation": float(importances.permutation[j]),
            "permutation_sd": float(importances.permutation_sd[j]),
        }
        if importances.impurity is not None and importances.impurity_sd is not None:
            entry["impurity"] = float(importances.impurity[j])
            entry["impurity_sd"] = float(importances.impurity_sd[j])
        document[name] = entry
    return document


def _open_set(found: OpenSet | None) -> Document | None:
    if found is None:
        return None
    return {
        name: {
            kind: {"auroc": float(found.mean(kind)[k]), "sd": float(found.sd(kind)[k])}
            for kind in found.auroc
        }
        for k, name in enumerate(found.classes)
    }
