"""All open images are encoded like the one shown, without clicking through each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask
import dask.array as da
import numpy as np
import pytest

from napari_disentangle.recipes.encode_images import ImageDone
from napari_disentangle.recipes.image_cells import combine, list_images
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._classify.cells import all_cells
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
    assert "No cells of their own: bare; name that layer after its image" in told


def cancel_after(factors: FactorsWidget, n: int) -> None:
    """Press Cancel as soon as `n` images are done."""
    done: list[ImageDone[Any]] = []

    def look(event: Any) -> None:
        done.extend([event] if isinstance(event, ImageDone) else [])
        if len(done) == n:
            factors.jobs.cancel()

    factors.jobs.progressed.connect(look)


def test_cancel_keeps_the_images_that_are_done_and_names_the_others(
    factors: FactorsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    cancel_after(factors, 1)
    factors.encode_all_button.click()
    wait_for(factors)
    images = factors.session.images
    assert [known.roi_id for known in images] == ["image", "small"]
    assert images[1].table["z_scale"].notna().all()
    assert notes == ["Done and kept: small; not done: other, empty, deep."]


def test_cancel_within_the_first_image_keeps_no_half_of_it(
    factors: FactorsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    factors.jobs.progressed.connect(lambda _: factors.jobs.cancel())
    factors.encode_all()
    wait_for(factors)
    assert [known.roi_id for known in factors.session.images] == ["image"]
    assert notes == ["No other image is done; not done: small, other, empty, deep."]


def test_an_image_that_cannot_be_read_does_not_stop_the_others(
    factors: FactorsWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
    sparse_image: NDArray[np.uint8],
    tmp_path: Path,
) -> None:
    file = tmp_path / "plane.npy"
    np.save(file, sparse_image)
    lazy = da.from_delayed(dask.delayed(np.load)(file), sparse_image.shape, np.uint8)
    viewer = factors.viewer
    viewer.add_image(lazy, rgb=True, name="lost", cache=False)
    viewer.add_labels(np.ones((60, 90), int), name="lost cells")
    viewer.layers.move(viewer.layers.index("lost"), 0)
    file.unlink()
    factors.encode_all_button.click()
    wait_for(factors)
    names = {known.roi_id for known in factors.session.images}
    assert "lost" not in names
    assert "other" in names
    assert "lost: [Errno 2] No such file" in notes[-1]


def test_an_error_keeps_the_images_that_are_done_and_names_the_others(
    factors: FactorsWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
    sparse_image: NDArray[np.uint8],
) -> None:
    broken: list[bool] = []

    def read() -> NDArray[np.uint8]:
        if broken:
            raise RuntimeError("the device is gone")
        return sparse_image

    lazy = da.from_delayed(dask.delayed(read)(), sparse_image.shape, np.uint8)
    viewer = factors.viewer
    viewer.add_image(lazy, rgb=True, name="late", cache=False)
    viewer.add_labels(np.ones((60, 90), int), name="late cells")
    broken.append(True)
    factors.encode_all_button.click()
    wait_for(factors)
    images = factors.session.images
    assert [known.roi_id for known in images] == ["image", "small", "other", "empty"]
    assert "Done and kept: small, other, empty; not done: deep, late." in notes
    assert "the device is gone" in notes


@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_points_and_rectangles_of_other_images_are_encoded_like_those_shown(
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    notes: list[str],
    kind: str,
) -> None:
    viewer = make_napari_viewer()
    centers = np.array([[29.5, 14.5], [29.5, 44.5], [29.5, 74.5]])

    def add(image: Any, at: NDArray[np.float64], name: str) -> None:
        viewer.add_image(image, rgb=True, name=name)
        if kind == "points":
            viewer.add_points(at, name=f"{name} cells")
        else:
            boxes = [[at_ - 12, at_ + 12] for at_ in at]
            viewer.add_shapes(boxes, name=f"{name} cells")

    add(sparse_image, centers, "first")
    add(sparse_image[:, ::-1], centers[:2], "second")
    add(sparse_image[::-1], centers[:0], "none")
    viewer.add_image(sparse_image, rgb=True, name="bare")
    viewer.add_image(sparse_image, rgb=True, name="painted")
    viewer.add_labels(sparse_labels, name="painted cells")
    crops = dock_in(viewer, CropsWidget)
    crops.image_combo.set_layer(viewer.layers["first"])
    crops.cells_combo.set_layer(viewer.layers["first cells"])
    crops.crop_form.setValue(crops.crop_form.value().replace(window_px=30))
    crops.cut()
    wait_for(crops)
    factors = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    factors.encode_all_button.click()
    wait_for(factors)
    table = combine(factors.session.images)
    labels = table.groupby("roi_id")["label"].apply(list).to_dict()
    assert labels.pop("painted", []) == ([1, 5, 10] if kind == "points" else [])
    assert labels == {"first": [1, 2, 3], "second": [1, 2]}
    codes = table.set_index(["roi_id", "label"])["z_color"]
    assert codes["second", 1] == pytest.approx(codes["first", 3], abs=1e-4)
    assert "none" in list_images(factors.session.images)["roi_id"].tolist()
    assert "No cells of their own: bare; name that layer" in notes[-1]
    unlike = "painted: The cells are labels, those of first rectangles, cut on"
    assert (unlike in notes[-1]) == (kind == "shapes")
    if kind == "points":  # at the centroids, on the same background
        assert codes["painted", 10] == pytest.approx(codes["first", 3], abs=1e-4)


def test_points_without_a_name_belong_to_the_only_image_they_lie_in(
    make_napari_viewer: Any, sparse_image: NDArray[np.uint8]
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="shown")
    viewer.add_points([[5, 5]], name="shown cells")
    viewer.add_image(sparse_image, rgb=True, name="wide")
    viewer.add_image(sparse_image[:, :40], rgb=True, name="narrow")
    viewer.add_points([[30, 15], [30, 75]], name="spots")
    layers = viewer.layers
    shown = _layers.read_source(layers["shown"], layers["shown cells"], "yxc")
    (source,), without = _layers.other_sources(viewer, shown)
    assert (source.roi_id, without) == ("wide", ["narrow"])
    layers["spots"].data = [[30, 15], [30, 20]]  # they lie in both
    assert _layers.other_sources(viewer, shown) == ([], ["wide", "narrow"])


def test_layers_of_another_kind_belong_to_an_image_by_name_only(
    viewer: Any, sparse_image: NDArray[np.uint8], sparse_labels: NDArray[np.int32]
) -> None:
    shown = _layers.read_source(viewer.layers["image"], viewer.layers["cells"], "yxc")
    for name in ("slide", "slide 1"):
        viewer.add_image(sparse_image, rgb=True, name=name)
    viewer.add_labels(sparse_labels, name="slide 1 cells")
    viewer.add_points([[5, 5]], name="slide 1 landmarks")  # not of "slide"
    viewer.add_points([[9, 9]], name="spots")
    (source,), without = _layers.other_sources(viewer, shown)
    assert (source.roi_id, source.kind, without) == ("slide 1", "labels", ["slide"])
    viewer.layers["spots"].name = "slide spots"
    found, without = _layers.other_sources(viewer, shown)
    assert [each.kind for each in found] == ["points", "labels"]
    assert without == []


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
