"""Whether cells look like what a model was trained on: asked before its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.exclusions import is_excluded
from napari_disentangle.recipes.known_inputs import iter_known_inputs
from napari_disentangle.tables import KEY, rows_by_key
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.latents.in_distribution import InDistribution
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Features
    from napari_disentangle.tasks import Task

MOST_CELLS = 1000
"""Of more cells a random part is looked at; it tells the share to about 3 %."""

WITHIN = 0.8
"""Least share of cells like those known, with which names may be read as they stand."""

OUTSIDE = 0.2
"""Below this share names are hypotheses."""

_STAGE = "Comparing with what the model knows"
_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """How many of some cells look like what a model was trained or fine-tuned on.

    Attributes
    ----------
    n_cells : int
        Cells that were encoded.
    found : InDistribution or None
        Of all of them, or of a random part; None where it cannot be told.
    looked : pandas.DataFrame or None
        `KEY` of the cells that were looked at, in the order of `found`.
    """

    n_cells: int
    found: InDistribution | None
    looked: pd.DataFrame | None = None

    def counted(self, annotations: Annotations | None) -> Familiarity:
        """Return the same of the cells that are not excluded, unless all are."""
        if annotations is None or self.found is None or self.looked is None:
            return self
        out = is_excluded(annotations, self.looked)
        if not out.any() or out.all():
            return self
        n_cells = self.n_cells - int(out.sum())
        return Familiarity(n_cells, self.found.take(~out), self.looked[~out])

    @property
    def is_outside(self) -> bool:
        """Whether too few cells are like those known for names to stand."""
        return self.found is not None and self.found.share < WITHIN

    @property
    def sentence(self) -> str:
        """What a reader must know before any name of a factor, in one sentence."""
        if self.found is None:
            return (
                "Not checked: this model keeps too little of what it was trained on to "
                "tell whether these cells look like it; compare its factors with "
                "measurements before you trust their names."
            )
        inside, n = int(self.found.inside.sum()), len(self.found.inside)
        cells = "the cells" if n == self.n_cells else f"{n} cells looked at"
        if self.found.share < OUTSIDE:
            return (
                f"{_percent(n - inside, n)} of {cells} lie outside of what the model "
                "has seen; its names are hypotheses here: fine-tune first (dock "
                "Fine-tune)."
            )
        if self.is_outside:
            return (
                f"Only {_percent(inside, n)} of {cells} lie within what the model has "
                "seen; compare its names with measurements, or fine-tune first (dock "
                "Fine-tune)."
            )
        return (
            f"{_percent(inside, n)} of {cells} lie within what the model has seen; its "
            "names may be read as they stand."
        )


def iter_familiarity(
    model: Model,
    crops: Crops,
    features: Features | None,
    *,
    device: str | torch.device = "auto",
    seed: int = 0,
) -> Task[Progress, Familiarity]:
    """Return whether `crops` look like what `model` was trained or fine-tuned on.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    crops : Crops
        N cells.
    features : Features or None
        Their features, for a model of features.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where the backbone runs, if Source images have to be drawn anew.
    seed : int
        Decides which cells are looked at.
    """
    yield Progress(_STAGE, 0, 1)
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(crops))[:MOST_CELLS])
    inputs = _inputs(model, crops, features, chosen)
    if inputs is None:
        return Familiarity(len(crops), None)
    found = yield from iter_check_inputs(model, inputs, device=device, seed=seed)
    looked = None if found is None else _keys(crops, chosen)
    return Familiarity(len(crops), found, looked)


def iter_update_familiarity(
    before: Familiarity,
    model: Model,
    crops: Crops,
    part: Crops,
    features: Features | None,
    *,
    device: str | torch.device = "auto",
    seed: int = 0,
) -> Task[Progress, Familiarity]:
    """Return what `iter_familiarity` would of cells of which some were edited.

    The others keep their verdicts. Of a large set, of which a part is looked at, new
    cells are looked at by the same chance.

    Parameters
    ----------
    before : Familiarity
        Of the cells before the edit.
    model : Model
        The one that it is of.
    crops : Crops
        All cells as they are now.
    part : Crops
        Those that were encoded now: edited, or new.
    features : Features or None
        Their features, for a model of features.
    device, seed
        As in `iter_familiarity`.
    """
    found, looked, n = before.found, before.looked, len(crops)
    if found is None or looked is None:
        return Familiarity(n, None)
    yield Progress(_STAGE, 0, 1)
    chance = min(1.0, MOST_CELLS / n)
    rng = np.random.default_rng((seed, n))
    is_known = rows_by_key(looked, part.table) >= 0
    wanted = np.flatnonzero(is_known | (rng.random(len(part)) < chance))
    stays = rows_by_key(crops.table, looked) >= 0
    stays &= rows_by_key(part.table, looked) < 0
    inputs, new = _inputs(model, part, features, wanted), None
    if inputs is not None:
        new = yield from iter_check_inputs(model, inputs, device=device, seed=seed)
    kept = np.flatnonzero(stays)
    if len(kept) + len(wanted) == 0 or (len(wanted) and new is None):
        return Familiarity(n, None)
    both = pd.concat([looked.iloc[kept], _keys(part, wanted)], ignore_index=True)
    from napari_disentangle.latents.in_distribution import join_checks

    return Familiarity(n, join_checks(found, kept, new), both)


def iter_check_inputs(
    model: Model,
    inputs: NDArray[np.float32],
    *,
    device: str | torch.device = "auto",
    seed: int = 0,
) -> Task[Progress, InDistribution | None]:
    """Return which inputs are like what a model knows, None if that is not told.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    inputs : array, (N, ...)
        What its autoencoder reads of the cells.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where the backbone runs, if Source images have to be drawn anew.
    seed : int
        Decides which known images are compared with.
    """
    from napari_disentangle.latents.in_distribution import (
        MIN_KNOWN,
        check_cells,
        known_of,
    )

    like = yield from iter_known_inputs(model, device=device, seed=seed)
    if like is None or len(like) < MIN_KNOWN or len(inputs) == 0:
        return None
    known = known_of(model.vae, like, rng=np.random.default_rng(seed))
    return check_cells(model.vae, known, inputs)


def _keys(crops: Crops, rows: NDArray[np.int64]) -> pd.DataFrame:
    return crops.table[list(KEY)].iloc[rows].reset_index(drop=True)


def _inputs(
    model: Model, crops: Crops, features: Features | None, rows: NDArray[np.int64]
) -> NDArray[np.float32] | None:
    """Return what the autoencoder reads of some cells, None without any."""
    if len(rows) == 0:
        return None
    if model.scaler is not None:
        return (
            None if features is None else model.scaler.transform(features.values[rows])
        )
    size = model.card.model.image_size
    parts = [rows[first : first + _BATCH] for first in range(0, len(rows), _BATCH)]
    return np.concatenate([crops.cut(part, size) for part in parts])


def _percent(part: int, whole: int) -> str:
    """Return a share in percent; 0 % and 100 % only of none and of all."""
    share = round(100 * part / whole)
    if 0 < part < whole:
        share = min(max(share, 1), 99)
    return f"{share} %"
