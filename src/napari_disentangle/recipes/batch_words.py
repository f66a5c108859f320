"""Batch effects in words: what is warned of, what cannot be told, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.image_info import CONDITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.recipes.batch_effects import FactorBetween

_ADVICE = (
    "What to do: color by {column} to see it, compare images of one {column} only, and "
    "leave {factors} out of distances and maps in Compare. In a new experiment put "
    "every condition on each {column}."
)


def warning_text(found: FactorBetween) -> str:
    """Return a warning in two sentences or three."""
    part, column = found.found, found.column
    text = (
        f"{_word(found.factor).capitalize()} mostly separates {column}: "
        f"{100 * part.share:.0f} % of the variance of {part.n_images} image means lies "
        f"between {part.n_groups} values of {column} (by chance "
        f"{100 * part.chance:.0f} %). Beware of a batch effect: compare images of one "
        f"{column}."
    )
    if found.within_condition:
        text += (
            f" Each {column} has one {CONDITION} only, so the difference may as "
            f"well be that of the {CONDITION}s."
        )
    return text


def short_warning(effects: Sequence[FactorBetween], columns: Sequence[str]) -> str:
    """Return in one sentence which of some columns mostly separate what.

    Parameters
    ----------
    effects : sequence of FactorBetween
        Those of all factors.
    columns : sequence of str
        Columns that are looked at, in the order in which they shall be named; those
        that are no named factors are passed over.

    Returns
    -------
    str
        Empty if none of them does.
    """
    by_groups: dict[tuple[str, ...], list[str]] = {}
    for factor in dict.fromkeys(columns):
        groups = tuple(e.column for e in effects if e.factor == factor and e.is_warning)
        if groups:
            by_groups.setdefault(groups, []).append(_word(factor))
    if not by_groups:
        return ""
    parts = [
        f"{_listed(factors, 'and')} mostly separate{'s' * (len(factors) == 1)} "
        f"{_listed(groups, 'and')}"
        for groups, factors in by_groups.items()
    ]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}: beware of a batch effect."


def advice(effects: Sequence[FactorBetween], columns: Sequence[str]) -> str:
    """Return what is behind a `short_warning`, and what to do; empty without one."""
    looked_at = dict.fromkeys(columns)
    warned = [e for c in looked_at for e in effects if e.factor == c and e.is_warning]
    if not warned:
        return ""
    factors = list(dict.fromkeys(_word(each.factor) for each in warned))
    groups = list(dict.fromkeys(each.column for each in warned))
    what = _ADVICE.format(column=_listed(groups, "or"), factors=_listed(factors, "and"))
    return "\n\n".join([*map(warning_text, warned), what])


def factor_note(effects: Sequence[FactorBetween], factor: str) -> str:
    """Return what must be said beside a factor: warnings, and what is not told.

    Empty if there is nothing to be said.
    """
    own = [each for each in effects if each.factor == factor]
    warned = [warning_text(each) for each in own if each.is_warning]
    return " ".join([*warned, *_untold(own)])


def report_text(effects: Sequence[FactorBetween]) -> str:
    """Return for a report which factors separate what; empty if nothing is known."""
    warned = [warning_text(each) for each in effects if each.is_warning]
    told = [e for e in effects if not e.found.why_not and e.column != CONDITION]
    columns = list(dict.fromkeys(each.column for each in told))
    if told and not warned:
        n = max(each.found.n_images for each in told)
        warned = [
            f"No named factor mostly separated {_listed(columns)} ({n} images; a "
            "warning takes more than half of the variance of image means beyond "
            "chance, and more than chance gives in 1 of 20 such reports)."
        ]
    return " ".join([*warned, *_untold(effects)])


def _untold(effects: Sequence[FactorBetween]) -> list[str]:
    """Return a sentence for each column of which nothing can be told of some factor."""
    reasons = {
        each.column: each.found.why_not
        for each in effects
        if each.found.why_not and each.column != CONDITION
    }
    by_reason: dict[str, list[str]] = {}
    for column, reason in reasons.items():
        by_reason.setdefault(reason, []).append(column)
    return [
        f"Whether factors separate {_listed(columns)} is not told: {reason}."
        for reason, columns in by_reason.items()
    ]


def _word(factor: str) -> str:
    return factor.removeprefix("z_").replace("_", " ")


def _listed(names: Sequence[str], word: str = "or") -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
