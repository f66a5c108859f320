"""What was aimed at and what came out, judged by the numbers alone."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.export.transfer_tables import MEASURES_OF, strongest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from napari_disentangle.export.transfer_rows import AccuracyRow, TransferRows

    Claim = tuple[str, float, float, bool]

_ACCURACY = (
    ("bccd", "tight", "anchored", 0.95, "BCCD tight crops, all numbers"),
    ("bccd", "window", "anchored", 0.85, "BCCD windows without labels"),
    ("bccd", "window", "semi", 0.90, "BCCD windows with few labels"),
    ("wbc1", "masked", "anchored", 0.80, "WBC1 masked without labels"),
    ("wbc1", "masked", "semi", 0.87, "WBC1 masked with few labels"),
)
_NAMES = (("scale", 0.9), ("color", 0.6), ("shape", 0.5), ("texture", 0.5))
_MASKED = "masked"
_DCI_KEPT, _OMES_LOST, _SHARE = 0.95, 0.02, 0.95
_CROPS, _SECONDS = 1500, 15.0
_LABELED = (
    ("bccd", "window", 0.90, "BCCD windows with all training labels"),
    ("wbc1", "masked", 0.87, "WBC1 masked with all training labels"),
)
_CONTROLS = ("pca", "scratch")


def claims_table(found: TransferRows) -> list[str]:
    """Return each aim of the project, what was found, and whether it was reached."""
    claims = [*_accuracies(found), *_labeled(found), *_ceilings(found)]
    claims += [*_persistence(found), *_names(found)]
    rows = [
        [what, f"{aim:g}", f"{value:.3f}", "yes" if reached else "**no**"]
        for what, aim, value, reached in claims
    ]
    return markdown_table(["aim", "wanted", "found", "reached"], rows)


def open_question(found: TransferRows) -> list[str]:
    """Return how anchored codes compare with the best control of equal width."""
    rows, wins, losses = [], 0, 0
    for name, crop, mine in found.sets():
        for code in ("named", "all"):
            ours = best(mine, ["features"], code, "anchored")
            other = best(mine, _CONTROLS, code)
            if ours is None or other is None:
                continue
            gap = ours.balanced_accuracy_mean - other.balanced_accuracy_mean
            sds = (ours.balanced_accuracy_sd, other.balanced_accuracy_sd)
            noise = (sds[0] ** 2 + sds[1] ** 2) ** 0.5
            wins, losses = wins + (gap > noise), losses + (gap < -noise)
            verdict = "higher" if gap > noise else "lower" if gap < -noise else "equal"
            difference = f"{100 * gap:+.1f} ± {100 * noise:.1f}"
            rows.append(
                [name, crop, code, _words(ours), _words(other), difference, verdict]
            )
    if not rows:
        return []
    head = ["target", "crops", "code", "anchored", "best control of equal width"]
    answer = (
        f"Of {len(rows)} comparisons of anchored fine-tuning, without labels, with the "
        f"better of principal components and an autoencoder from scratch, accuracy is "
        f"higher in {wins}, lower in {losses}, and within the spread in "
        f"{len(rows) - wins - losses}."
    )
    return [answer, "", *markdown_table([*head, "difference", "accuracy is"], rows)]


def best(
    rows: Iterable[AccuracyRow],
    inputs: Sequence[str],
    code: str,
    finetune: str = "none",
) -> AccuracyRow | None:
    """Return the row of the most accurate classifier, None if there is none."""
    mine = [
        row
        for row in rows
        if row.input in inputs and (row.code, row.finetune) == (code, finetune)
    ]
    return max(mine, key=lambda row: row.balanced_accuracy_mean, default=None)


def _words(row: AccuracyRow) -> str:
    mean, sd = 100 * row.balanced_accuracy_mean, 100 * row.balanced_accuracy_sd
    return f"{mean:.1f} ± {sd:.1f} ({row.input}, {row.classifier.upper()})"


def _accuracies(found: TransferRows) -> Iterator[Claim]:
    known = {(name, crop): rows for name, crop, rows in found.sets()}
    for dataset, crop, finetune, aim, what in _ACCURACY:
        row = best(known.get((dataset, crop), []), ["features"], "all", finetune)
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
        fast = f"{where}: processor seconds for {n:,} crops, at most"
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
