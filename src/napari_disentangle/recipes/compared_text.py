"""What was compared, and what such a comparison cannot tell, in words."""

from __future__ import annotations

from math import comb, isfinite
from typing import TYPE_CHECKING

from napari_disentangle.latents.contrast import MIN_IMAGES
from napari_disentangle.metrics.effect import MIN_CLEAR

if TYPE_CHECKING:
    from collections.abc import Set

    from napari_disentangle.metrics.effect import Effect
    from napari_disentangle.recipes.image_pairs import ImagePairs

    Images = Set[tuple[str, str]]

_OFTEN = 0.01
"""Chance that is told: that of two groups of five images is 0.008."""

_MIN_PAIRS = 6
"""Of fewer pairs the exact interval always holds 0."""

_MOST_NAMED = 6
"""So many days or slides are named, no more."""


def units_text(effect: Effect, a: Images, b: Images) -> str:
    """Return what was compared, and what such a comparison cannot tell.

    Parameters
    ----------
    effect : Effect
        Any of its effects.
    a, b : set of tuple of str
        The images of both groups.
    """
    if not effect.is_tested:
        return _described(effect, a, b)
    if effect.paired:
        return _paired(effect, len(a | b) - len(a & b))
    return _unpaired(effect, len(a & b))


def pairs_text(pairs: ImagePairs) -> str:
    """Return by what images were paired, and which were left out."""
    n, column = len(pairs), pairs.column
    named = f" ({', '.join(pairs.values)})" if n <= _MOST_NAMED else ""
    text = (
        f"Paired by {column}: {n} values of it{named} have images of both, and each "
        "was compared with itself, by the means of its images, so that what all images "
        f"of one {column} share falls out"
    )
    n_left = pairs.n_left
    alone = f"; {n_left} {'image' if n_left == 1 else 'images'} without a counterpart "
    text += f"{alone}left out." if n_left else "."
    if n < _MIN_PAIRS:
        text += f" With fewer than {_MIN_PAIRS} pairs none is marked as clear."
    return text


def effect_text(effect: Effect) -> str:
    """Return an effect in numbers, with its intervals if there are any."""
    if not effect.is_tested:
        return (
            f"Cliff's delta {effect.delta:+.2f}, means {effect.gap:+.2f} apart "
            f"({_in_sd(effect)}), of these cells; nothing is tested."
        )
    return (
        f"Cliff's delta {effect.delta:+.2f} ({effect.delta_low:+.2f} to "
        f"{effect.delta_high:+.2f}); means {effect.gap:+.2f} apart "
        f"({effect.gap_low:+.2f} to {effect.gap_high:+.2f}); {_in_sd(effect)}."
    )


def formula_text(effect: Effect) -> str:
    """Return what the numbers of `effect_text` are, with sources."""
    if not effect.paired:
        return (
            "Cliff's delta: share of pairs in which B is higher, minus that in which "
            "it is lower (Cliff, 1993). Means: B minus A, in units of the code. "
            "Cohen's d: that over the pooled sd (Cohen, 1988)."
        )
    return (
        f"Cliff's delta: share of {effect.unit}s in which B is higher, minus that in "
        "which it is lower (Cliff, 1993; interval of the sign test). Means: average of "
        f"B minus A within each {effect.unit}, in units of the code (t interval). "
        "Hedges' g_av: that over the square root of the average of both variances of "
        f"{effect.unit} means, times 1 - 3 / (4 (n - 1) - 1) (Cumming, 2012; Lakens, "
        f"2013). It is smaller where {effect.unit}s lie farther apart; the difference "
        "of means is not."
    )


def _in_sd(effect: Effect) -> str:
    """Return the distance in sd by its name, with its interval if there is one."""
    name, of = ("Hedges' g_av", "") if effect.paired else ("Cohen's d", "pooled ")
    if not isfinite(effect.d):
        return f"{name} unknown, as nothing spreads"
    unit = f" of {effect.unit} means" if effect.unit != "cell" else ""
    interval = ""
    if effect.is_tested:
        interval = f" ({effect.d_low:+.2f} to {effect.d_high:+.2f})"
    return f"{name} {effect.d:+.2f}{interval} {of}sd{unit}"


def _described(effect: Effect, a: Images, b: Images) -> str:
    n = len(a | b)
    why = (
        "All are of one image, and one image is one replicate"
        if n == 1
        else f"They are of {n} images, and too few have both or one of the groups"
    )
    return (
        f"{effect.n_a} and {effect.n_b} cells are described. {why}: nothing is tested, "
        "and the numbers tell of these cells only. Encode more images, "
        f"at least {MIN_IMAGES} with cells of both groups."
    )


def _paired(effect: Effect, n_left: int) -> str:
    text = (
        f"{effect.n_a} images that have both were compared, each with itself, by the "
        "means of their cells"
    )
    text += f"; {n_left} images with one group only were left out." if n_left else "."
    if effect.n_a < _MIN_PAIRS:
        text += f" With fewer than {_MIN_PAIRS} such images none is marked as clear."
    return text


def _unpaired(effect: Effect, n_left: int) -> str:
    text = f"{effect.n_a} and {effect.n_b} images were compared by the means of their "
    text += f"cells; {n_left} images that have both were left out." * bool(n_left)
    text += "cells." * (not n_left)
    apart = 2 / comb(effect.n_a + effect.n_b, effect.n_a)
    if apart < _OFTEN:
        return text
    tiny = min(effect.n_a, effect.n_b) < MIN_CLEAR
    unmarked = "; so none is marked as clear" if tiny else ""
    return (
        f"{text} With so few, a factor that means nothing parts them completely "
        f"(-1 or 1) in {100 * apart:.0f} % of cases{unmarked}."
    )
