"""Pictures of walks with what they show: what docks, files and pages are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_disentangle.errors import ModelError
from napari_disentangle.export.traversal_tiff import TraversalInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.export.traversal_tiff import PictureKind


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
        Value of the walked factor in sd of the reference cells' codes; their mean over
        factors where those differ.
    positions_sd : array, (F, T), float32
        The same of each factor.
    step_names : tuple of str, length T
        What steps are called; empty where that is their sd.
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
    nearest_cells : array, (F, T), int64, or None
        Their label ids.
    start_sd, start_spread_sd : array, (F,), float32, or None
        Where the starting cell lies in each factor, and the posterior sd of its code:
        how uncertain the model is of it. None of the mean cell.
    notes : tuple of str
        What must be said beside the pictures, a sentence each: see `walk_notes`.
    """

    decoded: NDArray[np.float32] | None
    nearest: NDArray[np.float32] | None
    factors: tuple[str, ...]
    steps_sd: NDArray[np.float32]
    positions_sd: NDArray[np.float32]
    model_id: str
    picture_source: str
    from_prior: tuple[bool, ...]
    nearest_rows: NDArray[np.int64] | None
    nearest_sd: NDArray[np.float32] | None
    nearest_cells: NDArray[np.int64] | None = None
    start_sd: NDArray[np.float32] | None = None
    start_spread_sd: NDArray[np.float32] | None = None
    step_names: tuple[str, ...] = ()
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

    def with_note(self, note: str) -> TraversalStack:
        """Return these with one more note; an empty one is none."""
        return replace(self, notes=(*self.notes, note)) if note else self

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
        is_real = kind == "nearest"
        reached = self.nearest_sd if is_real and self.nearest_sd is not None else ()
        cells = self.nearest_cells if is_real and self.nearest_cells is not None else ()
        differ = bool((self.positions_sd != self.positions_sd[:1]).any())
        return pictures, TraversalInfo(
            factors=self.factors,
            steps_sd=_rounded(self.steps_sd),
            picture=kind,
            model_id=self.model_id,
            picture_source=self.picture_source if kind == "decoded" else "",
            step_names=self.step_names,
            positions_sd=tuple(map(_rounded, self.positions_sd)) if differ else (),
            reached_sd=tuple(map(_rounded, reached)),
            cells=tuple(tuple(map(int, walk)) for walk in cells),
            notes=self.notes,
        )


def _rounded(values: NDArray[np.float32]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
