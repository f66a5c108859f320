"""Numbers of the transfer benchmark as tables that a reader compares row by row."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from napari_disentangle.export.transfer_rows import (
        AccuracyRow,
        NameRow,
        OpenSetRow,
        TransferRows,
    )

FINETUNES = {
    "none": "no fine-tuning",
    "paper": "papers' fine-tuning",
    "anchored": "anchored",
    "semi": "anchored + few labels",
}
"""What each fine-tuning is called in a table."""

CONTROLS = {
    "pca": "principal components of the target",
    "scratch": "beta-VAE from scratch, no Source",
    "random": "random weights",
    "classical": "classical measurements",
    "raw": "linear probe of all backbone features (ceiling)",
    "chance": "chance",
}
"""What each control is called in a table."""

PAPER = (
    ("Lensless", "RGB", "70.32 ± .029", "71.93 ± .030", "73.04 ± .024", "75.48 ± .027"),
    ("", "Phi", "77.06 ± .020", "77.46 ± .022", "93.55 ± .019", "94.62 ± .017"),
    ("WHOI15", "RGB", "49.90 ± .014", "48.20 ± .018", "50.98 ± .016", "49.29 ± .020"),
    ("", "Phi", "47.92 ± .015", "51.96 ± .023", "60.74 ± .026", "63.17 ± .033"),
    ("Vacuoles", "RGB", "64.03 ± .041", "59.89 ± .053", "65.45 ± .054", "62.77 ± .057"),
    ("", "Phi", "84.95 ± .020", "85.10 ± .018", "90.45 ± .019", "89.97 ± .019"),
    ("Sipakmed", "RGB", "52.63 ± .043", "51.25 ± .050", "55.10 ± .041", "55.69 ± .038"),
    ("", "Phi", "61.75 ± .019", "63.33 ± .014", "71.17 ± .025", "72.98 ± .022"),
)
"""Table 2 of Dapueto et al., IJCNN 2025: balanced accuracy in %, sd as a fraction."""

MEASURES_OF = {
    "scale": ("area",),
    "color": (
        "intensity_mean_0",
        "intensity_mean_1",
        "intensity_mean_2",
        "color_red",
        "color_green",
        "color_blue",
    ),
    "shape": ("solidity", "eccentricity", "form_factor"),
    "texture": (
        "texture_contrast",
        "texture_homogeneity",
        "texture_entropy",
        "texture_correlation",
        "texture_roughness",
        "texture_patterns",
        "texture_edges",
    ),
    "orientation": ("orientation",),
}
"""Measures that must move with a factor for it to deserve its name.

Those of color are the mean of each channel, and its share of the mean color: the color
itself, however bright.
"""

_CLASSIFIERS = ("gbt", "mlp")
_CODES = ("named", "all")
_OPEN_SET = (
    ("features", "none", "named"),
    ("features", "anchored", "named"),
    ("features", "anchored", "all"),
    ("pca", "none", "all"),
    ("scratch", "none", "all"),
    ("classical", "none", "all"),
    ("raw", "none", "all"),
)


def target_table(found: TransferRows) -> list[str]:
    """Return the data sets: crops of each class, images, and what was left out."""
    rows = []
    for row in found.targets:
        counts = ", ".join(f"{n} {name}" for name, n in row.counts.items())
        why = (f"{n} {reason.rstrip('.')}" for reason, n in row.skipped.items())
        total, images = str(sum(row.counts.values())), str(row.images)
        copies = str(row.copies)
        if row.contradictions:
            copies += f", {row.contradictions} of them in another class"
        lost = ", ".join(why) or "none"
        rows.append([row.dataset, row.crop, total, counts, images, copies, lost])
    head = ["target", "crops", "number", "by class", "images", "copies", "left out"]
    return markdown_table(head, rows)


def accuracy_table(found: TransferRows, code: str) -> list[str]:
    """Return balanced accuracies in the layout of the papers' Table 2."""
    tuned = {row.finetune for row in found.accuracy if row.input != "raw"}
    used = [finetune for finetune in FINETUNES if finetune in tuned]
    head = ["target", "crops", "input"]
    head += [f"{FINETUNES[f]}, {c.upper()}" for f in used for c in _CLASSIFIERS]
    rows = []
    for name, crop, mine in found.sets():
        for kind in ("pixels", "features"):
            cells = [
                accuracy(mine, kind, finetune, classifier, code)
                for finetune in used
                for classifier in _CLASSIFIERS
            ]
            if any(cell != "-" for cell in cells):
                rows.append([name, crop, kind, *cells])
    return markdown_table(head, rows)


def control_table(found: TransferRows) -> list[str]:
    """Return balanced accuracies of the controls, beside anchored fine-tuning."""
    head = ["target", "crops", "codes"]
    head += [f"{code}, {c.upper()}" for code in _CODES for c in _CLASSIFIERS]
    rows = []
    for name, crop, mine in found.sets():
        ours = _both_codes(mine, "features", "anchored")
        rows.append([name, crop, "**anchored fine-tuning**", *ours])
        for control, label in CONTROLS.items():
            for finetune in ("none", "semi"):
                few = f", {found.n_labels} labels a class"
                cells = _both_codes(mine, control, finetune)
                if all(cell == "-" for cell in cells):
                    linear = accuracy(mine, control, finetune, "linear", "all")
                    cells = ["", "", linear, ""]
                if set(cells) - {"", "-"}:
                    what = label + (few if finetune == "semi" else "")
                    rows.append([name, crop, what, *cells])
    return markdown_table(head, rows)


def disentanglement_table(found: TransferRows) -> list[str]:
    """Return scores of Source images before and after, and how far names held."""
    head = ["target", "crops", "input", "fine-tuning", "DCI", "DCI kept", "OMES"]
    head += ["MIG", "weakest name", "seconds"]
    rows = []
    for row in found.disentanglement:
        if row.finetune == "none":
            continue
        kept = {k: v for k, v in row.persistence.items() if "residual" not in k}
        weakest = min(kept, key=lambda name: kept[name])
        rows.append(
            [
                row.dataset,
                row.crop,
                row.input,
                FINETUNES[row.finetune],
                _change(row.dci_before, row.dci_after, row.dci_after_sd),
                f"{row.dci_retained:.0%}",
                _change(row.omes_before, row.omes_after, row.omes_after_sd),
                _change(row.mig_before, row.mig_after, row.mig_after_sd),
                f"{weakest} {kept[weakest]:.2f}",
                f"{row.seconds:.0f} ({row.n_train} crops)",
            ]
        )
    return markdown_table(head, rows)


def names_table(found: TransferRows) -> list[str]:
    """Return the measure of its own kind that each named dimension follows most."""
    rows = []
    for key, group in groupby(
        found.names, key=lambda r: (r.dataset, r.crop, r.input, r.finetune)
    ):
        mine, cells = list(group), []
        for factor, measures in MEASURES_OF.items():
            best = strongest(mine, factor, measures)
            cells.append(
                "-" if best is None else f"{best.rho_mean:+.2f} {best.measure}"
            )
        name, crop, kind, finetune = key
        rows.append([name, crop, kind, FINETUNES[finetune], *cells])
    return markdown_table(["target", "crops", "input", "codes", *MEASURES_OF], rows)


def strongest(
    rows: Iterable[NameRow], factor: str, measures: Sequence[str]
) -> NameRow | None:
    """Return the row of the measure that a dimension follows most."""
    mine = [row for row in rows if row.factor == factor and row.measure in measures]
    return max(mine, key=lambda row: row.abs_rho_mean, default=None)


def open_set_table(found: TransferRows) -> list[str]:
    """Return how well classes left out are told from known ones."""

    def key(row: OpenSetRow) -> tuple[str, str, str, str]:
        return (row.dataset, row.crop, row.held_out, row.distance)

    head = ["target", "crops", "class left out", "distance"]
    head += [f"{i}{'' if f == 'none' else ' ' + f}, {c}" for i, f, c in _OPEN_SET]
    rows = []
    for where in dict.fromkeys(map(key, found.open_set)):
        mine = [row for row in found.open_set if key(row) == where]
        cells = []
        for method in _OPEN_SET:
            row = next(
                (r for r in mine if (r.input, r.finetune, r.code) == method), None
            )
            cells.append("-" if row is None else _number(row.auroc_mean, row.auroc_sd))
        rows.append([*where, *cells])
    return markdown_table(head, rows)


def accuracy(
    rows: Iterable[AccuracyRow], kind: str, finetune: str, classifier: str, code: str
) -> str:
    """Return one balanced accuracy in percent with its spread, "-" if there is none."""
    wanted = (kind, finetune, classifier, code)
    for row in rows:
        if (row.input, row.finetune, row.classifier, row.code) == wanted:
            mean, sd = row.balanced_accuracy_mean, row.balanced_accuracy_sd
            return _number(100 * mean, 100 * sd, digits=1)
    return "-"


def _both_codes(rows: list[AccuracyRow], kind: str, finetune: str) -> list[str]:
    return [
        accuracy(rows, kind, finetune, c, code) for code in _CODES for c in _CLASSIFIERS
    ]


def _number(mean: float, sd: float, *, digits: int = 2) -> str:
    spread = f" ± {sd:.{digits}f}" if sd > 0 else ""
    return f"{mean:.{digits}f}{spread}"


def _change(before: float, after: float, sd: float) -> str:
    return f"{before:.3f} → {after:.3f} ± {sd:.3f}"
