"""Images whose codes do not compare are told, wherever they come together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.recipes.classify import train_classifier
from napari_disentangle.recipes.classify_files import save_classifier
from napari_disentangle.widgets._classify.predictions import lacks_predictions
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLASSES = CellClass("x", "#ff0000", 1), CellClass("y", "#0000ff", 2)


@pytest.fixture
def two_images(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> tuple[CropsWidget, FactorsWidget]:
    """The first is encoded; the cells of the second are larger and brighter."""
    viewer = make_napari_viewer()
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    for name, side, bright in (("a", 10, 1.0), ("b", 20, 3.0)):
        labels = np.zeros((60, 60), np.int32)
        labels[5 : 5 + side, 5 : 5 + side], labels[30 : 30 + side, 30 : 30 + side] = (
            1,
            2,
        )
        viewer.add_image((bright * labels).astype(np.float32), name=name)
        viewer.add_labels(labels, name=f"{name} cells")
    for name in ("a", "b"):
        crops.image_combo.set_layer(viewer.layers[name])
        crops.cells_combo.set_layer(viewer.layers[f"{name} cells"])
        crops.cut()
        wait_for(crops)
        if name == "a":
            assert crops.unlike.isHidden()
            factors.encode()
            wait_for(factors)
    return crops, factors


def test_a_second_image_cut_by_hand_is_said_not_to_compare(
    two_images: tuple[CropsWidget, FactorsWidget],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    qtbot: Any,
) -> None:
    crops, factors = two_images
    told = crops.unlike.text()
    assert not crops.unlike.isHidden()
    assert "windows of 15, 30 px, so Scale does not compare" in told
    assert "other limits of brightness" in told
    assert "Encode all other open images" in told
    factors.encode()
    wait_for(factors)
    session, value = factors.session, Annotations(CLASSES)
    for name, labels in (("x", [1]), ("y", [2])):
        cells = pd.concat([known.table for known in session.images])
        value = value.set(cells[cells["label"].isin(labels)], name)
    session.annotations = value
    classify = dock_in(crops.viewer, ClassifyWidget)
    qtbot.waitUntil(lambda: classify.train_button.text() == "&Train on 4 cells")
    assert classify.parts.state_note.text() == told
    export = dock_in(crops.viewer, ExportWidget)
    assert export.summary.text() == f"4 cells of 2 images. {told}"
    methods = export._source().methods()
    assert "15 and 30 px, the same for all cells of an image" in methods
    assert "windows of 15, 30 px, so Scale does not compare" in methods


def test_images_encoded_together_compare(
    two_images: tuple[CropsWidget, FactorsWidget],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
) -> None:
    crops, factors = two_images
    factors.encode()
    wait_for(factors)
    factors.encode_all()
    wait_for(factors)
    export = dock_in(crops.viewer, ExportWidget)
    assert export.summary.text() == "4 cells of 2 images"
    assert "unlike" not in export._source().methods()


def test_cells_wider_than_the_window_are_counted(
    viewer: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> None:
    dock = dock_in(viewer, CropsWidget)
    dock.cut()
    wait_for(dock)
    assert "cut off" not in dock.summary.text()
    dock.crop_form.setValue(dock.crop_form.value().replace(window_px=29))
    dock.cut()
    wait_for(dock)
    assert "3 cells are wider and cut off" in dock.summary.text()


def test_images_encoded_after_a_classifier_was_opened_are_predicted(
    two_images: tuple[CropsWidget, FactorsWidget],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    qtbot: Any,
) -> None:
    crops, factors = two_images
    factors.encode()
    wait_for(factors)
    session = factors.session
    session.images = tuple(i for i in session.images if i.table is session.table)
    columns = ["z_scale", "z_shape"]
    table = pd.concat([session.table] * 4, ignore_index=True)  # type: ignore[list-item]
    table = table.assign(label=range(8), annotation=["x", "y"] * 4)
    table[columns] = np.random.default_rng(0).normal(size=(8, 2))
    config = ClassifierConfig(kind="linear", folds=2, repeats=1)
    result = train_classifier(table, columns, config=config)
    save_classifier(result.classifier, tmp_path / "classifier")
    classify = dock_in(crops.viewer, ClassifyWidget)
    classify.open(tmp_path / "classifier")
    wait_for(classify)
    assert session.table["prediction"].notna().all()  # type: ignore[index]
    factors.encode_all()
    wait_for(factors)
    qtbot.waitUntil(lambda: "in 2 images" in classify.parts.predicted_note.text())
    assert len(session.images) == 2
    for known in session.images:
        assert known.table["prediction"].notna().all()
    assert not lacks_predictions(session)
