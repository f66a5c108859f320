"""Does a dimension deserve its name on these cells: the hand-crafted check.

Each dimension is compared with classical measures of the same cells. The letter comes
from the end of the interval that is nearer to nothing, so that few cells never earn a
good grade; a dimension that follows something else more than what it is named after
earns C at best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.latents.activity import MAX_KL_DEAD
from napari_disentangle.latents.measures import (
    ELONGATED,
    MEASURES,
    factor_of,
    family_of,
)
from napari_disentangle.metrics.association import (
    circular_correlation,
    rank_correlation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.metrics.association import Association

Grade: TypeAlias = Literal["A", "B", "C", "D", "none"]

EARNED: tuple[Grade, ...] = ("A", "B", "C")
"""Grades of a dimension whose name was tested and held."""

MIN_CELLS = 20
"""Fewer cells do not grade a name."""

LEAST: dict[Grade, float] = {"A": 0.75, "B": 0.5, "C": 0.3}
"""Least |rank correlation|, at the weak end of its interval, of each grade."""

MIN_SD_ACTIVE = 0.05
"""A dimension whose codes spread less over the cells says the same of all of them."""

_CONFIDENCE = 0.95
_CONSTANT = 1e-3  # a measure that varies less, relative to its size, is constant
_STRONGER = 0.05  # something else is followed more, if by more than this
_HOW = {"A": "closely", "B": "well", "C": "weakly"}


@dataclass(frozen=True, slots=True)
class Correlation:
    """How a dimension goes with one classical measure.

    Attributes
    ----------
    measure : str
        Column, a key of `MEASURES`.
    family : str
        What it is a measure of.
    found : Association
        Rank correlation with its interval; of ``orientation`` the circular one, without
        a sign, over elongated cells only.
    """

    measure: str
    family: str
    found: Association

    @property
    def words(self) -> str:
        """The measure and the number: ``area +0.98``."""
        sign = "" if self.measure == "orientation" else "+"
        return f"{MEASURES[self.measure].label} {self.found.value:{sign}.2f}"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a dimension deserves its name on these cells.

    Attributes
    ----------
    grade : "A", "B", "C", "D" or "none"
        A to C: closely, well, weakly; D: it does not deserve its name here; none: it
        has no name, is dead, or cannot be tested.
    reason : str
        Why, in one sentence.
    direction : str
        What more of it means, ``larger``; empty where that is not known.
    measure : str or None
        The measure of its own family that it follows most.
    """

    grade: Grade
    reason: str
    direction: str = ""
    measure: str | None = None


def correlate(
    codes: NDArray[np.float32], table: pd.DataFrame, rng: np.random.Generator
) -> tuple[tuple[Correlation, ...], ...]:
    """Return how each dimension goes with each classical measure of the same cells.

    Parameters
    ----------
    codes : array, (N, L)
        Codes of N cells.
    table : pandas.DataFrame
        N rows in the same order; the columns of `MEASURES` that it has are used, the
        others passed over, as are measures that do not vary.
    rng : numpy.random.Generator
        Draws the bootstrap of orientation.

    Returns
    -------
    tuple of tuple of Correlation, length L
        For each dimension, strongest first. Intervals hold for the best measure of each
        family too: their confidence is raised by the number of its measures.
    """
    if len(codes) != len(table):
        raise DataError(f"There are {len(codes)} codes and {len(table)} measured rows.")
    measures = [name for name in MEASURES if name in table and _varies(table, name)]
    if "color_saturation" in table and "color_saturation" not in measures:
        measures = [name for name in measures if MEASURES[name].family != "color"]
    found = []
    for column in codes.T:
        each = (_correlation(column, table, name, measures, rng) for name in measures)
        known = [correlation for correlation in each if correlation is not None]
        found.append(tuple(sorted(known, key=lambda c: -abs(c.found.value))))
    return tuple(found)


def judge(
    dimension: int,
    dimensions: Sequence[str],
    correlations: Sequence[Sequence[Correlation]],
    *,
    kl: float,
    sd: float,
    n_cells: int,
) -> Trust:
    """Return whether a dimension deserves its name.

    Parameters
    ----------
    dimension : int
        Which one.
    dimensions : sequence of str, length L
        Names of all.
    correlations : sequence, length L
        From `correlate`.
    kl : float
        Its KL divergence on the cells, in nats.
    sd : float
        Spread of its codes over the cells.
    n_cells : int
        Cells that were measured.
    """
    name, mine = dimensions[dimension], correlations[dimension]
    family = family_of(name)
    refusal = _refusal(name, family, mine, kl=kl, sd=sd, n_cells=n_cells)
    if refusal:
        return Trust("none", refusal)
    own = next(c for c in mine if c.family == family)
    grade = _letter(own.found.weakest)
    doubt = _doubt(dimension, dimensions, correlations, own)
    if grade == "D":
        also = f"; it goes with {mine[0].words} most" if _strays(mine[0], own) else ""
        return Trust(
            "D",
            f"It does not deserve its name here: of all measures of {family} it "
            f"follows {_told(own)} most, too little{also}.",
            measure=own.measure,
        )
    if doubt and grade in ("A", "B"):
        grade = "C"
    direction = direction_of(own)
    means = f": higher is {direction}" if direction else ""
    reason = f"It follows {_told(own)} {_HOW[_letter(own.found.weakest)]}{means}"
    return Trust(grade, f"{reason}{doubt}.", direction, own.measure)


def direction_of(correlation: Correlation) -> str:
    """Return what more of a dimension means, by a measure it follows; "" of an angle.

    Examples
    --------
    A dimension whose rank correlation with area is -0.9 points to ``smaller``.
    """
    measure = MEASURES[correlation.measure]
    if measure.family == "orientation":
        return ""
    return measure.higher if correlation.found.value > 0 else measure.lower


def _refusal(
    name: str,
    family: str | None,
    mine: Sequence[Correlation],
    *,
    kl: float,
    sd: float,
    n_cells: int,
) -> str:
    """Return why no grade can be given, "" if one can."""
    if kl < MAX_KL_DEAD:
        return f"It is dead: the model does not use it (KL {kl:.3f} nats)."
    if n_cells > 1 and sd < MIN_SD_ACTIVE:
        return f"It is silent: its codes hardly differ between cells (sd {sd:.3f})."
    if family is None:
        named = "" if factor_of(name) == "residual" else f" that {name} must follow"
        nearest = f"; it goes with {mine[0].words} most" if mine else ""
        return (
            f"It has no measure{named}{nearest}."
            if named
            else (f"It has no name{nearest}.")
        )
    if n_cells < MIN_CELLS:
        few = "1 cell is" if n_cells == 1 else f"{n_cells} cells are"
        return f"It cannot be tested: {few} too few, {MIN_CELLS} needed."
    if not any(c.family == family and c.found.n >= MIN_CELLS for c in mine):
        what = {
            "orientation": f"fewer than {MIN_CELLS} cells are elongated enough to have "
            "an orientation",
            "color": "the cells have no color",
        }.get(family, f"no measure of {family} varies over the cells")
        return f"It cannot be tested: {what}."
    return ""


def _doubt(
    dimension: int,
    dimensions: Sequence[str],
    correlations: Sequence[Sequence[Correlation]],
    own: Correlation,
) -> str:
    """Return what speaks against the name although the measure is followed."""
    mine = correlations[dimension]
    if _strays(mine[0], own):
        return f", but {mine[0].words} more"
    for other, theirs in enumerate(correlations):
        if factor_of(dimensions[other]) == factor_of(dimensions[dimension]):
            continue
        same = next((c for c in theirs if c.measure == own.measure), None)
        if same is not None and _exceeds(same, own):
            shown = dimensions[other].replace("_", " ")
            return f", but {shown} follows it more ({same.found.value:+.2f})"
    return ""


def _strays(strongest: Correlation, own: Correlation) -> bool:
    return strongest.family != own.family and _exceeds(strongest, own)


def _exceeds(one: Correlation, other: Correlation) -> bool:
    return abs(one.found.value) > abs(other.found.value) + _STRONGER


def _letter(weakest: float) -> Grade:
    return next((grade for grade, least in LEAST.items() if weakest >= least), "D")


def _told(own: Correlation) -> str:
    found = own.found
    return f"{own.words} ({found.low:.2f} to {found.high:.2f}, {found.n} cells)"


def _correlation(
    column: NDArray[np.float32],
    table: pd.DataFrame,
    name: str,
    measures: Sequence[str],
    rng: np.random.Generator,
) -> Correlation | None:
    family = MEASURES[name].family
    values = table[name].to_numpy(np.float64)
    if family == "orientation":
        long = table["eccentricity"].to_numpy(np.float64) >= ELONGATED
        if long.sum() < MIN_CELLS:
            return None
        found = circular_correlation(
            column[long], values[long], rng, confidence=_CONFIDENCE
        )
    else:
        n_like = sum(MEASURES[each].family == family for each in measures)
        confidence = 1 - (1 - _CONFIDENCE) / n_like
        found = rank_correlation(column, values, confidence=confidence)
    return None if found is None else Correlation(name, family, found)


def _varies(table: pd.DataFrame, name: str) -> bool:
    values = table[name].to_numpy(np.float64)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return False
    return bool(np.ptp(values) > _CONSTANT * max(float(np.abs(values).max()), 1e-12))
