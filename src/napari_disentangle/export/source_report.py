"""The scores of Source models, over seeds, as one Markdown page."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from napari_disentangle.storage.card import ModelCard

    Figures: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]


_HOW_TO_READ = (
    "Means and sample standard deviations over seeds. A ceiling below 1 is the score "
    "of a code that holds all that can be seen: over the full circle a square looks "
    "the same after a quarter turn and an ellipse after a half, so that no code can "
    "tell all orientations apart. For `omes.named_avg` it is the score of an ideal "
    "ordinal code, which is no strict bound. S: 1 follows the factor, 0 ignores it."
)


def write_source_report(
    path: Path, cards: Sequence[ModelCard], figures: Figures | None = None
) -> None:
    """Write what `source_report` returns.

    Raises
    ------
    DataError
        If the cards do not hold the same scores.
    StorageError
        If the file cannot be written.
    """
    text = source_report(cards, figures)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def source_report(cards: Sequence[ModelCard], figures: Figures | None = None) -> str:
    """Return the scores of each model, with their spread over its seeds.

    Parameters
    ----------
    cards : sequence of ModelCard
        Models of one name differ in their seed, and maybe in beta, only.
    figures : mapping of str to sequence of (caption, file), optional
        Pictures of the models of a name, their files relative to the page.

    Raises
    ------
    DataError
        If there are none, or models of one name do not hold the same scores.
    """
    if not cards:
        raise DataError("A report of Source models needs at least one model.")
    families: dict[str, list[ModelCard]] = {}
    for card in cards:
        families.setdefault(card.name, []).append(card)
    versions = ", ".join(f"{k} {v}" for k, v in sorted(cards[0].versions.items()))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    lines = ["# Source models", "", _HOW_TO_READ, ""]
    for family in families.values():
        lines += _section(family)
        for caption, file in (figures or {}).get(family[0].name, ()):
            lines += [f"![{caption}]({file})", "", f"*{caption}*", ""]
    return "\n".join([*lines, f"Written on {machine}; {versions}.", ""])


def _section(cards: Sequence[ModelCard]) -> list[str]:
    names = {tuple(card.scores) for card in cards}
    first = cards[0]
    if len(names) != 1:
        raise DataError(
            f"A report needs models with the same scores; the {len(cards)} models "
            f"{first.name} hold {len(names)} different sets."
        )
    (scores,) = names
    seeds = ", ".join(str(card.seed) for card in cards)
    protocols = sorted({score.protocol for score in first.scores.values()})
    return [
        f"## `{first.name}`",
        "",
        f"{first.data}. Sharing: {first.sharing}. Seeds: {seeds}.",
        f"Scored on {'; '.join(protocols)}.",
        "",
        "| score | mean | sd | lowest | highest | chance | ceiling |",
        "|---|---|---|---|---|---|---|",
        *(_row(name, cards) for name in scores),
        "",
        f"What each dimension holds (S of OMES, mean over {len(cards)} models):",
        "",
        *_held(cards),
        "",
    ]


def _row(name: str, cards: Sequence[ModelCard]) -> str:
    values = np.array([card.scores[name].value for card in cards])
    spread = f"{values.std(ddof=1):.4f}" if len(values) > 1 else "-"
    score = cards[0].scores[name]
    known = [_number(score.chance), _number(score.ceiling)]
    numbers = [values.mean(), values.min(), values.max()]
    mean, low, high = (f"{value:.4f}" for value in numbers)
    return f"| {' | '.join([name, mean, spread, low, high, *known])} |"


def _held(cards: Sequence[ModelCard]) -> list[str]:
    """Return a table of associations, one row a name, silent dimensions counted."""
    factors = list(cards[0].factors)
    names = dict.fromkeys(name for card in cards for name in card.dimension_names)
    rows = []
    for name in names:
        found = [
            each for card in cards for each in card.dimensions if each.name == name
        ]
        held = [each.associations for each in found if each.associations]
        means = [np.mean([each[f] for each in held]) if held else 0.0 for f in factors]
        numbers = " | ".join(f"{mean:.2f}" for mean in means)
        how = found[0].how_named
        rows.append(f"| {name} | {how} | {len(found) - len(held)} | {numbers} |")
    head = f"| dimension | named | silent in | {' | '.join(factors)} |"
    return [head, "|" + "---|" * (len(factors) + 3), *rows]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
