"""The scores of Source models of several seeds as one Markdown page."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.storage.card import ModelCard


def write_source_report(path: Path, cards: Sequence[ModelCard]) -> None:
    """Write what `source_report` returns.

    Raises
    ------
    DataError
        If the cards do not hold the same scores.
    StorageError
        If the file cannot be written.
    """
    text = source_report(cards)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def source_report(cards: Sequence[ModelCard]) -> str:
    """Return mean and sample standard deviation of each score over seeds.

    Parameters
    ----------
    cards : sequence of ModelCard
        Models that differ in their seed only.

    Raises
    ------
    DataError
        If there are none, or they do not hold the same scores.
    """
    names = {tuple(card.scores) for card in cards}
    if len(names) != 1:
        raise DataError(
            f"A report needs models with the same scores; got {len(cards)} models with "
            f"{len(names)} different sets."
        )
    (scores,) = names
    first = cards[0]
    seeds = ", ".join(str(card.seed) for card in cards)
    protocols = sorted({score.protocol for score in first.scores.values()})
    versions = ", ".join(f"{k} {v}" for k, v in sorted(first.versions.items()))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    lines = [
        f"# Source model `{first.name}`",
        "",
        f"{first.data}. Sharing: {first.sharing}. Seeds: {seeds}.",
        f"Scored on {'; '.join(protocols)}. Written on {machine}; {versions}.",
        "",
        "| score | mean | sd | lowest | highest | chance | ceiling |",
        "|---|---|---|---|---|---|---|",
        *(_row(name, cards) for name in scores),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, cards: Sequence[ModelCard]) -> str:
    values = np.array([card.scores[name].value for card in cards])
    spread = f"{values.std(ddof=1):.4f}" if len(values) > 1 else "-"
    score = cards[0].scores[name]
    known = [_number(score.chance), _number(score.ceiling)]
    numbers = [values.mean(), values.min(), values.max()]
    mean, low, high = (f"{value:.4f}" for value in numbers)
    return f"| {' | '.join([name, mean, spread, low, high, *known])} |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
