"""What changes in the pictures along a walk: every measure, not the named one alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.latents.measures import MEASURES, family_of, label_of
from napari_disentangle.metrics.association import rank_correlation, ranks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOTABLE = 0.5
"""An effect of at least so many sd of the cells is worth telling."""

FAITHFUL = 0.5
"""Least rank correlation of a measure of drawn pictures with that of their cells."""

_FEWEST = 20  # cells to tell that from

_HALF_TURN = np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """How one measure of the pictures moves along a walk.

    Attributes
    ----------
    measure : str
        A key of `MEASURES`.
    values : array, (T,)
        The measure at each step, mean over the walks; NaN where it could not be taken.
        ``orientation`` in radians, followed through the half turn.
    monotonicity : float
        Rank correlation of `values` with the step, in [-1, 1]; 1: always up.
    effect : float
        Change from the first step to the last of the straight line that fits the
        measure best, in sd of the measure over the cells (of ``orientation``: in
        radians); median over the walks. NaN where that is unknown.
    effect_sd : float
        Spread of the effect over walks from different cells; NaN of a single walk.
    fidelity : float
        Of drawn pictures: rank correlation, over real cells, of the measure of the
        picture drawn of a cell with that of the cell; NaN of real cells, or where it is
        not known.
    """

    measure: str
    values: Array
    monotonicity: float
    effect: float
    effect_sd: float
    fidelity: float = float("nan")

    @property
    def is_told(self) -> bool:
        """Whether the pictures tell this measure of a cell at all.

        A decoder that draws no texture still gives a texture measure some number.
        """
        return not self.fidelity < FAITHFUL

    @property
    def words(self) -> str:
        """The measure and its effect: ``area +3.1 sd``."""
        return self.told()

    def told(self, channels: Sequence[str] = ()) -> str:
        """Return `words` with the names of the channels that crops show in colors."""
        label = label_of(self.measure, channels)
        if self.measure == "orientation":
            return f"{label} {np.rad2deg(self.effect):+.0f}°"
        return f"{label} {self.effect:+.1f} sd"


def spread_of(table: pd.DataFrame) -> dict[str, float]:
    """Return the sd of each measure over cells, the unit of effects; NaN of one cell.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells, or all pictures of all walks where there are none.
    """
    return {
        name: float(np.nanstd(table[name])) if table[name].notna().sum() > 1 else np.nan
        for name in MEASURES
        if name in table
    }


def fidelity_of(drawn: pd.DataFrame, real: pd.DataFrame) -> dict[str, float]:
    """Return how far drawn pictures tell each measure of the cells they are of.

    Parameters
    ----------
    drawn, real : pandas.DataFrame
        Measures of the pictures drawn of N cells, and of these cells, row by row.

    Returns
    -------
    dict of str to float
        Rank correlations; measures that too few cells have, or that do not vary, and
        ``orientation``, which has no ranks, are left out.
    """
    found = {}
    for name in MEASURES:
        if name == "orientation" or name not in drawn or name not in real:
            continue
        a, b = (table[name].to_numpy(np.float64) for table in (drawn, real))
        if (np.isfinite(a) & np.isfinite(b)).sum() >= _FEWEST:
            together = rank_correlation(a, b)
            if together is not None:
                found[name] = together.value
    return found


def respond(
    walks: Sequence[pd.DataFrame],
    spread: dict[str, float],
    fidelity: Mapping[str, float] | None = None,
) -> tuple[Response, ...]:
    """Return how each measure moves along walks of one factor.

    Parameters
    ----------
    walks : sequence of pandas.DataFrame
        One table a walk, from different cells, T rows each in the order of the steps.
    spread : dict of str to float
        From `spread_of`.
    fidelity : mapping of str to float, optional
        Of drawn pictures, from `fidelity_of`.

    Returns
    -------
    tuple of Response
        One a measure that could be taken somewhere, in the order of `MEASURES`.

    Raises
    ------
    DataError
        If there is no walk, or walks differ in length.
    """
    lengths = {len(walk) for walk in walks}
    if len(lengths) != 1:
        raise DataError(
            f"Walks of one factor need the same steps; got {len(walks)} walks of "
            f"{sorted(lengths)} steps."
        )
    responses = []
    for name in MEASURES:
        curves = [
            _curve(walk[name].to_numpy(np.float64), name)
            for walk in walks
            if name in walk
        ]
        taken = [curve for curve in curves if np.isfinite(curve).sum() > 1]
        if taken:
            told = (fidelity or {}).get(name, float("nan"))
            sd = spread.get(name, np.nan)
            responses.append(_response(name, np.stack(taken), sd, told))
    return tuple(responses)


def moved(responses: Sequence[Response], dimension: str) -> tuple[Response, ...]:
    """Return what else moves along a walk: the entanglement, most moved first.

    Parameters
    ----------
    responses : sequence of Response
        From `respond`.
    dimension : str
        Name of the walked dimension; measures of its own family are left out.

    Returns
    -------
    tuple of Response
        The most moved measure of each other family that the pictures tell, if its
        effect is notable.
    """
    strongest: dict[str, Response] = {}
    for response in responses:
        family = MEASURES[response.measure].family
        if family in (family_of(dimension), "orientation") or not response.is_told:
            continue
        best = strongest.get(family)
        if best is None or abs(response.effect) > abs(best.effect):
            strongest[family] = response
    notable = [r for r in strongest.values() if abs(r.effect) >= NOTABLE]
    return tuple(sorted(notable, key=lambda r: -abs(r.effect)))


def untold(responses: Sequence[Response]) -> tuple[str, ...]:
    """Return the families of which pictures tell no measure, in order."""
    told = {MEASURES[r.measure].family for r in responses if r.is_told}
    every = (MEASURES[r.measure].family for r in responses)
    return tuple(family for family in dict.fromkeys(every) if family not in told)


def _response(name: str, curves: Array, sd: float, fidelity: float) -> Response:
    """Return the response of (S, T) curves of one measure."""
    present = np.isfinite(curves)
    counts = present.sum(axis=0)
    sums = np.where(present, curves, 0).sum(axis=0)
    mean = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    changes = np.array([_change(curve) for curve in curves])
    unit = 1.0 if name == "orientation" else (sd if sd > 0 else np.nan)
    effects = changes / unit
    return Response(
        measure=name,
        values=mean,
        monotonicity=_monotonicity(mean),
        effect=float(np.median(effects)),
        effect_sd=float(effects.std(ddof=1)) if len(effects) > 1 else float("nan"),
        fidelity=fidelity,
    )


def _curve(values: Array, name: str) -> Array:
    """Return a measure along a walk; an axis is followed through its half turn."""
    if name != "orientation":
        return values
    known = np.isfinite(values)
    followed = values.copy()
    followed[known] = np.unwrap(values[known], period=_HALF_TURN)
    return followed


def _change(curve: Array) -> float:
    """Return the change over all steps of the line that fits the known values."""
    known = np.flatnonzero(np.isfinite(curve))
    steps = known - known.mean()
    slope = (steps * curve[known]).sum() / np.square(steps).sum()
    return float(slope * (len(curve) - 1))


def _monotonicity(values: Array) -> float:
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 3 or np.ptp(values[known]) == 0:
        return 0.0
    return float(np.corrcoef(known, ranks(values[known]))[0, 1])
