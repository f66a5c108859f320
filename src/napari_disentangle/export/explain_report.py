"""What factor cards claim and how true it is, as one Markdown page."""

from __future__ import annotations

import os
import platform
from collections import Counter
from typing import TYPE_CHECKING, Protocol

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_TARGETS = {
    "scale": "area: .90",
    "color": "a mean color: .60",
    "shape": "solidity: .50",
    "texture": "a texture measure: .50",
    "orientation": "none set",
}


class Claim(Protocol):
    """One card's claim: see `recipes.explain_benchmark.ClaimRecord`."""

    @property
    def data(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def factor(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def truth(self) -> float | None: ...
    @property
    def measure(self) -> str | None: ...
    @property
    def follows(self) -> float | None: ...
    @property
    def solidity(self) -> float | None: ...
    @property
    def drawn_own(self) -> float | None: ...
    @property
    def drawn_other(self) -> float | None: ...
    @property
    def real_own(self) -> float | None: ...
    @property
    def real_other(self) -> float | None: ...
    @property
    def known(self) -> float | None: ...
    @property
    def n_cells(self) -> int: ...


def write_explain_report(path: Path, claims: Sequence[Claim]) -> None:
    """Write what `explain_report` returns.

    Raises
    ------
    DataError
        If there are no claims.
    StorageError
        If the file cannot be written.
    """
    text = explain_report(claims)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def explain_report(claims: Sequence[Claim]) -> str:
    """Return mean and sample standard deviation of each claim over seeds.

    Raises
    ------
    DataError
        If there are no claims.
    """
    if not claims:
        raise DataError("There are no factor cards to report.")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    lines = [
        "# What factor cards claim, and how true it is",
        "",
        "Mean ± standard deviation over all seeds of models and samples. "
        f"Written on {machine}.",
        "",
    ]
    for data in dict.fromkeys(claim.data for claim in claims):
        own = [claim for claim in claims if claim.data == data]
        has_truth = any(claim.truth is not None for claim in own)
        lines += _section(data, own, has_truth=has_truth)
    return "\n".join(lines)


def _section(data: str, claims: Sequence[Claim], *, has_truth: bool) -> list[str]:
    models = list(dict.fromkeys(claim.model for claim in claims))
    seeds = sorted({claim.seed for claim in claims})
    factors = list(dict.fromkeys(claim.factor for claim in claims))
    by_factor = {f: [c for c in claims if c.factor == f] for f in factors}
    known = _spread([claim.known for claim in claims])
    lines = [
        f"## {data}",
        "",
        f"{claims[0].n_cells} cells, models {', '.join(models)}, "
        f"{'fields' if has_truth else 'intervals'} of seeds "
        f"{', '.join(map(str, seeds))}. Like what the model knows: {known} of the "
        "cells.",
        "",
    ]
    truth = ["with the true factor"] if has_truth else []
    goal = [] if has_truth else ["solidity", "target"]
    head = ["factor", *truth, "follows, of its own measures", "most often", *goal]
    rows = []
    for factor, own in by_factor.items():
        row = [factor]
        row += [_spread([c.truth for c in own])] if has_truth else []
        row += [_spread([c.follows for c in own]), _most(c.measure for c in own)]
        if not has_truth:
            row += [_spread([c.solidity for c in own]), _TARGETS.get(factor, "-")]
        rows.append([*row, _grades(own)])
    lines += markdown_table([*head, "grades"], rows)
    lines += [
        "Largest effect along its walk, in sd of the cells, on a measure of its own "
        "family and on any other measure:",
        "",
    ]
    head = ["factor", "drawn: own", "drawn: other", "real: own", "real: other"]
    names = ("drawn_own", "drawn_other", "real_own", "real_other")
    lines += markdown_table(
        head,
        [
            [factor, *(_spread([getattr(c, name) for c in own]) for name in names)]
            for factor, own in by_factor.items()
        ],
    )
    return lines


def _spread(values: Sequence[float | None]) -> str:
    known = np.array([value for value in values if value is not None])
    if known.size == 0:
        return "-"
    sd = f" ± {known.std(ddof=1):.2f}" if known.size > 1 else ""
    return f"{known.mean():.2f}{sd}"


def _most(measures: Iterable[str | None]) -> str:
    counts = Counter(measure for measure in measures if measure)
    return counts.most_common(1)[0][0].replace("_", " ") if counts else "-"


def _grades(claims: Sequence[Claim]) -> str:
    counts = Counter(claim.grade for claim in claims)
    order = (*"ABCD", "none")
    return ", ".join(f"{counts[grade]} x {grade}" for grade in order if counts[grade])
