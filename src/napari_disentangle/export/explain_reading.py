"""The tables of factor cards read in words, by fixed rules: what holds, what does not.

The words follow from the numbers alone, so that no page says more than was measured.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from napari_disentangle.export.explain_report import Claim

_TRUE, _PARTLY = 0.9, 0.7
"""Least mean rank correlation with the truth that holds, and that holds in part."""

_VISIBLE_SD = 1.0
"""A walk that moves its own measure by less shows its factor badly."""

_EARNED = ("A", "B", "C")
_GOOD = ("A", "B")

TARGETS = {
    "scale": ("area", 0.9),
    "color": ("a measure of color", 0.6),
    "shape": ("solidity", 0.5),
    "texture": ("a measure of texture", 0.5),
}
"""What a name should follow on masked cells, and at least how closely."""


def reading_of(
    by_factor: Mapping[str, Sequence[Claim]], *, has_truth: bool
) -> list[str]:
    """Return a sentence or two on each factor.

    Parameters
    ----------
    by_factor : mapping of str to sequence of Claim
        The claims of each factor, at least one.
    has_truth : bool
        Whether the true factors are known.
    """
    return [
        " ".join(
            [
                _of_truth(factor, claims) if has_truth else _of_name(factor, claims),
                _of_walk("drawn pictures", [c.drawn_own for c in claims], claims),
            ]
        )
        for factor, claims in by_factor.items()
    ]


def _of_truth(factor: str, claims: Sequence[Claim]) -> str:
    mean = _mean([claim.truth for claim in claims])
    if mean is None:
        return f"**{factor.capitalize()}** could not be held against the truth."
    verdict = (
        "holds" if mean >= _TRUE else "holds in part" if mean >= _PARTLY else "fails"
    )
    lowest = min(c.truth for c in claims if c.truth is not None)
    return (
        f"**{factor.capitalize()}** {verdict}: it follows the true factor by "
        f"{mean:.2f}, never less than {lowest:.2f}. {_of_grades(claims)}"
    )


def _of_grades(claims: Sequence[Claim]) -> str:
    """Say where grades trust what is not true, or refuse what is."""
    n = len(claims)
    trusted = sum(claim.grade in _GOOD for claim in claims)
    known = [(c.grade, c.truth) for c in claims if c.truth is not None]
    generous = sum(grade in _GOOD and truth < _PARTLY for grade, truth in known)
    strict = sum(grade == "D" and truth >= _PARTLY for grade, truth in known)
    told = f"Cards trust it (A or B) in {trusted} of {n}, wrongly in {generous}"
    if strict:
        return (
            f"{told}; {strict} refuse it (D) although it is true: an order of kinds "
            "need not follow any measure."
        )
    return f"{told}."


def _of_name(factor: str, claims: Sequence[Claim]) -> str:
    n = len(claims)
    earned = sum(claim.grade in _EARNED for claim in claims)
    if all(claim.grade == "none" for claim in claims):
        return f"**{factor.capitalize()}** cannot be tested on these cells."
    mean = _mean([claim.follows for claim in claims])
    most = Counter(c.measure for c in claims if c.measure).most_common(1)
    told = f"follows {most[0][0].replace('_', ' ')} by {mean:.2f}" if most else ""
    verdict = "earns" if earned == n else "does not earn" if not earned else "may earn"
    return (
        f"**{factor.capitalize()}** {verdict} its name ({earned} of {n} cards; it "
        f"{told}).{_of_target(factor, claims)}"
    )


def _of_target(factor: str, claims: Sequence[Claim]) -> str:
    if factor not in TARGETS:
        return ""
    measure, least = TARGETS[factor]
    solidity = [claim.solidity for claim in claims]
    found = _mean(solidity if factor == "shape" else [c.follows for c in claims])
    if found is None:
        return ""
    word = "reached" if found >= least else "missed"
    return f" The target, {measure} by {least:.2f}, is {word} ({found:.2f})."


def _of_walk(
    pictures: str, own: Sequence[float | None], claims: Sequence[Claim]
) -> str:
    """Say what the walk moves, and whether something else moves more."""
    mean, other = _mean(own), _mean([claim.drawn_other for claim in claims])
    most = Counter(c.drawn_most for c in claims if c.drawn_most).most_common(1)
    if claims[0].factor == "orientation":
        return "A turn has no size in sd, so its walk is judged by eye."
    if mean is None:
        return f"The {pictures} do not show it at all: look at the real cells."
    if mean < _VISIBLE_SD:
        return f"The {pictures} hardly show it ({mean:.1f} sd)."
    if other is None or not most:
        return f"Its walk moves it by {mean:.1f} sd and nothing else in {pictures}."
    name = most[0][0].replace("_", " ")
    if other > mean:
        return (
            f"**Its walk moves {name} more ({other:.1f} sd) than its own measure "
            f"({mean:.1f} sd)** in {pictures}."
        )
    return (
        f"In {pictures} its walk moves it by {mean:.1f} sd, and of all else {name} "
        f"most, by {other:.1f}."
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
