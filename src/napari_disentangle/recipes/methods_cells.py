"""Where cells came from and how they were cut, for the methods paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.recipes.image_cells import ImageCells

_GIVEN = {
    "labels": "were given as labels; how these were made is not recorded here",
    "points": "were marked by points",
    "shapes": "were marked by rectangles",
}


def origin_text(images: Sequence[ImageCells]) -> str:
    """Return how the cells were found, as far as that is known.

    Images without cells, and folders of images, are left out.
    """
    known = [image for image in images if image.kind and not image.is_folder]
    made = [image for image in known if image.segmentation is not None]
    methods = sorted({i.segmentation.method for i in made if i.segmentation})
    sentences = []
    if made:
        sentences.append(
            f"{_cells_of(len(made))} were segmented with napari-disentangle (threshold "
            f"{' and '.join(methods)}, settings below); edits by hand are not recorded."
        )
    for kind, how in _GIVEN.items():
        n = sum(image.kind == kind and image.segmentation is None for image in known)
        if n:
            sentences.append(f"{_cells_of(n)} {how}.")
    return " ".join(sentences)


def cut_settings(images: Sequence[ImageCells]) -> dict[str, object]:
    """Return the options of segmentation and crops that were used, for JSON.

    Each stands there once, however many images share it; `cut` has the side of the
    window in pixels and the brightness that became 0 and 1 in each channel.
    """
    found: dict[str, list[object]] = {"segmentation": [], "crops": [], "cut": []}
    for image in images:
        if image.segmentation is not None:
            _add(found["segmentation"], image.segmentation.model_dump(mode="json"))
        if image.crop is not None:
            _add(found["crops"], image.crop.model_dump(mode="json"))
            _add(found["cut"], _cut_of(image))
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in found.items()
        if values
    }


def _cut_of(image: ImageCells) -> dict[str, object]:
    side = float(image.window_px) if np.isfinite(image.window_px) else None
    limits = None if image.limits is None else np.round(image.limits, 6).tolist()
    return {"window_px": side, "limits": limits}


def _add(values: list[object], value: object) -> None:
    if value not in values:
        values.append(value)


def _cells_of(n: int) -> str:
    return f"The cells of {n} {'image' if n == 1 else 'images'}"
