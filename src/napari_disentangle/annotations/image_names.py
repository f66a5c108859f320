"""Names of images in a table of the user, found among those of the images here."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def match_names(given: Iterable[str], images: Sequence[str]) -> dict[str, str]:
    """Return which of the `given` names is that of each of `images`, by image.

    A name may have other folders than the image or none, and lack the ending; images
    without a name are left out.

    Raises
    ------
    DataError
        If several names fit an image, or a name fits several images.
    """
    names, found = list(given), dict[str, str]()
    for image in images:
        fits = _fitting(names, image)
        if len(fits) > 1 or set(fits) & set(found.values()):
            raise DataError(
                f"It cannot be told which image {fits[0]!r} is; open images of "
                "different names only, and name each of them once."
            )
        found |= dict.fromkeys([image], fits[0]) if fits else {}
    return found


def _fitting(names: Sequence[str], image: str) -> list[str]:
    """Return the names that fit best: whole, without folders, without the ending."""
    own = _path(image)
    ways = (
        [name for name in names if name == image],
        [name for name in names if _path(name).name == own.name],
        [name for name in names if name == own.stem],
    )
    return next((found for found in ways if found), [])


def _path(name: str) -> PurePath:
    return PurePath(name.replace("\\", "/"))
