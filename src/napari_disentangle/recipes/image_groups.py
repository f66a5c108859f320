"""Groups of images to compare: days, conditions, by the means of their images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError
from napari_disentangle.latents.contrast import MIN_IMAGES, compare_groups
from napari_disentangle.latents.contrast_pairs import compare_pairs
from napari_disentangle.recipes.batch_effects import counted
from napari_disentangle.recipes.image_cells import info_columns
from napari_disentangle.tables import code_columns
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.recipes.image_pairs import ImagePairs
    from napari_disentangle.tasks import Task


@dataclass(frozen=True, slots=True, eq=False)
class ImageGroup:
    """The images of which one thing is known, such as all of one day.

    Attributes
    ----------
    name : str
        What they are called: ``day 2``, ``condition drug``.
    cells : tuple of pandas.DataFrame
        The cells of each image that count.
    images : frozenset
        Key and name of each image.
    model_id : str
        The model of their codes.
    column : str
        The column in which they agree: ``day``, ``condition``.
    info : tuple of mapping of str to str
        All that is known of each image, in the order of `cells`.
    """

    name: str
    cells: tuple[pd.DataFrame, ...]
    images: frozenset[tuple[str, str]]
    model_id: str
    column: str
    info: tuple[Mapping[str, str], ...]

    def __len__(self) -> int:
        return len(self.images)

    def same_as(self, other: object) -> bool:
        """Return whether `other` has the same name, images, facts and n of cells."""
        return isinstance(other, ImageGroup) and all(
            getattr(self, name) == getattr(other, name)
            for name in ("name", "images", "model_id", "n_cells", "info")
        )

    @property
    def n_cells(self) -> int:
        """Number of cells that count."""
        return sum(map(len, self.cells))


def image_groups(images: Sequence[ImageCells], model_id: str) -> tuple[ImageGroup, ...]:
    """Return the groups that images can be compared by.

    Parameters
    ----------
    images : sequence of ImageCells
        Images with what is known of them.
    model_id : str
        Only images with cells encoded by this model count.

    Returns
    -------
    tuple of ImageGroup
        One for each value of the columns that have at least two.
    """
    columns = info_columns(images)
    if not columns:
        return ()
    parts = [
        (known.key, str(roi_id), cells, known.info.get(str(roi_id), {}))
        for known in images
        if known.model == model_id
        for roi_id, cells in counted(known.table).groupby("roi_id", sort=False)
    ]
    found = []
    for column in columns:
        values = sorted({info[column] for *_, info in parts if column in info})
        for value in values if len(values) > 1 else []:
            own = [part for part in parts if part[3].get(column) == value]
            ids = frozenset((key, name) for key, name, *_ in own)
            cells = tuple(cells for _, _, cells, _ in own)
            facts = tuple(info for *_, info in own)
            name = f"{column} {value}"
            found.append(ImageGroup(name, cells, ids, model_id, column, facts))
    return tuple(found)


def iter_compare_images(
    a: ImageGroup,
    b: ImageGroup,
    dimensions: Sequence[str],
    *,
    pairs: ImagePairs | None = None,
    seed: int = 0,
) -> Task[Progress, tuple[FactorContrast, ...]]:
    """Return which factors separate two groups of images, the clearest first.

    The means of images are compared, never cells: cells of one image have slide, stain
    and day in common and are no independent samples of a condition.

    Parameters
    ----------
    a, b : ImageGroup
        Groups without a common image.
    dimensions : sequence of str
        Names of all dimensions.
    pairs : ImagePairs, optional
        One of their `image_pairs`: each day (slide, ...) that has images of both groups
        is compared with itself. Without, images are compared with images.
    seed : int
        Decides the bootstrap.

    Raises
    ------
    DataError
        If a group has fewer than three images, or they share some.
    """
    shared = len(a.images & b.images)
    if shared:
        raise DataError(
            f"{a.name.capitalize()} and {b.name} share {shared} images; choose two "
            "values of one column."
        )
    small = min((a, b), key=len)
    if len(small) < MIN_IMAGES:
        raise DataError(
            f"{small.name.capitalize()} has {len(small)} of the {MIN_IMAGES} images "
            "that a comparison needs: cells of one image are no independent samples. "
            "Encode more images, or look at single cells in Explore."
        )
    yield Progress("Comparing images", 0, 1)
    one, of_one = _codes(a, dimensions)
    other, of_other = _codes(b, dimensions, first=len(a.cells))
    images = of_one, of_other
    if pairs is None:
        rng = np.random.default_rng(seed)
        found = compare_groups(one, other, dimensions, rng, images=images)
    else:
        levels = _levels(pairs.of_a, a), _levels(pairs.of_b, b)
        unit = pairs.column
        found = compare_pairs(
            one, other, dimensions, images=images, levels=levels, unit=unit
        )
    yield Progress("Comparing images", 1, 1)
    return found


def _levels(values: Sequence[str | None], group: ImageGroup) -> NDArray[np.str_]:
    """Return the value of the image of each cell, (N,), empty where it is unknown."""
    return np.repeat([value or "" for value in values], list(map(len, group.cells)))


def _codes(
    group: ImageGroup, dimensions: Sequence[str], first: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the codes of the cells of a group, (N, L), and the image of each.

    Images are counted from `first` on: no two groups have one in common.
    """
    table = pd.concat(group.cells, ignore_index=True)
    image = first + np.repeat(np.arange(len(group.cells)), list(map(len, group.cells)))
    return table[code_columns(dimensions)].to_numpy(np.float32), image
