"""Cells of one kind in all images: the selected ones, those of a class, predicted ones.

Compared are the means of their images, each image with itself where it has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError
from napari_disentangle.latents.contrast import compare_groups
from napari_disentangle.tables import code_columns, included
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.tasks import Task


@dataclass(frozen=True, slots=True, eq=False)
class CellsIn:
    """Some cells of an image.

    Attributes
    ----------
    image : tuple of str
        Key and name of the image.
    table : pandas.DataFrame
        All cells of the image, or of the folder it is in.
    rows : array, (n,), int64
        Which of them.
    """

    image: tuple[str, str]
    table: pd.DataFrame
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellsAcross:
    """Cells of one kind, in whichever images they are.

    Attributes
    ----------
    name : str
        What they are called: ``selected``, ``your class rbc``, ...
    parts : tuple of CellsIn
        Those of each image that has any.
    """

    name: str
    parts: tuple[CellsIn, ...]

    def __len__(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    @property
    def images(self) -> frozenset[tuple[str, str]]:
        """Key and name of each image with such cells."""
        return frozenset(part.image for part in self.parts)

    def same_as(self, other: object) -> bool:
        """Return whether `other` is the same cells under the same name."""
        return (
            isinstance(other, CellsAcross)
            and self.name == other.name
            and len(self.parts) == len(other.parts)
            and all(map(_same, self.parts, other.parts))
        )


def cells_across(
    images: Sequence[ImageCells],
    kinds: Sequence[Mapping[str, ArrayLike]],
    model_id: str,
) -> tuple[CellsAcross, ...]:
    """Return the groups that cells of all images can be compared by.

    Parameters
    ----------
    images : sequence of ImageCells
        Images with their cells.
    kinds : sequence of mapping of str to array, (N,)
        For each image one or more names of each cell, missing where it has none; the
        key is the word before them, such as ``your class``.
    model_id : str
        Only cells encoded by this model count, and no excluded ones.

    Returns
    -------
    tuple of CellsAcross
        Those of one word side by side, by name.
    """
    found: dict[str, dict[str, list[CellsIn]]] = {}
    for known, names in zip(images, kinds, strict=True):
        if known.model != model_id:
            continue
        for word, own in names.items():
            for name, part in _parts(known, own):
                found.setdefault(word, {}).setdefault(name, []).append(part)
    return tuple(
        CellsAcross(f"{word} {name}".strip(), tuple(parts))
        for word, groups in found.items()
        for name, parts in sorted(groups.items())
    )


def iter_compare_cells(
    a: CellsAcross, b: CellsAcross, dimensions: Sequence[str], *, seed: int = 0
) -> Task[Progress, tuple[FactorContrast, ...]]:
    """Return which factors separate two groups of cells, the clearest first.

    See `latents.contrast.compare_groups` for what is compared, and what is only told.

    Parameters
    ----------
    a, b : CellsAcross
        Groups without a common cell.
    dimensions : sequence of str
        Names of all dimensions.
    seed : int
        Decides the bootstrap.

    Raises
    ------
    DataError
        If a group has fewer than three cells, or they share some.
    """
    shared = _n_shared(a, b)
    if shared:
        raise DataError(
            f"{a.name.capitalize()} and {b.name} share {shared} cells; choose groups "
            "that have none in common."
        )
    yield Progress("Comparing groups", 0, 1)
    turns = {image: turn for turn, image in enumerate(sorted(a.images | b.images))}
    codes = [
        np.concatenate([_codes(part, dimensions) for part in group.parts])
        for group in (a, b)
    ]
    of_a, of_b = (
        np.concatenate([np.full(len(p.rows), turns[p.image]) for p in group.parts])
        for group in (a, b)
    )
    rng = np.random.default_rng(seed)
    found = compare_groups(codes[0], codes[1], dimensions, rng, images=(of_a, of_b))
    yield Progress("Comparing groups", 1, 1)
    return found


def _parts(known: ImageCells, names: ArrayLike) -> Iterator[tuple[str, CellsIn]]:
    """Yield each name with its cells in each image, of a folder in each of its own."""
    table = known.table
    counts = (table["model"].notna() & included(table)).to_numpy(bool)
    codes, kinds = pd.factorize(np.asarray(names, object), sort=False)
    places, roi_ids = pd.factorize(table["roi_id"])
    for kind, name in enumerate(kinds):
        rows = np.flatnonzero(counts & (codes == kind))
        for place in np.unique(places[rows]):
            own = rows[places[rows] == place]
            yield str(name), CellsIn((known.key, str(roi_ids[place])), table, own)


def _codes(part: CellsIn, dimensions: Sequence[str]) -> NDArray[np.float32]:
    codes = part.table[code_columns(dimensions)].iloc[part.rows]
    return codes.to_numpy(np.float32)


def _n_shared(a: CellsAcross, b: CellsAcross) -> int:
    rows = {part.image: part.rows for part in a.parts}
    none = np.zeros(0, np.int64)
    return sum(
        len(np.intersect1d(rows.get(part.image, none), part.rows)) for part in b.parts
    )


def _same(a: CellsIn, b: CellsIn) -> bool:
    return a.image == b.image and np.array_equal(a.rows, b.rows)
