"""The comparison of a model before and after fine-tuning, kept with its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.recipes.compare_models import (
    ModelComparison,
    iter_compare_models,
)
from napari_disentangle.storage.comparison import (
    ComparedFacts,
    read_comparison,
    write_comparison,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.recipes.finetune import FinetunedModel
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task

_CELLS, _BEFORE, _AFTER = "cells", "before", "after"


def iter_keep_comparison(
    crops: Crops,
    before: Model,
    tuned: FinetunedModel,
    *,
    labels: Sequence[str],
    cache: Path,
    device: str = "auto",
) -> Task[Progress, ModelComparison]:
    """Compare a model before and after its fine-tuning, and keep that with the run.

    Parameters
    ----------
    crops : Crops
        N cells: those that were learned from.
    before : Model
        The model that the run started from.
    tuned : FinetunedModel
        The finished run.
    labels, cache, device
        As of `iter_compare_models`.

    Raises
    ------
    StorageError
        If the comparison cannot be written.
    """
    found = yield from iter_compare_models(
        crops, before, tuned.model, labels=labels, cache=cache, device=device
    )
    keep_comparison(tuned.folder, found)
    return found


def keep_comparison(folder: Path, found: ModelComparison) -> None:
    """Write a comparison into the folder of its run; an older one is replaced.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    facts = ComparedFacts(
        dimensions=found.dimensions,
        kept=tuple(map(float, found.kept)),
        drift=tuple(map(float, found.drift)),
        separability=tuple((s.mean, s.sd) for s in found.separability or ()),
        why_not=found.why_not,
    )
    pictures = {
        _CELLS: found.crops,
        _BEFORE: found.drawn_before,
        _AFTER: found.drawn_after,
    }
    drawn = {name: each for name, each in pictures.items() if each is not None}
    write_comparison(folder, facts, drawn)


def read_kept_comparison(folder: Path) -> ModelComparison | None:
    """Return the comparison that is kept with a run, None if there is none.

    Raises
    ------
    StorageError
        If it is damaged.
    """
    from napari_disentangle.classify.validate import Spread

    found = read_comparison(folder)
    if found is None:
        return None
    facts, pictures = found
    spreads = [Spread(mean, sd) for mean, sd in facts.separability]
    return ModelComparison(
        dimensions=facts.dimensions,
        kept=np.array(facts.kept),
        drift=np.array(facts.drift),
        separability=(spreads[0], spreads[1]) if spreads else None,
        why_not=facts.why_not,
        crops=pictures[_CELLS],
        drawn_before=pictures.get(_BEFORE),
        drawn_after=pictures.get(_AFTER),
    )
