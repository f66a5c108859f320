"""What was aimed at and what came out, judged by the numbers alone."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.export.transfer_question import best
from napari_disentangle.export.transfer_tables import MEASURES_OF, strongest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari_disentangle.export.transfer_rows import TransferRows

    Claim = tuple[str, float, float, bool]

_ACCURACY = (
    ("bccd", "tight", "features", "anchored", 0.95, "BCCD tight crops, all numbers"),
    ("bccd", "window", "features", "anchored", 0.85, "BCCD windows without labels"),
    ("bccd", "window", "pixels", "none", 0.85, "BCCD windows, pixels as they come"),
    ("bccd", "window", "features", "semi", 0.90, "BCCD windows with few labels"),
    ("wbc1", "masked", "features", "anchored", 0.80, "WBC1 masked without labels"),
    ("wbc1", "masked", "features", "semi", 0.87, "WBC1 masked with few labels"),
)
_NAMES = (("scale", 0.9), ("color", 0.6), ("shape", 0.5), ("texture", 0.5))
_MASKED = "masked"
_DCI_KEPT, _OMES_LOST, _SHARE = 0.95, 0.02, 0.95
_CROPS, _SECONDS = 1500, 30.0  # of one processor: 15 s of two cores
_LABELED = (
    ("bccd", "window", 0.90, "BCCD windows with all training labels"),
    ("wbc1", "masked", 0.87, "WBC1 masked with all training labels"),
)


def claims_table(found: TransferRows) -> list[str]:
    """Return each aim of the project, what was found, and whether it was reached."""
    claims = [*_accuracies(found), *_labeled(found), *_ceilings(found)]
    claims += [*_persistence(found), *_names(found)]
    rows = [
        [what, f"{aim:g}", f"{value:.3f}", "yes" if reached else "**no**"]
        for what, aim, value, reached in claims
    ]
    return markdown_table(["aim", "wanted", "found", "reached"], rows)


def _accuracies(found: TransferRows) -> Iterator[Claim]:
    known = {(name, crop): rows for name, crop, rows in found.sets()}
    for dataset, crop, kind, finetune, aim, what in _ACCURACY:
        row = best(known.get((dataset, crop), []), [kind], "all", finetune)
        if row is not None:
            value = row.balanced_accuracy_mean
            yield f"{what}: balanced accuracy", aim, value, value >= aim


def _labeled(found: TransferRows) -> Iterator[Claim]:
    for dataset, crop, aim, what in _LABELED:
        values = [
            row.balanced_accuracy_mean
            for row in found.beyond
            if (row.dataset, row.crop, row.variant) == (dataset, crop, "labels")
        ]
        if values:
            yield f"{what}: balanced accuracy", aim, max(values), max(values) >= aim


def _ceilings(found: TransferRows) -> Iterator[Claim]:
    for name, crop, mine in found.sets():
        raw = best(mine, ["raw"], "all")
        for finetune in ("anchored", "semi"):
            row = best(mine, ["features"], "all", finetune)
            if raw is not None and row is not None:
                share = row.balanced_accuracy_mean / raw.balanced_accuracy_mean
                what = f"{name} {crop}, {finetune}: share of the ceiling's accuracy"
                yield what, _SHARE, share, share >= _SHARE


def _persistence(found: TransferRows) -> Iterator[Claim]:
    for row in found.disentanglement:
        if (row.input, row.finetune) != ("features", "anchored"):
            continue
        where = f"{row.dataset} {row.crop}, anchored"
        kept, lost = row.dci_retained, row.omes_before - row.omes_after
        n = min(_CROPS, row.n_train)
        pace = row.seconds * n / row.n_train
        yield f"{where}: share of Source DCI kept", _DCI_KEPT, kept, kept >= _DCI_KEPT
        yield f"{where}: OMES lost, at most", _OMES_LOST, lost, lost <= _OMES_LOST
        fast = f"{where}: processor seconds for {n:,} crops, 15 s of two cores"
        yield fast, _SECONDS, pace, pace <= _SECONDS


def _names(found: TransferRows) -> Iterator[Claim]:
    ours = [
        row
        for row in found.names
        if (row.input, row.crop, row.finetune) == ("features", _MASKED, "anchored")
    ]
    for name, group in groupby(ours, key=lambda row: row.dataset):
        mine = list(group)
        for factor, aim in _NAMES:
            row = strongest(mine, factor, MEASURES_OF[factor])
            if row is not None:
                rho = row.abs_rho_mean
                what = f"{name} {_MASKED}, anchored: {factor} against {row.measure}"
                yield what, aim, rho, rho >= aim
