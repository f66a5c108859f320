"""By which day, slide, ... images of two groups can be paired: both conditions on it.

What all images of a day have in common falls out of a comparison within days. A day is
then one sample, however many images it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.latents.contrast import MIN_IMAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari_disentangle.recipes.image_groups import ImageGroup

_FIRST = ("day",)
_LAST = ("slide", "replicate", "well")
"""Columns between these, of the user's own such as a donor, come before a slide."""


@dataclass(frozen=True, slots=True)
class ImagePairs:
    """A column by which images of two groups are paired.

    Attributes
    ----------
    column : str
        Day, slide, ...
    values : tuple of str
        Its values that have images of both groups, sorted.
    of_a, of_b : tuple of str or None
        The value of each image of each group, None where it is unknown.
    """

    column: str
    values: tuple[str, ...]
    of_a: tuple[str | None, ...]
    of_b: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def n_left(self) -> int:
        """How many images have no counterpart and are left out."""
        return sum(value not in self.values for value in (*self.of_a, *self.of_b))

    @property
    def n_values(self) -> int:
        """How many values the column has in these images."""
        return len({*self.of_a, *self.of_b} - {None})


def image_pairs(a: ImageGroup, b: ImageGroup) -> tuple[ImagePairs, ...]:
    """Return the pairings there are, the one to prefer first.

    Those in which no image is left out come first. Of them a column whose values lie
    within the values of another one (slides of a day) comes after that one, as slides
    of a day are no independent samples; else the order is day, columns of the user,
    slide, replicate, well.

    Parameters
    ----------
    a, b : ImageGroup
        Groups without a common image.

    Returns
    -------
    tuple of ImagePairs
        Those with at least `MIN_IMAGES` values that have images of both groups.
    """
    known = {name for info in (*a.info, *b.info) for name in info}
    columns = sorted(known - {a.column, b.column}, key=_turn)
    found = [_pairs(a, b, column) for column in columns]
    wide = [pairs for pairs in found if len(pairs) >= MIN_IMAGES]
    return tuple(sorted(wide, key=lambda one: (one.n_left > 0, _depth(one, wide))))


def preferred(pairings: Iterable[ImagePairs]) -> ImagePairs | None:
    """Return the pairing to take unasked: one in which no image is left out."""
    return next((pairs for pairs in pairings if not pairs.n_left), None)


def _pairs(a: ImageGroup, b: ImageGroup, column: str) -> ImagePairs:
    of_a, of_b = (tuple(info.get(column) for info in group.info) for group in (a, b))
    both = {value for value in of_a if value is not None} & set(of_b)
    return ImagePairs(column, tuple(sorted(both)), of_a, of_b)


def _turn(column: str) -> tuple[int, int, str]:
    for place, names in ((0, _FIRST), (2, _LAST)):
        if column in names:
            return place, names.index(column), column
    return 1, 0, column


def _depth(pairs: ImagePairs, others: Iterable[ImagePairs]) -> int:
    """Return within how many of the other columns the values of this one lie."""
    return sum(_lie_within(pairs, other) for other in others)


def _lie_within(pairs: ImagePairs, other: ImagePairs) -> bool:
    """Return whether each value of one column has one value of another, and not v.v."""
    one, two = (*pairs.of_a, *pairs.of_b), (*other.of_a, *other.of_b)
    n = len(set(zip(one, two, strict=True)))
    return n == len(set(one)) and n > len(set(two))
