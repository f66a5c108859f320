"""How cells got their classes, for the methods paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.classify.classifier import Classifier

_KINDS = {
    "gbt": "boosted trees",
    "mlp": "a neural network",
    "linear": "logistic regression",
}


def classes_text(
    table: pd.DataFrame, classifier: Classifier | None, grouped_by: str | None = None
) -> str:
    """Return how many cells were annotated, and what predicted the others, how well.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells that count, with `annotation`, `prediction` and `probability`.
    classifier : Classifier or None
        What is behind the predictions, if that is known.
    grouped_by : str or None
        What was kept together in its cross-validation: a column, or empty for single
        cells; None if it is not known.
    """
    given, predicted = table["annotation"].dropna(), table["prediction"].notna()
    sentences = []
    if len(given):
        sentences.append(f"{_were(len(given))} annotated by hand ({_counted(given)}).")
    if predicted.any():
        n = int(predicted.sum())
        by = "a classifier" if classifier is None else _behind(classifier, grouped_by)
        sentences.append(f"Classes of {cells_text(n)} were predicted by {by}.")
        n = int((table["probability"].notna() & ~predicted).sum())
        if n:
            sentences.append(f"{cells_text(n)} got none: no class was probable enough.")
    return " ".join(sentences)


def classifier_settings(classifier: Classifier) -> dict[str, object]:
    """Return the settings of a classifier, for JSON."""
    return {
        "columns": list(classifier.columns),
        "cells": dict(zip(classifier.classes, classifier.counts, strict=True)),
        **classifier.config.model_dump(mode="json"),
    }


def _behind(classifier: Classifier, grouped_by: str | None) -> str:
    n = sum(classifier.counts)
    pairs = zip(classifier.counts, classifier.classes, strict=True)
    cells = ", ".join(f"{count} {name}" for count, name in pairs)
    known = f"{cells}; {_reached(classifier, grouped_by)}".removesuffix("; ")
    return (
        f"{_KINDS[classifier.config.kind]} that read {', '.join(classifier.columns)} "
        f"and were trained on {cells_text(n)} ({known})"
    )


def _reached(classifier: Classifier, grouped_by: str | None) -> str:
    scores, config = classifier.scores, classifier.config
    if "balanced_accuracy" not in scores:
        return ""
    spread = scores.get("balanced_accuracy_sd")
    chance = scores.get("chance")
    text = f"balanced accuracy {scores['balanced_accuracy']:.3f}"
    text += "" if spread is None else f" ± {spread:.3f} over folds"
    text += "" if chance is None else f", by chance {chance:.3f}"
    text += f", in cross-validation, {config.repeats} times"
    return text + ("" if grouped_by is None else f", split by {grouped_by or 'cell'}")


def _counted(names: pd.Series[str]) -> str:
    counts = names.value_counts().sort_index()
    return ", ".join(f"{n} {name}" for name, n in counts.items())


def _were(n: int) -> str:
    return f"{cells_text(n)} {'was' if n == 1 else 'were'}"
