"""Whether images were cut alike: else a factor tells how they were cut, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from napari_disentangle.recipes.image_cells import ImageCells

REMEDY = "Cut and encode one, then press Encode all other open images in Factors."
_CLOSE = 1e-3  # of a limit of brightness
_OPTIONS = ("window", "background", "projection", "channels")


def unlike_text(images: Sequence[ImageCells]) -> str:
    """Return in which way images were cut unlike, empty if they compare.

    Parameters
    ----------
    images : sequence of ImageCells
        Those without cells do not count.
    """
    cut = [known for known in images if known.crop is not None]
    sides = sorted({round(i.window_px) for i in cut if np.isfinite(i.window_px)})
    found = []
    others = [name.replace("window", "kind of window") for name in _differing(cut)]
    if others:
        found.append(f"another {', '.join(others)}, so no factor compares")
    if len(sides) > 1:
        px = ", ".join(map(str, sides))
        found.append(f"windows of {px} px, so Scale does not compare")
    if not _same_limits(cut):
        found.append("other limits of brightness, so Color and Texture do not compare")
    return f"The images were cut unlike: {'; '.join(found)}." if found else ""


def _differing(images: Iterable[ImageCells]) -> list[str]:
    """Return the options in which the images differ."""
    told: dict[str, set[Hashable]] = {name: set() for name in _OPTIONS}
    for known in images:
        for name, values in told.items():
            values.add(getattr(known.crop, name))
    return [name for name, values in told.items() if len(values) > 1]


def _same_limits(images: Iterable[ImageCells]) -> bool:
    """Return whether all images whose limits of brightness are known have the same."""
    known = [image.limits for image in images if image.limits is not None]
    return all(
        limits.shape == known[0].shape and np.allclose(limits, known[0], rtol=_CLOSE)
        for limits in known[1:]
    )
