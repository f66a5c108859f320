"""The same cell but larger, the way from A to B, and what parts two groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.contrast import (
    FactorContrast,
    compare_groups,
    edit,
    interpolate,
)
from napari_disentangle.latents.measures import MEASURES
from napari_disentangle.latents.neighbors import Neighbors
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.trust import EARNED
from napari_disentangle.recipes.fitting import require_codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.latents.trust import Grade
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding

__all__ = [
    "CodePictures",
    "EditWord",
    "FactorContrast",
    "contrast_groups",
    "cross",
    "edit_cell",
    "edit_words",
    "walk_between",
    "words_of",
]

_SIZE = 64


@dataclass(frozen=True, slots=True)
class EditWord:
    """A change of a cell in plain words.

    Attributes
    ----------
    words : str
        ``larger``, ``less blue``, ...
    factor : str
        The dimension that does it.
    sign : int
        +1 or -1: which way.
    """

    words: str
    factor: str
    sign: int


@dataclass(frozen=True, slots=True, eq=False)
class CodePictures:
    """Pictures of some codes, drawn and of the nearest real cells.

    Attributes
    ----------
    codes : array, (S, L), float32
        The codes.
    decoded, nearest : array, (S, H, W, 3), float32 in [0, 1], or None
        None where the model draws no pictures, or there are no crops.
    nearest_rows : array, (S,), int64
        Rows of the real cells that stand for them in the embedding: nearest in the
        factors that change, matched in the others.
    distance : array, (S,), float64
        How far any cell is: root mean square over dimensions, in sd of the cells.
    model_id : str
        The model whose codes these are.
    notes : tuple of str
        What must be said beside the pictures, a sentence each.
    """

    codes: NDArray[np.float32]
    decoded: NDArray[np.float32] | None
    nearest: NDArray[np.float32] | None
    nearest_rows: NDArray[np.int64]
    distance: NDArray[np.float64]
    model_id: str
    notes: tuple[str, ...]


def edit_words(explanation: Explanation) -> tuple[EditWord, ...]:
    """Return the changes that dimensions with an earned name make, in plain words.

    A dimension that does not deserve its name on these cells offers no word.
    """
    found: list[EditWord] = []
    for card in explanation.cards:
        found += words_of(card.name, card.grade, card.measure, card.direction)
    return tuple(found)


def words_of(
    name: str, grade: Grade, measure: str | None, direction: str
) -> list[EditWord]:
    """Return the two changes that a dimension makes, none if its name is not earned."""
    if grade not in EARNED or measure is None or not direction:
        return []
    found = MEASURES[measure]
    other = found.lower if direction == found.higher else found.higher
    return [EditWord(direction, name, 1), EditWord(other, name, -1)]


def edit_cell(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    row: int,
    changes: Mapping[str, float],
) -> CodePictures:
    """Return a cell and the same cell with some factors changed, two pictures.

    Parameters
    ----------
    model : Model
        Draws the pictures, if it can.
    embedding : Embedding
        Codes of the cells under `model`; their spread is the unit of a change.
    crops : Crops or None
        Crops of the same cells, for the nearest real ones.
    row : int
        The cell.
    changes : mapping of str to float
        For each factor to change, by how many sd.

    Raises
    ------
    ModelError
        If a factor is unknown or the codes are another model's.
    DataError
        If there is no such cell.
    """
    code = _code(embedding, row)
    reference = reference_of(embedding.mean)
    edited = edit(code, reference, embedding.dimensions, changes)
    walked = [embedding.dimensions.index(name) for name in changes]
    return draw_codes(model, embedding, crops, np.stack([code, edited]), walked=walked)


def walk_between(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    start: int | NDArray[np.float32],
    end: int | NDArray[np.float32],
    *,
    steps: int = 11,
) -> CodePictures:
    """Return the straight way from one cell, or center of a group, to another.

    Parameters
    ----------
    model, embedding, crops
        See `edit_cell`.
    start, end : int, or array, (L,)
        Row of a cell, or a code such as `latents.contrast.centroid` gives.
    steps : int
        Pictures on the way, both ends included.
    """
    ends = [_code(embedding, e) if isinstance(e, int) else e for e in (start, end)]
    return draw_codes(model, embedding, crops, interpolate(ends[0], ends[1], steps))


def contrast_groups(
    embedding: Embedding,
    groups: ArrayLike,
    a: object,
    b: object,
    *,
    seed: int = 0,
) -> tuple[FactorContrast, ...]:
    """Return which factors separate two groups of cells, the clearest first.

    Where both groups come from three or more images, images are compared, not cells.

    Parameters
    ----------
    embedding : Embedding
        Codes of N cells.
    groups : array, (N,)
        The group of each, such as the column ``annotation``.
    a, b : object
        The groups to compare.
    seed : int
        Decides the bootstrap.

    Raises
    ------
    DataError
        If a group has fewer than three cells, or both are one.
    """
    if a == b:
        raise DataError(f"Two groups are needed to compare; both are {a!r}.")
    member = np.asarray(groups)
    if len(member) != len(embedding.mean):
        raise DataError(
            f"There are {len(member)} group names and {len(embedding.mean)} cells."
        )
    images = embedding.table["roi_id"].to_numpy()
    rows = [np.flatnonzero(member == group) for group in (a, b)]
    return compare_groups(
        embedding.mean[rows[0]],
        embedding.mean[rows[1]],
        embedding.dimensions,
        np.random.default_rng(seed),
        images=(images[rows[0]], images[rows[1]]),
    )


def cross(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    contrast: FactorContrast,
    *,
    steps: int = 11,
) -> CodePictures:
    """Return the walk that crosses the difference of two groups in one factor."""
    codes = interpolate(contrast.crossing[0], contrast.crossing[1], steps)
    walked = [contrast.dimension]
    return draw_codes(model, embedding, crops, codes, walked=walked)


def draw_codes(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    codes: NDArray[np.float32],
    *,
    walked: Sequence[int] = (),
) -> CodePictures:
    """Return pictures of any codes, (S, L), with the nearest real cell of each.

    Parameters
    ----------
    model, embedding, crops
        See `edit_cell`.
    codes : array, (S, L)
        The codes.
    walked : sequence of int
        Dimensions that change: real cells are nearest in these, matched in the others.
        Empty if all count alike.

    Raises
    ------
    ModelError
        If the embedding is another model's, or there is nothing to show.
    """
    from napari_disentangle.latents.render import has_pictures, render_codes

    require_codes_of(model, embedding)
    decoded = render_codes(model, codes) if has_pictures(model) else None
    if decoded is None and crops is None:
        raise ModelError(
            f"Model {model.id} draws no pictures and there are no cells to show."
        )
    neighbors = Neighbors(embedding.mean)
    rows, distance = neighbors.nearest(codes)
    if walked:
        rows = neighbors.matched(codes, walked)
    nearest = None
    if crops is not None:
        size = _SIZE if decoded is None else decoded.shape[1]
        nearest = np.moveaxis(crops.cut(rows, size), 1, -1)
    return CodePictures(
        codes=codes,
        decoded=decoded,
        nearest=nearest,
        nearest_rows=rows,
        distance=distance,
        model_id=model.id,
        notes=tuple(_notes(decoded is not None, distance, neighbors)),
    )


def _code(embedding: Embedding, row: int) -> NDArray[np.float32]:
    if not 0 <= row < len(embedding.mean):
        raise DataError(f"There is no row {row} among {len(embedding.mean)} cells.")
    code: NDArray[np.float32] = embedding.mean[row]
    return code


def _notes(
    draws: bool, distance: NDArray[np.float64], neighbors: Neighbors
) -> list[str]:
    notes = []
    if not draws:
        notes.append("This model draws no pictures: the nearest real cells are shown.")
    far = sum(map(neighbors.is_far, distance))
    if far:
        notes.append(
            f"{far} of {len(distance)} pictures are far from any cell you have (up to "
            f"{distance.max() / neighbors.usual:.1f} times the distance between "
            "neighbors): they are extrapolated."
        )
    return notes
