"""One code at a time, as fast as a slider moves: its picture and the nearest cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.neighbors import Neighbors
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.walk_notes import PRIOR_REACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding

    Code = NDArray[np.float32]
    Picture = NDArray[np.float32]

_SIZE = 64


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """What there is to see of one code.

    Attributes
    ----------
    drawn, nearest : array, (H, W, 3), float32 in [0, 1], or None
        Drawn by the model, and the nearest real cell.
    label : int
        Label id of that cell.
    row : int
        Its row in the embedding.
    distance : float
        How far it is, as `Neighbors` has it.
    sentence : str
        How far the code has left the data.
    """

    drawn: Picture | None
    nearest: Picture | None
    label: int
    row: int
    distance: float
    sentence: str


class LivePictures:
    """Draws codes of a model, and knows the nearest of some cells.

    Parameters
    ----------
    model : Model
        Draws the pictures, if it can.
    embedding : Embedding
        Codes of the cells under `model`.
    crops : Crops or None
        Their crops, row by row.

    Raises
    ------
    ModelError
        If the codes are another model's.
    DataError
        If there are no cells, or crops and codes differ in number.
    """

    def __init__(self, model: Model, embedding: Embedding, crops: Crops | None) -> None:
        if embedding.model_id != model.id:
            raise ModelError(
                f"These codes are of model {embedding.model_id}, not of {model.id}; "
                f"encode the cells again."
            )
        if crops is not None and len(crops) != len(embedding.mean):
            raise DataError(
                f"There are {len(crops)} crops and {len(embedding.mean)} codes; encode "
                "these crops."
            )
        self._model = model
        self._crops = crops
        self._labels = embedding.table["label"].to_numpy(np.int64)
        self._neighbors = Neighbors(embedding.mean)
        self._reference = reference_of(embedding.mean)
        self._cut: tuple[int, Picture] | None = None

    def to_sd(self, code: Code) -> Code:
        """Return where a code, (L,), lies in sd of the cells from their mean."""
        reference = self._reference
        return np.asarray((code - reference.mean) / reference.sd, np.float32)

    def code_of(self, positions_sd: Code) -> Code:
        """Return the code at a position, (L,), in sd of the cells from their mean."""
        reference = self._reference
        return np.asarray(reference.mean + positions_sd * reference.sd, np.float32)

    def show(self, code: Code) -> LivePicture:
        """Return what there is to see of a code, (L,)."""
        from napari_disentangle.latents.render import has_pictures, render_codes

        drawn = render_codes(self._model, code) if has_pictures(self._model) else None
        rows, distances = self._neighbors.nearest(code[None])
        row, distance = int(rows[0]), float(distances[0])
        return LivePicture(
            drawn=drawn,
            nearest=self._crop(row, _SIZE if drawn is None else len(drawn)),
            label=int(self._labels[row]),
            row=row,
            distance=distance,
            sentence=self._sentence(code, distance),
        )

    def _crop(self, row: int, size: int) -> Picture | None:
        """Return the crop of a row; the last one is kept, as sliders move in steps."""
        if self._crops is None:
            return None
        if self._cut is None or self._cut[0] != row or len(self._cut[1]) != size:
            cut = self._crops.cut(np.array([row]), size)[0]
            self._cut = row, np.ascontiguousarray(np.moveaxis(cut, 0, -1))
        return self._cut[1]

    def _sentence(self, code: Code, distance: float) -> str:
        if np.abs(code).max() > PRIOR_REACH:
            return "Beyond what the model has seen: extrapolated."
        if not np.isfinite(self._neighbors.usual):
            return "One cell tells nothing about what is near the data."
        if self._neighbors.is_far(distance):
            times = distance / self._neighbors.usual
            return f"Far from every cell ({times:.1f} times the usual): extrapolated."
        return "Among the cells you have."
