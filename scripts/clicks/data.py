"""Small images of every kind that a laboratory opens, to click in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import imageio.v3 as iio
import numpy as np

from clicks.cells import SIDES, bright, cells_of
from napari_disentangle.places import user_folder

if TYPE_CHECKING:
    from collections.abc import Callable

TZYX = ("t", "z", "y", "x")
BOXES = [(5, 5, 35), (50, 50, 30), (80, 80, 30)]  # y, x, side
POINTS = [(18, 20), (58, 58), (98, 96), (18, 134), (58, 20)]


def add(viewer: Any, image: Any, labels: Any, **both: Any) -> None:
    """Add an image and its cells, lying alike; of more axes the cells have the last."""
    viewer.add_image(image, name="image", **both)
    viewer.add_labels(labels, name="cells", **both)


def add_gray(viewer: Any) -> None:
    """Add a gray image of 8 bits."""
    add(viewer, bright(cells_of()).astype(np.uint8), cells_of())


def add_signed(viewer: Any) -> None:
    """Add whole numbers of which some are negative, and labels of 16 bits."""
    add(viewer, (bright(cells_of()) - 100).astype(np.int16), cells_of().astype("u2"))


def add_float(viewer: Any) -> None:
    """Add fractions, some negative, with a gap in which a cell has no values."""
    image = bright(cells_of()).astype(np.float32) / 255 - 0.3
    image[:40, :40] = np.nan
    add(viewer, image, cells_of().astype(np.int64))


def add_mask(viewer: Any) -> None:
    """Add an image of true and false."""
    add(viewer, cells_of() > 0, cells_of().astype(np.uint8))


def add_rgb(viewer: Any) -> None:
    """Add a color image."""
    image = np.stack([bright(cells_of(), seed) for seed in range(3)], axis=-1)
    viewer.add_image(image.astype(np.uint8), rgb=True, name="image")
    viewer.add_labels(cells_of(), name="cells")


def add_rgba(viewer: Any) -> None:
    """Add a color image of 16 bits with a channel of opacity."""
    image = np.stack([bright(cells_of(), seed) * 200 for seed in range(4)], axis=-1)
    image[..., 3] = 65535
    viewer.add_image(image.astype(np.uint16), rgb=True, name="image")
    viewer.add_labels(cells_of(), name="cells")


def add_channels(viewer: Any) -> None:
    """Add twelve channels in one layer."""
    image = [bright(cells_of(), seed) * (seed + 1) for seed in range(12)]
    viewer.add_image(np.stack(image).astype(np.uint16), name="image")
    viewer.add_labels(cells_of(), name="cells")


def add_movie(viewer: Any) -> None:
    """Add a time series, in which one cell is away for a frame."""
    labels = np.stack([cells_of(seed) for seed in range(5)])
    labels[1][labels[1] == 7] = 0
    looks = {"axis_labels": ("t", "y", "x"), "scale": (2, 0.5, 0.25)}
    add(viewer, bright(labels).astype(np.uint16), labels, **looks)


def add_stack(viewer: Any) -> None:
    """Add a z-stack with half of the cells low, the others high."""
    labels, flat = np.zeros((7, *SIDES), np.int32), cells_of()
    labels[1:4], labels[4:] = flat * (flat % 2 == 0), flat * (flat % 2 == 1)
    looks = {"axis_labels": ("z", "y", "x"), "scale": (3, 0.5, 0.5)}
    add(viewer, bright(labels).astype(np.uint16), labels, **looks)


def add_stacks(viewer: Any) -> None:
    """Add a time series of z-stacks, read in pieces."""
    labels = np.zeros((3, 5, *SIDES), np.int32)
    for frame in range(3):
        labels[frame, 1:4] = cells_of(frame)
    image = bright(labels).astype(np.uint16)
    lazy = [da.from_array(each, chunks=(1, 1, 60, 80)) for each in (image, labels)]
    add(viewer, *lazy, axis_labels=TZYX, scale=(1, 2, 0.3, 0.3))


def add_everything(viewer: Any) -> None:
    """Add a time series of z-stacks of two channels."""
    labels = np.stack([np.stack([cells_of(seed)] * 3) for seed in range(3)])
    image = np.stack([bright(labels, seed) for seed in range(2)], axis=1)
    axes = ("t", "c", "z", "y", "x")
    viewer.add_image(image.astype(np.uint16), name="image", axis_labels=axes)
    viewer.add_labels(labels, name="cells", axis_labels=TZYX)


def add_pyramid(viewer: Any) -> None:
    """Add an image and labels at three scales, read in pieces."""
    image, labels = bright(cells_of()).astype(np.uint8), cells_of()
    levels = [
        [da.from_array(each[::step, ::step], chunks=40) for step in (1, 2, 4)]
        for each in (image, labels)
    ]
    add(viewer, *levels, multiscale=True)


def add_zarr(viewer: Any) -> None:
    """Add zarr arrays as they are."""
    import zarr

    labels = np.stack([cells_of(seed) for seed in range(3)])
    image = zarr.array(bright(labels).astype(np.uint16), chunks=(1, 64, 64))
    viewer.add_image(image, name="image", contrast_limits=(0, 255))
    viewer.add_labels(zarr.array(labels, chunks=(1, 64, 64)), name="cells")


def add_file(viewer: Any) -> None:
    """Open an image from a file, beside which its classes are kept."""
    path = user_folder() / "images" / "slide.png"
    path.parent.mkdir(exist_ok=True)
    iio.imwrite(path, bright(cells_of()).astype(np.uint8))
    viewer.open(path, plugin="napari")
    viewer.add_labels(cells_of(), name="slide cells")


def add_two(viewer: Any) -> None:
    """Add two images with cells of the same ids."""
    for name, seed in (("a", 0), ("b", 5)):
        labels = cells_of(seed)
        viewer.add_image(bright(labels, seed).astype(np.uint8), name=name)
        viewer.add_labels(labels, name=f"{name} cells")


def add_turned(viewer: Any) -> None:
    """Add layers that are turned, moved and scaled."""
    looks = {"rotate": 30, "translate": (50, -20), "scale": (0.5, 0.5)}
    add(viewer, bright(cells_of()).astype(np.uint8), cells_of(), **looks)


def add_large_ids(viewer: Any) -> None:
    """Add labels whose ids are above 32 bits."""
    labels = cells_of().astype(np.int64)
    add(viewer, bright(labels).astype(np.uint8), labels + 2**40 * (labels > 0))


def add_points(viewer: Any) -> None:
    """Add cells as points."""
    viewer.add_image(bright(cells_of()).astype(np.uint8), name="image")
    viewer.add_points(POINTS, name="points")


def add_boxes(viewer: Any) -> None:
    """Add cells as rectangles."""
    viewer.add_image(bright(cells_of()).astype(np.uint8), name="image")
    corners = [
        [(y, x), (y, x + side), (y + side, x + side), (y + side, x)]
        for y, x, side in BOXES
    ]
    viewer.add_shapes(corners, name="boxes")


KINDS: dict[str, Callable[[Any], None]] = {
    each.__name__.removeprefix("add_"): each
    for each in (
        *(add_gray, add_signed, add_float, add_mask, add_rgb, add_rgba, add_channels),
        *(add_movie, add_stack, add_stacks, add_everything, add_pyramid, add_zarr),
        *(add_file, add_two, add_turned, add_large_ids, add_points, add_boxes),
    )
}
"""What adds each kind of data to a viewer."""
