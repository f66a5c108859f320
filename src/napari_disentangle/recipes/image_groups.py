"""Groups of images to compare: days, conditions, by the means of their images."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError
from napari_disentangle.latents.contrast import MIN_IMAGES, compare_groups
from napari_disentangle.metrics.effect import MIN_CLEAR
from napari_disentangle.recipes.batch_effects import counted
from napari_disentangle.recipes.image_cells import info_columns
from napari_disentangle.tables import code_columns
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.metrics.effect import Effect
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.tasks import Task

_OFTEN = 0.01
"""Chance that is told: that of two groups of five images is 0.008."""


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
    """

    name: str
    cells: tuple[pd.DataFrame, ...]
    images: frozenset[tuple[str, str]]
    model_id: str

    def __len__(self) -> int:
        return len(self.images)

    def same_as(self, other: object) -> bool:
        """Return whether `other` has the same name, images and number of cells."""
        return isinstance(other, ImageGroup) and all(
            getattr(self, name) == getattr(other, name)
            for name in ("name", "images", "model_id", "n_cells")
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
    parts = [
        (known.key, str(roi_id), cells, known.info.get(str(roi_id), {}))
        for known in images
        if known.model == model_id
        for roi_id, cells in counted(known.table).groupby("roi_id", sort=False)
    ]
    found = []
    for column in info_columns(images):
        values = sorted({info[column] for *_, info in parts if column in info})
        for value in values if len(values) > 1 else []:
            own = [part for part in parts if part[3].get(column) == value]
            ids = frozenset((key, name) for key, name, *_ in own)
            cells = tuple(cells for _, _, cells, _ in own)
            found.append(ImageGroup(f"{column} {value}", cells, ids, model_id))
    return tuple(found)


def iter_compare_images(
    a: ImageGroup, b: ImageGroup, dimensions: Sequence[str], *, seed: int = 0
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
    (one, of_one), (other, of_other) = (_codes(group, dimensions) for group in (a, b))
    rng = np.random.default_rng(seed)
    found = compare_groups(one, other, dimensions, rng, images=(of_one, of_other))
    yield Progress("Comparing images", 1, 1)
    return found


def units_text(effect: Effect) -> str:
    """Return what was compared, and what such a comparison cannot tell."""
    text = f"{effect.n_a} and {effect.n_b} {effect.unit}s were compared"
    if effect.unit != "image":
        return (
            f"{text}, not images: there are fewer than {MIN_IMAGES} images a group. "
            "Cells of one image are no independent samples, so this tells of these "
            "images only."
        )
    text += " by the means of their cells."
    apart = 2 / comb(effect.n_a + effect.n_b, effect.n_a)
    if apart < _OFTEN:
        return text
    tiny = min(effect.n_a, effect.n_b) < MIN_CLEAR
    unmarked = "; so none is marked as clear" if tiny else ""
    return (
        f"{text} With so few, a factor that means nothing parts them completely "
        f"(-1 or 1) in {100 * apart:.0f} % of cases{unmarked}."
    )


def _codes(
    group: ImageGroup, dimensions: Sequence[str]
) -> tuple[NDArray[np.float32], list[int]]:
    """Return the codes of the cells of a group, (N, L), and the image of each."""
    table = pd.concat(group.cells, ignore_index=True)
    image = [turn for turn, cells in enumerate(group.cells) for _ in range(len(cells))]
    return table[code_columns(dimensions)].to_numpy(np.float32), image
