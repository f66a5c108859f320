"""What changes in the pictures along a walk: every measure, not the named one alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.latents.measures import MEASURES, family_of
from napari_disentangle.metrics.association import ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOTABLE = 0.5
"""An effect of at least so many sd of the cells is worth telling."""

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
    """

    measure: str
    values: Array
    monotonicity: float
    effect: float
    effect_sd: float

    @property
    def words(self) -> str:
        """The measure and its effect: ``area +3.1 sd``."""
        if self.measure == "orientation":
            return f"{MEASURES[self.measure].label} {np.rad2deg(self.effect):+.0f}°"
        return f"{MEASURES[self.measure].label} {self.effect:+.1f} sd"


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


def respond(
    walks: Sequence[pd.DataFrame], spread: dict[str, float]
) -> tuple[Response, ...]:
    """Return how each measure moves along walks of one factor.

    Parameters
    ----------
    walks : sequence of pandas.DataFrame
        One table a walk, from different cells, T rows each in the order of the steps.
    spread : dict of str to float
        From `spread_of`.

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
            responses.append(_response(name, np.stack(taken), spread.get(name, np.nan)))
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
        The most moved measure of each other family, if its effect is notable.
    """
    strongest: dict[str, Response] = {}
    for response in responses:
        family = MEASURES[response.measure].family
        if family in (family_of(dimension), "orientation"):
            continue
        best = strongest.get(family)
        if best is None or abs(response.effect) > abs(best.effect):
            strongest[family] = response
    notable = [r for r in strongest.values() if abs(r.effect) >= NOTABLE]
    return tuple(sorted(notable, key=lambda r: -abs(r.effect)))


def _response(name: str, curves: Array, sd: float) -> Response:
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
