"""Classes survive a trial of other crop options."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("home")

ALL = CropConfig(min_area_px=1)
LARGE = CropConfig(min_area_px=150)


def cut(viewer: Any, config: CropConfig) -> Any:
    source = _layers.read_source(viewer.layers["image"], viewer.layers["cells"], "yx")
    session = session_of(viewer)
    session.set_crops(source, run(iter_plan_objects(source, config)))
    return session


def test_a_cell_that_has_no_crop_for_a_while_keeps_its_class(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    home: Path,
    notes: list[str],
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((60, 80), np.int32)
    labels[5:25, 5:25], labels[12:18, 28:34], labels[30:50, 30:50] = 1, 2, 3
    viewer.add_image(labels.astype(np.uint8), name="image")
    viewer.add_labels(labels, name="cells")
    session = cut(viewer, ALL)
    dock = dock_in(viewer, AnnotateWidget)
    dock.add_class("crumb")
    dock.give_to(session.crops.table.iloc[1:2], "crumb")
    cut(viewer, LARGE)
    assert session.crops.table["label"].tolist() == [1, 3]
    assert notes == []
    (file,) = (home / "annotations").glob("*.json")
    assert [row[2:4] for row in json.loads(file.read_text())["cells"]] == [[2, "crumb"]]
    cut(viewer, ALL)
    names = session.annotations.names_of(session.crops.table)
    assert names.tolist()[1] == "crumb"
