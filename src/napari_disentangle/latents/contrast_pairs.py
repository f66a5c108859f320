"""Groups of images compared within days, slides, ...: what these share falls out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.latents.contrast import contrasts
from napari_disentangle.metrics.effect import image_means
from napari_disentangle.metrics.paired import paired_effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.latents.contrast import FactorContrast


def compare_pairs(
    a: ArrayLike,
    b: ArrayLike,
    dimensions: Sequence[str],
    *,
    images: tuple[ArrayLike, ArrayLike],
    levels: tuple[ArrayLike, ArrayLike],
    unit: str,
) -> tuple[FactorContrast, ...]:
    """Return which factors separate two groups of images, the clearest first.

    The codes of cells give the mean of each image, these the mean of each level (day)
    in each group; each level that has both groups is compared with itself. The sample
    is the level: neither many cells nor many images of a day make it two.

    Parameters
    ----------
    a, b : array, (n, L) and (m, L)
        Codes of the cells of both groups.
    dimensions : sequence of str, length L
        Names of all dimensions.
    images : pair of array, (n,) and (m,)
        The image of each cell.
    levels : pair of array of str, (n,) and (m,)
        The level of the image of each cell, empty where it is unknown.
    unit : str
        What a level is: ``day``.

    Raises
    ------
    DataError
        If fewer than three levels have both groups.
    """
    codes = tuple(np.asarray(each, np.float64) for each in (a, b))
    of_a, of_b = (np.asarray(each, str) for each in levels)
    both = np.setdiff1d(np.intersect1d(of_a, of_b), [""])
    if not len(both):
        raise DataError(f"No {unit} has images of both groups.")
    one, other = (
        _level_means(x, np.asarray(image), level, both)
        for x, image, level in zip(codes, images, (of_a, of_b), strict=True)
    )
    middle = np.concatenate(codes).mean(axis=0)
    compare = partial(paired_effect, unit=unit)
    return contrasts(one, other, middle, dimensions, compare)


def _level_means(
    codes: NDArray[np.float64],
    images: NDArray[Any],
    levels: NDArray[np.str_],
    both: NDArray[np.str_],
) -> NDArray[np.float64]:
    """Return the mean of image means of each level that has both groups, by name."""
    means = image_means(codes, images)
    _, first = np.unique(images, return_index=True)
    kept = np.isin(levels[first], both)
    return image_means(means[kept], levels[first][kept])
