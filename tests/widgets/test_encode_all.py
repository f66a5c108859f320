"""All open images are encoded like the one shown, without clicking through each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.recipes.image_cells import combine, list_images
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._teach import all_cells
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def factors(
    viewer: Any,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> FactorsWidget:
    """One image encoded; others open, with labels, with empty ones and without."""
    crops = dock_in(viewer, CropsWidget)
    image, cells = viewer.layers["image"], viewer.layers["cells"]
    small = np.where(sparse_labels == 5, 5, 0)[::2, ::2]
    viewer.add_image(sparse_image[::2, ::2], rgb=True, name="small")
    viewer.add_labels(small, name="ids")  # the only ones of this shape
    viewer.add_image(sparse_image[::-1], rgb=True, name="other")
    viewer.add_labels(sparse_labels[::-1], name="other cells")
    viewer.add_image(sparse_image[:, ::-1], rgb=True, name="bare")
    viewer.add_image(sparse_image[:30], rgb=True, name="empty")
    viewer.add_labels(np.zeros((30, 90), int), name="empty cells")
    viewer.add_image(sparse_image.astype(np.uint16), rgb=True, name="deep")
    viewer.add_labels(sparse_labels, name="deep cells")
    crops.image_combo.set_layer(image)
    crops.cells_combo.set_layer(cells)
    crops.cut()
    wait_for(crops)
    factors = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    assert "encode the cells of one image first" in factors.encode_all_button.toolTip()
    factors.encode()
    wait_for(factors)
    return factors


def test_exports_and_classifiers_have_all_images(
    factors: FactorsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    shown = factors.session.table
    factors.encode_all_button.click()
    wait_for(factors)
    session = factors.session
    assert session.table is shown
    table = combine(session.images)
    assert table.groupby("roi_id")["label"].apply(list).to_dict() == {
        "image": [1, 5, 10],
        "other": [1, 5, 10],
        "small": [5],
    }
    assert table["model"].nunique() == 1
    assert table["z_scale"].notna().all()
    assert set(all_cells(session)["roi_id"]) == {"image", "other", "small"}
    assert "empty" in list_images(session.images)["roi_id"].tolist()
    assert {known.window_px for known in session.images if len(known.table)} == {45.0}
    (told,) = notes
    assert "2 more images are encoded" in told
    assert "No cells: empty" in told
    assert "deep: The pixels are uint16" in told
    assert "No labels of their own: bare" in told


def test_cancel_keeps_no_half_of_the_images(
    factors: FactorsWidget, wait_for: Callable[[Any], None]
) -> None:
    factors.jobs.progressed.connect(lambda _: factors.jobs.cancel())
    factors.encode_all()
    wait_for(factors)
    assert [known.roi_id for known in factors.session.images] == ["image"]


def test_labels_that_may_be_of_either_image_are_of_none(
    viewer: Any, sparse_image: NDArray[np.uint8], sparse_labels: NDArray[np.int32]
) -> None:
    shown = _layers.read_source(viewer.layers["image"], viewer.layers["cells"], "yxc")
    for name in ("a", "b"):
        viewer.add_image(sparse_image, rgb=True, name=name)
    viewer.add_labels(sparse_labels, name="nuclei")
    assert _layers.other_sources(viewer, shown) == ([], ["a", "b"])
    viewer.layers["nuclei"].name = "b nuclei"
    (source,), without = _layers.other_sources(viewer, shown)
    assert (source.roi_id, without) == ("b", ["a"])
