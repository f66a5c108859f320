"""What factor cards claim and how true it is, as one Markdown page."""

from __future__ import annotations

import os
import platform
from collections import Counter
from typing import TYPE_CHECKING, Protocol

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.export.explain_reading import TARGETS, reading_of
from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_QUESTION = (
    "A factor card says what a dimension does on your cells and whether it deserves "
    "its name. Here the cards themselves are put to the test: on fields of drawn "
    "objects whose true factors are known, and on white blood cells with expert masks "
    "(WBC1), where there is no truth but area, color and shape can be measured.",
    "Every number is mean ± standard deviation over all cards of a model family: each "
    "of its training seeds on each field. Where only some cards have a number, it "
    "says how many.",
)
_COLUMNS = (
    "**with the true factor**: rank correlation of the code with the factor that the "
    "object was drawn with, 0 to 1. Texture, Color and Shape have no order of their "
    "own: they are ordered on half of the cells and tested on the other half. "
    "Orientation counts up to the symmetry of each shape.",
    "**follows**: absolute rank correlation with the classical measure of its own "
    "kind that it follows most, which is **most often** the one named.",
    "**grades**: from the weak end of the interval of that correlation: A from .75, B "
    "from .50, C from .30, else D: the name is not deserved. A dimension that follows "
    "something else more gets C at best.",
    "**own / other**: the change along the walk from -2.5 to +2.5 sd, in sd of the "
    "cells, of the measure of its own kind that moves most, and of the one of all "
    "other kinds that moves most. *Drawn*: of the pictures that the decoder draws, "
    "but only measures that a drawn picture tells of its cell (rank correlation with "
    "the cell itself at least .50); - means that it tells none. This bound was set "
    "after a look at one field and at WBC1, with a decoder that drew blobs: their "
    "texture measures followed size, and Scale moved one by 7.7 sd. *Real*: of the "
    "nearest real cells, which differ in more than the walked factor. Brightness "
    "counts as another kind than color, although true colors differ in brightness, "
    "too: a walk of Color cannot leave it alone.",
)


class Claim(Protocol):
    """One card's claim: see `recipes.explain_benchmark.ClaimRecord`."""

    @property
    def data(self) -> str: ...
    @property
    def family(self) -> str: ...
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
    def drawn_most(self) -> str | None: ...
    @property
    def real_most(self) -> str | None: ...
    @property
    def known(self) -> float | None: ...
    @property
    def n_cells(self) -> int: ...


def write_explain_report(
    path: Path, claims: Sequence[Claim], command: str = ""
) -> None:
    """Write what `explain_report` returns.

    Raises
    ------
    DataError
        If there are no claims.
    StorageError
        If the file cannot be written.
    """
    text = explain_report(claims, command)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def explain_report(claims: Sequence[Claim], command: str = "") -> str:
    """Return mean and sample standard deviation of each claim over seeds.

    Parameters
    ----------
    claims : sequence of Claim
        At least one.
    command : str
        The command that made them; "" tells none.

    Raises
    ------
    DataError
        If there are no claims.
    """
    if not claims:
        raise DataError("There are no factor cards to report.")
    lines = ["# What factor cards claim, and how true it is", ""]
    if command:
        lines += ["Written by", "", "```sh", command, "```", ""]
    for paragraph in _QUESTION:
        lines += [paragraph, ""]
    lines += [*(f"- {column}" for column in _COLUMNS), ""]
    for data, family in dict.fromkeys((c.data, c.family) for c in claims):
        own = [c for c in claims if (c.data, c.family) == (data, family)]
        lines += _section(data, family, own)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return "\n".join([*lines, f"Written on {machine}.", ""])


def _section(data: str, family: str, claims: Sequence[Claim]) -> list[str]:
    has_truth = any(claim.truth is not None for claim in claims)
    by_factor: dict[str, list[Claim]] = {}
    for claim in claims:
        by_factor.setdefault(claim.factor, []).append(claim)
    return [
        f"## {data}, `{family}`",
        "",
        _about(claims, has_truth=has_truth),
        "",
        *(f"- {line}" for line in reading_of(by_factor, has_truth=has_truth)),
        "",
        *_names_table(by_factor, has_truth=has_truth),
        *_walks_table(by_factor),
    ]


def _about(claims: Sequence[Claim], *, has_truth: bool) -> str:
    models = list(dict.fromkeys(claim.model for claim in claims))
    seeds = ", ".join(map(str, sorted({claim.seed for claim in claims})))
    word = "Model" if len(models) == 1 else f"{len(models)} models"
    fields = f", fields of seeds {seeds}" if has_truth else ""
    known = _spread([claim.known for claim in claims])
    return (
        f"{word} {', '.join(models)}; {claims[0].n_cells} cells each{fields}. Share of "
        f"the cells that are like what the model learned from: {known}."
    )


def _names_table(by_factor: dict[str, list[Claim]], *, has_truth: bool) -> list[str]:
    truth = ["with the true factor", "lowest"] if has_truth else []
    goal = [] if has_truth else ["solidity", "target"]
    head = ["factor", *truth, "follows", "most often", *goal, "grades"]
    rows = []
    for factor, own in by_factor.items():
        row = [factor]
        if has_truth:
            row += [_spread([c.truth for c in own]), _lowest([c.truth for c in own])]
        row += [_spread([c.follows for c in own]), _most(c.measure for c in own)]
        if not has_truth:
            row += [_spread([c.solidity for c in own]), _target(factor)]
        rows.append([*row, _grades(own)])
    return markdown_table(head, rows)


def _walks_table(by_factor: dict[str, list[Claim]]) -> list[str]:
    head = ["walk of", "drawn: own", "drawn: other", "which"]
    head += ["real: own", "real: other", "which"]
    rows = [
        [
            factor,
            _spread([c.drawn_own for c in own]),
            _spread([c.drawn_other for c in own]),
            _most(c.drawn_most for c in own),
            _spread([c.real_own for c in own]),
            _spread([c.real_other for c in own]),
            _most(c.real_most for c in own),
        ]
        for factor, own in by_factor.items()
    ]
    return markdown_table(head, rows)


def _spread(values: Sequence[float | None]) -> str:
    known = np.array([value for value in values if value is not None])
    if known.size == 0:
        return "-"
    sd = f" ± {known.std(ddof=1):.2f}" if known.size > 1 else ""
    part = f" ({known.size} of {len(values)})" if known.size < len(values) else ""
    return f"{known.mean():.2f}{sd}{part}"


def _lowest(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{min(known):.2f}" if known else "-"


def _target(factor: str) -> str:
    if factor not in TARGETS:
        return "none set"
    measure, least = TARGETS[factor]
    return f"{measure}: {least:.2f}"


def _most(measures: Iterable[str | None]) -> str:
    counts = Counter(measure for measure in measures if measure)
    return counts.most_common(1)[0][0].replace("_", " ") if counts else "-"


def _grades(claims: Sequence[Claim]) -> str:
    counts = Counter(claim.grade for claim in claims)
    order = (*"ABCD", "none")
    return ", ".join(f"{counts[grade]} x {grade}" for grade in order if counts[grade])
