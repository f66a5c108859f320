"""The comparison of a model before and after fine-tuning, kept with its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.recipes.compare_models import ModelComparison
from napari_disentangle.storage.comparison import (
    ComparedFacts,
    read_comparison,
    write_comparison,
)

if TYPE_CHECKING:
    from pathlib import Path

_CELLS, _BEFORE, _AFTER = "cells", "before", "after"


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
