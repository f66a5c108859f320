"""A session keeps the cells of each of its images, so that all can be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._images import shown_image
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_disentangle.widgets._session import Session


def cut(viewer: Any, image: str = "image") -> Session:
    session = session_of(viewer)
    layers = viewer.layers[image], viewer.layers["cells"]
    source = _layers.read_source(*layers, "yxc")
    session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    return session


def test_an_image_is_kept_as_its_table_changes_and_dropped_by_new_crops(
    viewer: Any,
) -> None:
    session = cut(viewer)
    assert session.images == ()
    assert session.crops is not None
    session.table = session.crops.table.assign(annotation="a")
    session.table = session.crops.table.assign(annotation="b")
    (kept,) = session.images
    assert kept.table is session.table
    assert shown_image(session) is kept
    assert kept.crop == CropConfig()
    cut(viewer)
    assert session.images == ()
    assert shown_image(session) is None


def test_another_image_leaves_the_first_as_it_was(viewer: Any) -> None:
    other = viewer.layers["image"].data[::-1]
    viewer.add_image(np.ascontiguousarray(other), rgb=True, name="other")
    session = cut(viewer)
    assert session.crops is not None
    session.table = first = session.crops.table
    cut(viewer, "other")
    session.table = second = session.crops.table
    assert [known.roi_id for known in session.images] == ["image", "other"]
    assert [known.table for known in session.images] == [first, second]


def test_an_image_without_cells_is_kept_by_name(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    notes: Any,
) -> None:
    empty = viewer.add_labels(np.zeros((60, 90), int), name="empty")
    dock = dock_in(viewer, CropsWidget)
    dock.cells_combo.set_layer(empty)
    dock.cut()
    wait_for(dock)
    (kept,) = dock.session.images
    assert (kept.roi_id, len(kept.table)) == ("image", 0)
    assert "no cells" in notes[0]


def test_models_are_offered_once(viewer: Any, tmp_path: Path) -> None:
    session = session_of(viewer)
    session.add_model(tmp_path)
    session.add_model(tmp_path)
    assert session.models == (str(tmp_path),)
