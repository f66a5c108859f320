"""What a factor does: pictures along a walk, drawn and of real cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.export.traversal_tiff import TraversalInfo
from napari_disentangle.latents.nearest import nearest
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse
from napari_disentangle.latents.walk_notes import walk_notes
from napari_disentangle.recipes.encode import iter_encode
from napari_disentangle.recipes.segment import iter_open_cells
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.export.traversal_tiff import PictureKind
    from napari_disentangle.latents.traverse import Traversal
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

_STAGE = "Drawing traversal"
_SIZE = 64


@dataclass(frozen=True, slots=True)
class TraversalStack:
    """Pictures of walks: drawn by a decoder, and the nearest real cells.

    Attributes
    ----------
    decoded, nearest : array, (F, T, H, W, 3), float32 in [0, 1], or None
        None where the model draws no pictures, or there are no cells.
    factors : tuple of str, length F
        The walked factors.
    steps_sd : array, (T,), float32
        Value of the walked factor in sd of the reference cells' codes.
    model_id : str
        The model whose codes were walked.
    picture_source : str
        What the decoder learned from: ``synthetic``, ``own cells``, or ``none``.
    from_prior : tuple of bool, length F
        Whether the sd is that of the prior, for want of spread among the cells.
    nearest_rows : array, (F, T), int64, or None
        Rows of the nearest cells in the embedding.
    nearest_sd : array, (F, T), float32, or None
        Where they really lie in the walked factor; far from `steps_sd`, the walk has
        left the data.
    notes : tuple of str
        What must be said beside the pictures, a sentence each: see `walk_notes`.
    """

    decoded: NDArray[np.float32] | None
    nearest: NDArray[np.float32] | None
    factors: tuple[str, ...]
    steps_sd: NDArray[np.float32]
    model_id: str
    picture_source: str
    from_prior: tuple[bool, ...]
    nearest_rows: NDArray[np.int64] | None
    nearest_sd: NDArray[np.float32] | None
    notes: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[PictureKind, ...]:
        """The kinds of pictures there are, the drawn ones first."""
        kinds: tuple[PictureKind, ...] = ("decoded", "nearest")
        return tuple(kind for kind in kinds if getattr(self, kind) is not None)

    @property
    def picture(self) -> PictureKind:
        """The first of `kinds`."""
        return self.kinds[0]

    def pictures(self, kind: PictureKind) -> tuple[NDArray[np.float32], TraversalInfo]:
        """Return the pictures of one kind and what they are.

        Raises
        ------
        ModelError
            If there are none of that kind.
        """
        pictures = self.decoded if kind == "decoded" else self.nearest
        if pictures is None:
            raise ModelError(f"This traversal has no {kind} pictures.")
        return pictures, TraversalInfo(
            factors=self.factors,
            steps_sd=tuple(round(float(step), 4) for step in self.steps_sd),
            picture=kind,
            model_id=self.model_id,
            picture_source=self.picture_source if kind == "decoded" else "",
        )


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
    walks = traverse(start, reference, model.dimensions, factors, config)
    decoded = yield from _iter_decode(model, walks)
    rows = walked = pictures = None
    if crops is not None and len(codes):
        found = nearest(walks, codes, reference)
        rows, walked = found.rows, found.walked_sd
        size = _SIZE if decoded is None else decoded.shape[2]
        pictures = _cut(crops, rows, size)
    if decoded is None and pictures is None:
        raise ModelError(
            f"Model {model.id} draws no pictures and there are no cells to show; give "
            f"an image with cells."
        )
    return TraversalStack(
        decoded=decoded,
        nearest=pictures,
        factors=walks.factors,
        steps_sd=walks.steps_sd,
        model_id=model.id,
        picture_source=_picture_source(model),
        from_prior=walks.from_prior,
        nearest_rows=rows,
        nearest_sd=walked,
        notes=walk_notes(
            walks,
            reference,
            codes,
            start=start,
            draws=decoded is not None,
            has_crops=pictures is not None,
        ),
    )


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
        If a cell is asked for that is not in the image, or there is no image.
    """
    if image is None:
        if cell is not None or labels is not None:
            raise DataError("A cell or labels need the image they are from; give it.")
        return (yield from iter_make_traversal(model, factors=factors, config=config))
    cells = yield from iter_open_cells(image, labels)
    embedding = yield from iter_encode(cells.crops, model, device=device)
    row = None if cell is None else row_of(embedding, cell)
    return (
        yield from iter_make_traversal(
            model, embedding, cells.crops, row=row, factors=factors, config=config
        )
    )


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
    elif embedding.model_id != model.id:
        raise ModelError(
            f"These codes are of model {embedding.model_id}, not of {model.id}; "
            f"encode the cells again."
        )
    else:
        codes = embedding.mean
    if crops is not None and len(crops) != len(codes):
        raise DataError(
            f"There are {len(crops)} crops and {len(codes)} codes; encode these crops."
        )
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


def _picture_source(model: Model) -> str:
    from napari_disentangle.latents.render import picture_source

    return picture_source(model)
