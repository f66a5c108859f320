"""From the records of a benchmark to its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.classifier_plots import confusion_figure
from napari_disentangle.export.transfer_plots import (
    Importance,
    class_scatter,
    persistence_boxes,
    transfer_importances,
)
from napari_disentangle.export.transfer_tables import FINETUNES
from napari_disentangle.recipes.transfer.result import pooled_confusion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from napari_disentangle.recipes.transfer.records import ArmRecord
    from napari_disentangle.recipes.transfer.result import TransferResult

    Arms = dict[tuple[str, str], tuple[ArmRecord, ...]]

_SCORES = {
    "DCI": "dci",
    "OMES of names": "omes.named_avg",
    "MIG": "mig",
}
_TUNED = ("paper", "anchored", "semi")
_SHOWN_FIRST = ("anchored", "paper", "none")


def figures_of(result: TransferResult) -> Iterator[tuple[str, str, Figure]]:
    """Yield name, caption and figure; those without data are left out."""
    sets = {
        (t.dataset, t.crop): {
            (records[0].input, records[0].finetune): records
            for records in result.arms()
            if (records[0].dataset, records[0].crop) == (t.dataset, t.crop)
        }
        for t in result.targets
    }
    panels = []
    for (name, crop), arms in sets.items():
        panel = _importance(f"{name}, {crop}", arms)
        if panel is not None:
            panels.append(panel)
            yield from _of_set(name, crop, arms, panel)
    if panels:
        caption = (
            "Importance of the named factors (mean and sd over fits; dotted: even)"
        )
        yield "importances", caption, transfer_importances(panels)
    yield from _persistence(sets)


def _of_set(
    name: str, crop: str, arms: Arms, panel: Importance
) -> Iterator[tuple[str, str, Figure]]:
    """Yield the scatter and the confusion matrix of one data set."""
    records = next(arms["features", f] for f in _SHOWN_FIRST if ("features", f) in arms)
    what = FINETUNES[records[0].finetune]
    part, first, second = records[0].parts[0], *panel.two_most
    if part.shown is not None:
        figure = class_scatter(
            np.array(part.shown.codes)[:, [first, second]],
            np.array(part.shown.y),
            records[0].classes,
            (panel.names[first], panel.names[second]),
            f"{name}, {crop}: test cells, {what}, seed {records[0].seed}",
        )
        yield f"{name}-{crop}-factors", "The two most important named factors", figure
    confusion = pooled_confusion(records, "all", "gbt")
    figure = confusion_figure(confusion, records[0].classes)
    caption = f"Confusion, {name} {crop}: {what}, all numbers, GBT, all test parts"
    yield f"{name}-{crop}-confusion", caption, figure


def _importance(title: str, arms: Arms) -> Importance | None:
    shares: dict[str, NDArray[np.float64]] = {}
    names: tuple[str, ...] = ()
    for finetune in ("none", *reversed(_SHOWN_FIRST[:2])):
        found = [
            test.impurity
            for record in arms.get(("features", finetune), ())
            for part in record.parts
            for test in part.tests
            if test.impurity
        ]
        if found:
            shares[FINETUNES[finetune]] = np.array(found)
            names = arms["features", finetune][0].parts[0].dimensions
    return Importance(title, names, shares) if shares else None


def _persistence(
    sets: dict[tuple[str, str], Arms],
) -> Iterator[tuple[str, str, Figure]]:
    """Yield box plots of Source scores after fine-tuning, of all data sets."""
    scores: dict[str, dict[str, dict[str, NDArray[np.float64]]]] = {}
    before: dict[str, dict[str, float]] = {}
    for label, key in _SCORES.items():
        for kind in ("pixels", "features"):
            first: list[float] = []
            after: dict[str, NDArray[np.float64]] = {}
            for (name, crop), arms in sets.items():
                for finetune in _TUNED:
                    sides = [
                        part.source
                        for record in arms.get((kind, finetune), ())
                        for part in record.parts
                        if part.source is not None
                    ]
                    if sides:
                        first += [side.before[key] for side in sides]
                        values = np.array([side.after[key] for side in sides])
                        after[f"{name} {crop}, {finetune}"] = values
            if after:
                scores.setdefault(label, {})[kind] = after
                before.setdefault(label, {})[kind] = float(np.mean(first))
    if scores:
        caption = "Disentanglement of Source images after fine-tuning"
        yield "disentanglement", caption, persistence_boxes(scores, before)
