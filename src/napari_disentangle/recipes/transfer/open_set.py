"""Would a class that nobody annotated be noticed: each one left out in turn.

The class is kept from fine-tuning as well as from the detector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.novelty import auroc, fit_detector
from napari_disentangle.classify.splits import Split, deal_parts
from napari_disentangle.recipes.transfer.cells import iter_code
from napari_disentangle.recipes.transfer.records import Novel

if TYPE_CHECKING:
    from napari_disentangle.classify.novelty import NoveltyKind
    from napari_disentangle.recipes.transfer.cells import Bench
    from napari_disentangle.recipes.transfer.plan import Arm
    from napari_disentangle.tasks import Progress, Task


def iter_left_out(
    arm: Arm, bench: Bench, seed: int
) -> Task[Progress, tuple[Novel, ...]]:
    """Leave each class out and look whether its cells seem novel.

    Four of five parts of the other classes are learned; the cells of the fifth and of
    the class left out are told apart by their distance to what was learned.

    Parameters
    ----------
    arm : Arm
        Where codes come from.
    bench : Bench
        The data set.
    seed : int
        Decides the parts and the fine-tuning.
    """
    material = bench.material
    found = []
    for left, name in enumerate(material.target.classes):
        known = np.flatnonzero(material.y != left)
        if len(np.unique(material.y[known])) < 2:
            continue
        parts = min(bench.config.folds, len(np.unique(material.groups[known])))
        part = deal_parts(material.y[known], material.groups[known], parts, seed)
        split = Split(known[part != 0], known[part == 0])
        coded = yield from iter_code(arm, bench, split, seed)
        for code, values in coded.codes.items():
            for kind in _kinds(arm):
                detector = fit_detector(
                    values[split.train], material.y[split.train], kind
                )
                usual = detector.score(values[split.test])
                novel = detector.score(values[material.y == left])
                area = round(auroc(usual, novel), 5)
                found.append(Novel(held_out=name, code=code, kind=kind, auroc=area))
    return tuple(found)


def _kinds(arm: Arm) -> tuple[NoveltyKind, ...]:
    """Return the distances; a covariance of all raw features takes far too long."""
    return ("neighbors",) if arm.input == "raw" else ("mahalanobis", "neighbors")
