from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.recipes.classify import train_classifier
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.widgets._classify.texts import (
    abstention_text,
    predicted_text,
    score_text,
)
from napari_disentangle.widgets._session import Session

if TYPE_CHECKING:
    from napari_disentangle.recipes.classify_result import ClassifierResult

LINEAR = ClassifierConfig(kind="linear", folds=2, repeats=1)
NONE = pd.DataFrame(columns=["roi_id", "frame", "label", "reason"])


def cells(roi_id: str, predictions: list[object], model: str = "m") -> pd.DataFrame:
    labels = range(1, len(predictions) + 1)
    table = pd.DataFrame({"label": labels, "roi_id": roi_id, "frame": 0})
    return table.assign(model=model, prediction=predictions)


def image_of(table: pd.DataFrame) -> ImageCells:
    roi_id = str(table["roi_id"].iloc[0])
    return ImageCells(roi_id, f"key of {roi_id}", 1, table, NONE)


@pytest.fixture(scope="module")
def result() -> ClassifierResult:
    """Two classes that Scale tells at once, in one image."""
    rng = np.random.default_rng(0)
    kind = np.arange(60) % 2
    table = cells("a", [None] * 60).drop(columns="prediction")
    values = rng.normal(size=60) + 20 * kind
    named = np.array(["small", "large"])[kind]
    return train_classifier(
        table.assign(z_scale=values, annotation=named), config=LINEAR
    )


def test_how_good_a_classifier_is_stands_beside_a_guess(
    result: ClassifierResult,
) -> None:
    text = score_text(result)
    assert text.startswith("Balanced accuracy 1.00 ± 0.00; a guess reaches 0.50. ")
    assert "2-fold cross-validation, 1 times, of 60 cells" in text
    assert text.endswith("split by single cells.")


def test_abstaining_tells_its_cost_and_its_gain(result: ClassifierResult) -> None:
    assert abstention_text(result, 0.5) == (
        "Of the cells with a class 100% would be predicted, with balanced accuracy "
        "1.00."
    )
    assert abstention_text(result, 1.1) == (
        "No cell with a class would be predicted at this probability."
    )


def test_predictions_are_counted_over_all_images_of_the_model_shown() -> None:
    shown = cells("a", ["small", "large", "small", np.nan])
    other, foreign = cells("b", ["small"]), cells("c", ["large"], model="another")
    images = tuple(map(image_of, (shown, other, foreign)))
    session = Session(table=shown, images=images)
    assert predicted_text(session, shown) == (
        "Predicted in 2 images: small 3, large 1, no class 1."
    )


def test_an_excluded_cell_is_not_counted_and_told() -> None:
    shown = cells("a", ["small", "large", "small"])
    shown = shown.assign(excluded=[True, False, False])
    session = Session(table=shown, images=(image_of(shown),))
    text = predicted_text(session, shown)
    assert text.startswith("Predicted: large 1, small 1, no class 0. ")
    assert "1 excluded" in text


def test_an_image_that_was_not_predicted_yet_is_not_counted() -> None:
    shown = cells("a", ["small"])
    waiting = cells("b", [np.nan]).drop(columns="prediction")
    session = Session(table=shown, images=(image_of(shown), image_of(waiting)))
    assert predicted_text(session, shown) == "Predicted: small 1, no class 0."
