"""The methods say how cells were found, cut and classified, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from napari_disentangle.classify.classifier import Classifier
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.segment import SegmentConfig
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.recipes.methods_cells import cut_settings, origin_text
from napari_disentangle.recipes.methods_classes import classes_text

OTSU = SegmentConfig(method="otsu", min_area_px=55)


def image(name: str, **known: object) -> ImageCells:
    return replace(ImageCells.without_cells(name, name), **known)  # type: ignore[arg-type]


def test_segmented_and_given_cells_are_told_apart() -> None:
    images = [
        image("a", kind="labels", segmentation=OTSU),
        image("b", kind="labels", segmentation=SegmentConfig()),
        image("c", kind="labels"),
        image("d", kind="points"),
        image("empty"),
        image("folder/", kind="labels"),
    ]
    assert origin_text(images) == (
        "The cells of 2 images were segmented with napari-disentangle (threshold li "
        "and otsu, settings below); edits by hand are not recorded. The cells of 1 "
        "image were given as labels; how these were made is not recorded here. The "
        "cells of 1 image were marked by points."
    )
    assert origin_text([image("empty")]) == ""


def test_settings_that_images_share_stand_there_once() -> None:
    limits = np.array([[0.0, 255.0]])
    cut = {"crop": CropConfig(), "window_px": 80.0, "limits": limits}
    same = [image("a", segmentation=OTSU, **cut), image("b", segmentation=OTSU, **cut)]
    found = cut_settings(same)
    assert found["segmentation"] == OTSU.model_dump(mode="json")
    assert found["cut"] == {"window_px": 80.0, "limits": [[0.0, 255.0]]}
    both = cut_settings([*same, image("c", **{**cut, "window_px": 90.0})])
    assert [each["window_px"] for each in both["cut"]] == [80.0, 90.0]  # type: ignore[attr-defined]
    assert cut_settings([image("empty")]) == {}


def cells(predicted: list[str | None]) -> pd.DataFrame:
    table = pd.DataFrame({"annotation": [None] * len(predicted)}, dtype=object)
    return table.assign(prediction=predicted, probability=0.9)


def test_what_was_not_probable_enough_is_counted() -> None:
    text = classes_text(cells(["red", None, "red"]), None)
    assert text == (
        "Classes of 2 cells were predicted by a classifier. 1 cell got none: no class "
        "was probable enough."
    )


def test_a_classifier_of_another_session_is_told_with_its_own_cells() -> None:
    config = ClassifierConfig(kind="gbt")
    opened = Classifier(
        None,  # type: ignore[arg-type]
        ("area",),
        ("a", "b"),
        (10, 20),
        "",
        config,
    )
    text = classes_text(cells(["a"]), opened)
    assert text.endswith(
        "by boosted trees that read area and were trained on 30 cells (10 a, 20 b)."
    )
    known = replace(opened, scores={"balanced_accuracy": 0.5})
    assert "split by cell" in classes_text(cells(["a"]), known, "")
    assert "split by roi_id" in classes_text(cells(["a"]), known, "roi_id")


def test_nothing_is_said_of_classes_where_there_are_none() -> None:
    none = cells([None, None]).assign(probability=np.nan)
    assert classes_text(none, None) == ""
