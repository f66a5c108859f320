"""Which cells a result was made from, and what happened to them since, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.exclusions import is_excluded
from napari_disentangle.tables import rows_by_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Embedding

_SAME = 1e-3
"""Codes that differ by less, in sd of the prior, are those of an unedited cell."""


@dataclass(frozen=True, slots=True, eq=False)
class MadeFrom:
    """The cells that a traversal, cards or pictures were made from.

    Attributes
    ----------
    codes : Embedding
        Codes of all cells there were.
    counted : array, (N,), bool
        Which of them were not excluded.
    """

    codes: Embedding
    counted: NDArray[np.bool_]

    @classmethod
    def of(cls, codes: Embedding, annotations: Annotations | None) -> MadeFrom:
        """Return the cells of `codes` without those that are excluded."""
        if annotations is None or not any(annotations.excluded.values()):
            return cls(codes, np.ones(len(codes.mean), np.bool_))
        return cls(codes, ~is_excluded(annotations, codes.table))

    def since(self, now: MadeFrom) -> str:
        """Return what happened to the cells until `now`; empty if nothing did.

        ``3 cells were excluded and 1 was edited``: a phrase for after *before*.
        """
        row = _rows_in(now.codes, self.codes)
        there, counts = row >= 0, np.append(now.counted, False)[row]
        new = now.counted & (_rows_in(self.codes, now.codes) < 0)
        moved = np.zeros(len(row), np.bool_)
        moved[there] = _differ(self.codes.mean[there], now.codes.mean[row[there]])
        events = {
            "excluded": self.counted & there & ~counts,
            "included again": ~self.counted & counts,
            "edited": self.counted & counts & moved,
            "deleted or merged": self.counted & ~there,
            "drawn or split off": new,
        }
        return _phrase({done: int(cells.sum()) for done, cells in events.items()})


def made_before(what: str, since: str) -> str:
    """Return the sentence that a result is older than its cells; empty if it is not.

    Parameters
    ----------
    what : str
        The result and what was done: ``The traversal was made``.
    since : str
        See `MadeFrom.since`.
    """
    return f"{what} before {since}." if since else ""


def _rows_in(there: Embedding, wanted: Embedding) -> NDArray[np.int64]:
    if there is wanted:
        return np.arange(len(wanted.mean))
    return rows_by_key(there.table, wanted.table)


def _differ(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which rows of codes differ, (N,)."""
    return np.asarray((np.abs(a - b) > _SAME).any(axis=1))


def _phrase(counts: dict[str, int]) -> str:
    happened = [(n, done) for done, n in counts.items() if n]
    parts = []
    for place, (n, done) in enumerate(happened):
        cells = ("cell " if n == 1 else "cells ") if place == 0 else ""
        parts.append(f"{n} {cells}{'was' if n == 1 else 'were'} {done}")
    *most, last = parts or [""]
    return f"{', '.join(most)} and {last}" if most else last
