"""What was tried to beat the controls, each beside a control of its own width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari_disentangle.export.transfer_rows import (
        AccuracyRow,
        BeyondRow,
        TransferRows,
    )

READING = (
    "*Joined*: the five named numbers of anchored fine-tuning, and beside them "
    "principal components of all that these do not tell. *Wider*: ten more dimensions "
    "without a name, beside the named ones, learned in anchored fine-tuning. *All "
    "labels*: anchored fine-tuning shaped by the classes of all training cells instead "
    "of few; no longer without supervision, so compare it with the ceiling."
)
"""How the table is read."""

_LABELS = {
    ("features", "anchored", "joined"): "joined: named and principal components",
    ("features", "anchored", "wide"): "wider: anchored, with residual dimensions",
    ("pca", "none", "wide"): "principal components, as many",
    ("scratch", "none", "wide"): "beta-VAE from scratch, as wide",
    ("features", "semi", "labels"): "anchored + all labels",
}
_REFERENCES = (
    ("features", "anchored", "anchored fine-tuning"),
    ("pca", "none", "principal components"),
    ("scratch", "none", "beta-VAE from scratch"),
)


def beyond_table(found: TransferRows) -> list[str]:
    """Return balanced accuracies beyond the papers' table; empty if none were run."""
    rows = []
    for name, crop, mine in found.sets():
        tried = [row for row in found.beyond if (row.dataset, row.crop) == (name, crop)]
        if not tried:
            continue
        width = next((row.width for row in tried if row.variant == "joined"), None)
        for kind, finetune, label in _REFERENCES:
            known = [r for r in mine if (r.input, r.finetune) == (kind, finetune)]
            cells = _cells(row for row in known if row.code == "all")
            shown = "all" if width is None else str(width)
            rows.append([name, crop, label, shown, *cells, ""])
        for key, label in _LABELS.items():
            same = [r for r in tried if (r.input, r.finetune, r.variant) == key]
            if same:
                kept = same[0].dci_retained
                share = "" if kept is None else f"{kept:.0%}"
                rows.append(
                    [name, crop, label, str(same[0].width), *_cells(same), share]
                )
    head = ["target", "crops", "codes", "numbers", "GBT", "MLP", "DCI kept"]
    return markdown_table(head, rows) if rows else []


def _cells(rows: Iterable[AccuracyRow | BeyondRow]) -> list[str]:
    """Return the balanced accuracies of both classifiers in percent."""
    known = {
        row.classifier: f"{100 * row.balanced_accuracy_mean:.1f} ± "
        f"{100 * row.balanced_accuracy_sd:.1f}"
        for row in rows
    }
    return [known.get(kind, "-") for kind in ("gbt", "mlp")]
