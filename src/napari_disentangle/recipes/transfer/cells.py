"""One cell of the plan: an arm on a data set with one seed, coded and classified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.importance import permutation_importance
from napari_disentangle.classify.models import iter_fit
from napari_disentangle.classify.scores import score
from napari_disentangle.latents.trust import correlate
from napari_disentangle.metrics.persistence import persistence
from napari_disentangle.recipes.persistence import iter_name_scores
from napari_disentangle.recipes.transfer import arms, controls
from napari_disentangle.recipes.transfer.joined import join
from napari_disentangle.recipes.transfer.plan import WIDER
from napari_disentangle.recipes.transfer.records import (
    Part,
    Shown,
    SourceSide,
    Tested,
)

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from napari_disentangle.classify.config import ClassifierKind
    from napari_disentangle.classify.splits import Split
    from napari_disentangle.recipes.transfer.coded import Coded
    from napari_disentangle.recipes.transfer.material import Material
    from napari_disentangle.recipes.transfer.plan import Arm, Code, TransferConfig
    from napari_disentangle.recipes.transfer.sources import Sourced
    from napari_disentangle.tasks import Progress, Task

_MOST_SHOWN = 800
_SHUFFLES = 3
_CLASSIFIER_SEED = 17


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What all cells of one data set share.

    Attributes
    ----------
    material : Material
        The data set.
    sourced : Sourced or None
        The Source model of the arm's input; None for controls.
    widths : pair of int
        Width of the named code of the Source model, and of all.
    config : TransferConfig
        How thoroughly.
    device : torch.device
        Where to compute.
    """

    material: Material
    sourced: Sourced | None
    widths: tuple[int, int]
    config: TransferConfig
    device: torch.device

    def widths_of(self, arm: Arm) -> dict[Code, int]:
        """Return how wide each code of an arm is that chooses its width."""
        narrow, wide = self.widths
        more = WIDER if arm.variant == "wide" else 0
        known: dict[Code, int] = {"named": narrow, "all": wide + more}
        return {code: known[code] for code in arm.codes}


def iter_code(arm: Arm, bench: Bench, split: Split, seed: int) -> Task[Progress, Coded]:
    """Return the codes of all cells by an arm that learns from the training part."""
    material, config, device = bench.material, bench.config, bench.device
    widths = bench.widths_of(arm)
    if arm.input == "pca":
        return (yield from controls.iter_pca(material, split, widths))
    if arm.input == "scratch":
        return (
            yield from controls.iter_scratch(
                material, split, widths, seed, config, device
            )
        )
    if arm.input == "random":
        return (yield from controls.iter_random(material, split, widths, seed))
    if arm.input == "classical":
        return (yield from controls.iter_classical(material, split))
    if arm.input == "raw":
        return (yield from controls.iter_raw(arm, material, split, seed, config))
    assert bench.sourced is not None
    if arm.finetune == "none":
        return (yield from arms.iter_untuned(material, bench.sourced))
    coded = yield from arms.iter_tuned(
        arm, material, bench.sourced, split, seed, config, device
    )
    return join(coded, material, split, widths) if arm.variant == "joined" else coded


def iter_part(arm: Arm, bench: Bench, split: Split, seed: int) -> Task[Progress, Part]:
    """Learn on one part, test on the other, and look what became of the names."""
    coded = yield from iter_code(arm, bench, split, seed)
    tests = []
    for code in arm.codes:
        for kind in arm.classifiers:
            test = yield from _iter_test(
                coded, code, kind, bench, split, seed, named=code == "named"
            )
            tests.append(test)
    source = yield from _iter_source_side(arm, coded, bench)
    return Part(
        n_train=len(split.train),
        n_test=len(split.test),
        seconds=round(coded.seconds, 2),
        dimensions=coded.dimensions,
        tests=tuple(tests),
        source=source,
        measures=_measured(coded, bench),
        shown=_shown(coded, bench.material.y, split),
    )


def _iter_test(
    coded: Coded,
    code: Code,
    kind: ClassifierKind,
    bench: Bench,
    split: Split,
    seed: int,
    *,
    named: bool,
) -> Task[Progress, Tested]:
    """Train a classifier on the training part and test it on the other.

    Rare and common classes count alike, as in the score; ``plain`` is without that.
    """
    values, y = coded.codes[code], bench.material.y
    classes = bench.material.target.classes
    settings = ClassifierConfig(
        kind=kind,
        trees=bench.config.trees,
        mlp_epochs=bench.config.mlp_epochs,
        balanced=True,
    )
    train = coded.labeled if len(coded.labeled) else split.train
    rng = np.random.default_rng((seed, _CLASSIFIER_SEED))
    fitted = yield from iter_fit(
        values[train], y[train], settings, rng, n_classes=len(classes)
    )
    chance, known = fitted.probabilities(values[split.test]), y[split.test]
    found = score(known, chance, classes)
    plain = score(known, chance * fitted.shares, classes)
    permutation = np.empty(0)
    if named and kind == "gbt" and coded.dimensions:
        fall = permutation_importance(
            fitted, values[split.test], known, rng, repeats=_SHUFFLES
        )
        permutation = fall.mean(axis=0)
    impurity = fitted.impurity if named and kind == "gbt" else None
    return Tested(
        classifier=kind,
        code=code,
        width=values.shape[1],
        balanced_accuracy=round(found.balanced_accuracy, 6),
        balanced_accuracy_plain=round(plain.balanced_accuracy, 6),
        accuracy=round(found.accuracy, 6),
        macro_f1=round(found.macro_f1, 6),
        confusion=tuple(tuple(row) for row in found.confusion.tolist()),
        impurity=_rounded(impurity if impurity is not None else np.empty(0)),
        permutation=_rounded(permutation),
    )


def _iter_source_side(
    arm: Arm, coded: Coded, bench: Bench
) -> Task[Progress, SourceSide | None]:
    """Score the Source images through the fine-tuned model, next to those before."""
    sourced = bench.sourced
    if sourced is None or sourced.probe is None or not arm.has_source:
        return None
    dimensions, after = sourced.model.dimensions, sourced.before
    if arm.finetune != "none":
        after = yield from iter_name_scores(coded.probe, sourced.probe, dimensions)
    found = persistence(sourced.codes, coded.probe)
    kept = zip(dimensions, found.kept.tolist(), strict=True)
    return SourceSide(
        before=sourced.before,
        after=after,
        kept={name: round(value, 4) for name, value in kept},
        swapped=tuple(dimensions[j] for j in found.swapped),
        silent=tuple(dimensions[j] for j in found.dead),
    )


def _measured(coded: Coded, bench: Bench) -> dict[str, dict[str, float]]:
    """Return how each named dimension goes with classical measures of all cells."""
    if not coded.dimensions or bench.material.measures.shape[1] == 0:
        return {}
    table = bench.material.measures.astype(np.float64)
    found = correlate(coded.codes["named"], table, np.random.default_rng(0))
    return {
        name: {each.measure: round(each.found.value, 4) for each in mine}
        for name, mine in zip(coded.dimensions, found, strict=True)
    }


def _shown(coded: Coded, y: NDArray[np.int64], split: Split) -> Shown | None:
    if not coded.dimensions:
        return None
    rows = split.test[np.linspace(0, len(split.test) - 1, _MOST_SHOWN).astype(int)]
    rows = np.unique(rows)
    codes = coded.codes["named"][rows].astype(np.float64).round(4)
    return Shown(codes=tuple(map(tuple, codes.tolist())), y=tuple(y[rows].tolist()))


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(values, 5).tolist())
