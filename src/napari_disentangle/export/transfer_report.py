"""The transfer benchmark as one Markdown page."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.export.transfer_beyond import READING, beyond_table
from napari_disentangle.export.transfer_claims import claims_table
from napari_disentangle.export.transfer_question import open_question
from napari_disentangle.export.transfer_tables import (
    PAPER,
    accuracy_table,
    control_table,
    disentanglement_table,
    names_table,
    open_set_table,
    target_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.export.transfer_rows import TransferRows

_READING = (
    "Balanced accuracy in percent: mean over seeds ± sample standard deviation over "
    "all test parts. A seed decides the split, the fine-tuning and the classifier. "
    "Splits keep whole images together and are the same for every method; each seed "
    "tests one part of five, or all five in turn where there are fewer than 1,000 "
    "crops. Fine-tuning, feature scaling and classifiers see training images only. "
    "Classifiers weigh rare and common classes alike, in every arm. GBT: boosted "
    "trees of depth 4; MLP: two hidden layers of 256. Where one number stands for "
    "both, it is that of the better one, for every method."
)
_PAPER_READING = (
    "The papers' own Table 2, on their data sets, which are not among ours: 20 models "
    "each, five numbers, crop-level splits. RGB is the earlier method (`pixels` here), "
    "Phi are DINO features (`features` here, on a smaller backbone)."
)
_DISENTANGLED = (
    "Scores of Source images through the model before and after fine-tuning, on factor "
    "combinations that were neither learned nor replayed. OMES is that of the named "
    "dimensions. The weakest name is the named dimension that correlates least with "
    "itself before fine-tuning. Seconds of fine-tuning, from features at hand, are of "
    "one processor; two idle ones share them."
)
_NAMES = (
    "Of the measures of its own kind, the one that a named dimension follows most over "
    "all cells of the target (mean rank correlation; for orientation the circular one, "
    "without a sign). Without a mask the object is found in the crop, which may fail."
)
_OPEN = (
    "Area under the ROC curve, with which cells of a class that neither fine-tuning "
    "nor detector was shown are told from held-out known cells: mean ± sample standard "
    "deviation over seeds. 0.5 is chance."
)


def transfer_report(
    found: TransferRows, figures: Sequence[tuple[str, str]] = ()
) -> str:
    """Return the page.

    Parameters
    ----------
    found : TransferRows
        All numbers.
    figures : sequence of (str, str)
        Caption and path, relative to the page, of each figure.
    """
    head = ["target", "input", "no FT, GBT", "no FT, MLP", "FT, GBT", "FT, MLP"]
    lines = [
        "# Transfer",
        "",
        _READING,
        "",
        *(line for note in found.notes for line in (note, "")),
        *_section("Data sets", target_table(found)),
        *_section("The five named numbers", accuracy_table(found, "named")),
        *_section("All numbers of the code", accuracy_table(found, "all")),
        *_section("The papers' Table 2", markdown_table(head, PAPER), _PAPER_READING),
        *_section("Controls of equal width", control_table(found)),
        *_section("Does transfer pay?", open_question(found)),
        *_section("What was tried to beat them", beyond_table(found), READING),
        *_section(
            "Names and disentanglement", disentanglement_table(found), _DISENTANGLED
        ),
        *_section("Do names hold on the target?", names_table(found), _NAMES),
        *_section("Cells of an unknown class", open_set_table(found), _OPEN),
        *_section("Aims", claims_table(found)),
    ]
    for caption, path in figures:
        lines += [f"![{caption}]({path})", "", f"*{caption}*", ""]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    last = f"The last run took {found.seconds:.0f} s on {machine}; what earlier ones "
    return "\n".join([*lines, f"{last}had finished was kept.", ""])


def _section(title: str, table: list[str], reading: str = "") -> list[str]:
    if not table:
        return []
    return [f"## {title}", "", *([reading, ""] if reading else []), *table]
