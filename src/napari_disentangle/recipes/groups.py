"""Groups of cells to compare: the selection and the rest, classes, predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.tables import included

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.metrics.effect import Effect

CLASS_COLUMNS = {"annotation": "your class", "prediction": "predicted"}
"""Columns of classes, and how a group of one is called."""


@dataclass(frozen=True, slots=True, eq=False)
class CellGroup:
    """Some of the cells.

    Attributes
    ----------
    name : str
        What they are called: ``selected``, ``your class rbc``, ...
    members : array, (N,), bool
        Which of all encoded cells.
    """

    name: str
    members: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.members.sum())


def groups_of(
    cells: pd.DataFrame, selected: NDArray[np.bool_] | None = None
) -> tuple[CellGroup, ...]:
    """Return the groups that cells can be compared by; empty ones are left out.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row an encoded cell; the columns ``annotation`` and ``prediction`` are used
        where they are there. Excluded cells are in no group.
    selected : array, (N,), bool, optional
        The selected cells; they are compared with all others.
    """
    found, counts = [], included(cells)
    if selected is not None and selected.any():
        found += [
            CellGroup("selected", selected & counts),
            CellGroup("not selected", ~selected & counts),
        ]
    for column, word in CLASS_COLUMNS.items():
        if column not in cells:
            continue
        values = cells[column]
        for name in sorted(values.dropna().astype(str).unique()):
            members = (values.astype("object") == name).to_numpy(bool) & counts
            found.append(CellGroup(f"{word} {name}", members))
    return tuple(group for group in found if len(group))


def contrast_table(contrasts: Sequence[FactorContrast]) -> pd.DataFrame:
    """Return contrasts as a table to be saved, one row a factor.

    The distance in sd is called ``cohens_d`` or, of pairs, ``hedges_g_av``.
    """
    return pd.DataFrame(
        [
            {
                "factor": c.name,
                "cliffs_delta": c.effect.delta,
                "cliffs_delta_low": c.effect.delta_low,
                "cliffs_delta_high": c.effect.delta_high,
                "mean_difference": c.effect.gap,
                "mean_difference_low": c.effect.gap_low,
                "mean_difference_high": c.effect.gap_high,
                **_in_sd(c.effect),
                "n_a": c.effect.n_a,
                "n_b": c.effect.n_b,
                "unit": c.effect.unit,
                "paired": c.effect.paired,
            }
            for c in contrasts
        ]
    )


def _in_sd(effect: Effect) -> dict[str, float]:
    name = "hedges_g_av" if effect.paired else "cohens_d"
    ends = {f"{name}_low": effect.d_low, f"{name}_high": effect.d_high}
    return {name: effect.d, **ends}
