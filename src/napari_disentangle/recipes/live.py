"""One code at a time, as fast as a slider moves: its picture and the nearest cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.latents.neighbors import Neighbors
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.walk_notes import PRIOR_REACH, SLACK_SD
from napari_disentangle.recipes.fitting import require_as_many, require_codes_of
from napari_disentangle.tasks import Progress
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

    Code = NDArray[np.float32]
    Picture = NDArray[np.float32]

_STAGE = "Drawing"
_SIZE = 64
_MOVED_SD = 0.02  # a slider that is farther from the start was moved


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
        How far any cell is, as `Neighbors` has it.
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
        require_codes_of(model, embedding)
        require_as_many(crops, len(embedding.mean))
        reference = reference_of(embedding.mean)
        self._model = model
        self._crops = crops
        self._names = embedding.dimensions
        self._cells_sd = (embedding.mean - reference.mean) / reference.sd
        self._labels = embedding.table["label"].to_numpy(np.int64)
        self._neighbors = Neighbors(embedding.mean)
        self._reference = reference
        self._cut: tuple[int, Picture] | None = None

    def to_sd(self, code: Code) -> Code:
        """Return where a code, (L,), lies in sd of the cells from their mean."""
        reference = self._reference
        return np.asarray((code - reference.mean) / reference.sd, np.float32)

    def code_of(self, positions_sd: Code) -> Code:
        """Return the code at a position, (L,), in sd of the cells from their mean."""
        reference = self._reference
        return np.asarray(reference.mean + positions_sd * reference.sd, np.float32)

    def show(self, code: Code, start: Code | None = None) -> LivePicture:
        """Return what there is to see of a code, (L,).

        The real cell is the nearest in the dimensions in which `code` differs from
        `start`, matched in the others; the nearest in all without a start.
        """
        from napari_disentangle.latents.render import has_pictures, render_codes

        drawn = render_codes(self._model, code) if has_pictures(self._model) else None
        rows, distances = self._neighbors.nearest(code[None])
        walked = [] if start is None else self.moved(code, start)
        if walked:
            rows = self._neighbors.matched(code[None], walked)
        row, distance = int(rows[0]), float(distances[0])
        return LivePicture(
            drawn=drawn,
            nearest=self._crop(row, _SIZE if drawn is None else len(drawn)),
            label=int(self._labels[row]),
            row=row,
            distance=distance,
            sentence=" ".join(
                [self._sentence(code, distance), *self._told(code, row, walked)]
            ),
        )

    def moved(self, code: Code, start: Code) -> list[int]:
        """Return the dimensions in which a code, (L,), differs from the start, (L,)."""
        gap = np.abs(self.to_sd(code) - self.to_sd(start))
        return [int(dim) for dim in np.flatnonzero(gap > _MOVED_SD)]

    def _told(self, code: Code, row: int, walked: Sequence[int]) -> list[str]:
        """Return where the real cell lies in what was changed, up to two factors."""
        asked, there = self.to_sd(code), self._cells_sd[row]
        order = sorted(walked, key=lambda dim: -abs(asked[dim] - there[dim]))
        told = [
            f"{title_of(self._names[d])} {there[d]:+.1f} sd (asked {asked[d]:+.1f})"
            for d in order[:2]
        ]
        return [f"The real cell has {' and '.join(told)}."] if told else []

    def _crop(self, row: int, size: int) -> Picture | None:
        """Return the crop of a row; the last one is kept, as sliders move in steps."""
        if self._crops is None:
            return None
        if self._cut is None or self._cut[0] != row or len(self._cut[1]) != size:
            cut = self._crops.cut(np.array([row]), size)[0]
            self._cut = row, np.ascontiguousarray(np.moveaxis(cut, 0, -1))
        return self._cut[1]

    def _sentence(self, code: Code, distance: float) -> str:
        if not np.isfinite(self._neighbors.usual):
            return "One cell tells nothing about what is near the data."
        if np.abs(code).max() > PRIOR_REACH:
            return "Beyond what the model has seen: extrapolated."
        at, cells = self.to_sd(code), self._cells_sd
        beyond = np.maximum(at - cells.max(axis=0), cells.min(axis=0) - at)
        if beyond.max() > SLACK_SD:
            name = title_of(self._names[int(beyond.argmax())])
            return (
                f"Beyond every cell in {name} by {beyond.max():.1f} sd: extrapolated."
            )
        if self._neighbors.is_far(distance):
            times = distance / self._neighbors.usual
            return f"Far from every cell ({times:.1f} times the usual): extrapolated."
        return "Among the cells you have."


def iter_prepare_live(
    model: Model, embedding: Embedding, crops: Crops | None
) -> Task[Progress, LivePictures]:
    """Return live pictures, as a task for a worker: see `LivePictures`."""
    yield Progress(_STAGE, 0, 1)
    return LivePictures(model, embedding, crops)


def iter_show_live(
    live: LivePictures, code: Code, start: Code | None = None
) -> Task[Progress, LivePicture]:
    """Return what there is to see of a code, as a task for a worker."""
    yield Progress(_STAGE, 0, 1)
    return live.show(code, start)
