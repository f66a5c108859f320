"""What a factor does: pictures along a walk, drawn and of real cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.activity import dead_note
from napari_disentangle.latents.nearest import nearest
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse
from napari_disentangle.latents.walk_notes import walk_notes
from napari_disentangle.recipes.encode import iter_encode
from napari_disentangle.recipes.exclusions import read_exclusions
from napari_disentangle.recipes.fitting import require_as_many, require_codes_of
from napari_disentangle.recipes.segment import iter_open_cells
from napari_disentangle.recipes.traversal_stack import TraversalStack
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.latents.reference import Reference
    from napari_disentangle.latents.traverse import Traversal
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

__all__ = [
    "TraversalStack",
    "iter_make_traversal",
    "iter_traverse_file",
    "make_traversal",
    "row_of",
]

_STAGE = "Drawing traversal"
_SIZE = 64


def iter_make_traversal(
    model: Model,
    embedding: Embedding | None = None,
    crops: Crops | None = None,
    *,
    row: int | None = None,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
) -> Task[Progress, TraversalStack]:
    """Return pictures of walks through the codes of a cell.

    Parameters
    ----------
    model : Model
        Draws the pictures, if it can.
    embedding : Embedding, optional
        Codes of the reference cells under `model`: the ruler of the walk. Without, the
        prior is walked.
    crops : Crops, optional
        Crops of the same cells, row by row, for the nearest real cells.
    row : int, optional
        Row of the cell to start from; the mean cell by default.
    factors : sequence of str
        Factors to walk; empty for all dimensions.
    config : TraversalConfig, optional
        Range and steps.

    Raises
    ------
    ModelError
        If the codes are another model's, a factor is unknown, or there is neither a
        decoder nor a cell to show.
    DataError
        If `crops` are not those of the embedding, or there is no such `row`.
    """
    codes = _check(model, embedding, crops, row)
    reference = reference_of(codes)
    start = reference.mean if row is None else codes[row]
    walks = traverse(start, reference, model.dimensions, factors, config, cells=codes)
    decoded = yield from _iter_decode(model, walks)
    rows = walked = pictures = labels = None
    if crops is not None and len(codes):
        found = nearest(walks, codes, reference)
        rows, walked = found.rows, found.walked_sd
        labels = crops.table["label"].to_numpy(np.int64)[rows]
        size = _SIZE if decoded is None else decoded.shape[2]
        pictures = _cut(crops, rows, size)
    if decoded is None and pictures is None:
        raise ModelError(
            f"Model {model.id} draws no pictures and there are no cells to show; give "
            f"an image with cells."
        )
    stack = TraversalStack(
        decoded=decoded,
        nearest=pictures,
        factors=walks.factors,
        steps_sd=walks.steps_sd,
        positions_sd=walks.positions_sd,
        model_id=model.id,
        picture_source=_picture_source(model),
        from_prior=walks.from_prior,
        nearest_rows=rows,
        nearest_sd=walked,
        nearest_cells=labels,
        start_sd=None
        if row is None
        else _of_start(start - reference.mean, walks, reference),
        start_spread_sd=None
        if row is None or embedding is None
        else _of_start(embedding.sd[row], walks, reference),
        step_names=tuple(f"p {p:.3g}" for p in walks.percentiles),
        notes=_notes(
            walks,
            reference,
            embedding,
            start,
            draws=decoded is not None,
            has_crops=pictures is not None,
        ),
    )
    return stack if decoded is None else stack.with_note(model.card.picture_note)


def make_traversal(
    model: Model,
    embedding: Embedding | None = None,
    crops: Crops | None = None,
    *,
    row: int | None = None,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
) -> TraversalStack:
    """Return pictures of walks: `iter_make_traversal` at once."""
    return run(
        iter_make_traversal(
            model, embedding, crops, row=row, factors=factors, config=config
        )
    )


def iter_traverse_file(
    model: Model,
    image: Path | None = None,
    labels: Path | None = None,
    *,
    cell: int | None = None,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
    device: str = "auto",
) -> Task[Progress, TraversalStack]:
    """Return pictures of walks over the cells of an image file, or over the prior.

    Cells that were excluded in napari are left out.

    Parameters
    ----------
    model : Model
        Encodes the cells and draws the pictures.
    image, labels : Path, optional
        Image file and its labels (segmented by default); the prior without an image.
    cell : int, optional
        Label of the cell to start from; the mean cell by default.
    factors, config
        See `iter_make_traversal`.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.

    Raises
    ------
    DataError
        If a cell is asked for that is not in the image or is excluded, or there is no
        image.
    """
    if image is None:
        if cell is not None or labels is not None:
            raise DataError("A cell or labels need the image they are from; give it.")
        return (yield from iter_make_traversal(model, factors=factors, config=config))
    cells = yield from iter_open_cells(image, labels)
    saved = read_exclusions(cells.crops, image)
    if cell is not None:
        saved.refuse(cell)
    crops = saved.counted().crops
    embedding = yield from iter_encode(crops, model, device=device)
    row = None if cell is None else row_of(embedding, cell)
    stack = yield from iter_make_traversal(
        model, embedding, crops, row=row, factors=factors, config=config
    )
    return stack.with_note(saved.counted().note)


def row_of(
    embedding: Embedding, label: int, frame: int = 0, roi_id: str | None = None
) -> int:
    """Return the row of a cell, given by its label id.

    Raises
    ------
    DataError
        If there is no such cell, or several images have one and `roi_id` is not given.
    """
    table = embedding.table
    match = (table["label"] == label) & (table["frame"] == frame)
    if roi_id is not None:
        match &= table["roi_id"] == roi_id
    rows = np.flatnonzero(match.to_numpy())
    if len(rows) != 1:
        problem = "no encoded cell" if len(rows) == 0 else "more than one cell"
        raise DataError(f"There is {problem} with label {label} at frame {frame}.")
    return int(rows[0])


def _check(
    model: Model, embedding: Embedding | None, crops: Crops | None, row: int | None
) -> NDArray[np.float32]:
    """Return the reference codes, (N, L), once all parts are known to fit."""
    if embedding is None:
        codes = np.zeros((0, len(model.dimensions)), np.float32)
    else:
        require_codes_of(model, embedding)
        codes = embedding.mean
    require_as_many(crops, len(codes))
    if row is not None and not 0 <= row < len(codes):
        raise DataError(f"There is no row {row} among {len(codes)} encoded cells.")
    return codes


def _iter_decode(
    model: Model, walks: Traversal
) -> Task[Progress, NDArray[np.float32] | None]:
    from napari_disentangle.latents.render import has_pictures, render_codes

    if not has_pictures(model):
        return None
    drawn = []
    for done, codes in enumerate(walks.codes, 1):
        drawn.append(render_codes(model, codes))
        yield Progress(_STAGE, done, len(walks.codes))
    return np.stack(drawn)


def _cut(crops: Crops, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    """Return the crops of `rows`, (..., size, size, 3), each cut once."""
    unique, place = np.unique(rows, return_inverse=True)
    pictures = np.moveaxis(crops.cut(unique, size), 1, -1)
    cut: NDArray[np.float32] = pictures[place.reshape(rows.shape)]
    return cut


def _of_start(
    values: NDArray[np.float32], walks: Traversal, reference: Reference
) -> NDArray[np.float32]:
    """Return values of the starting cell, (L,), for each walk in sd, (F,)."""
    dims = list(walks.dims)
    return np.asarray(values[dims] / reference.sd[dims], np.float32)


def _notes(
    walks: Traversal,
    reference: Reference,
    embedding: Embedding | None,
    start: NDArray[np.float32],
    *,
    draws: bool,
    has_crops: bool,
) -> tuple[str, ...]:
    if embedding is None:
        codes = np.zeros((0, len(start)), np.float32)
        dead = ""
    else:
        codes, dead = embedding.mean, dead_note(embedding, walks.factors)
    notes = walk_notes(
        walks, reference, codes, start=start, draws=draws, has_crops=has_crops
    )
    return (*notes, dead) if dead else notes


def _picture_source(model: Model) -> str:
    from napari_disentangle.latents.render import picture_source

    return picture_source(model)
