"""Walks through the latent space: one dimension moves, the others stay."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError, ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.latents.reference import Reference


class TraversalConfig(Config):
    """How far and how finely to walk."""

    steps: int = Field(11, ge=2, le=101, description="Pictures along each walk")
    low_sd: float = Field(
        -2.5, ge=-10, le=10, description="First step, in sd of the cells' codes"
    )
    high_sd: float = Field(
        2.5, ge=-10, le=10, description="Last step, in sd of the cells' codes"
    )
    unit: Literal["sd", "percentiles"] = Field(
        "sd",
        description="sd: the range above, equal steps; percentiles: from one "
        "percentile of the cells to another, so that the walk never leaves them",
    )
    low_percentile: float = Field(
        2, ge=0, le=100, description="First step of a walk of percentiles, in %"
    )
    high_percentile: float = Field(
        98, ge=0, le=100, description="Last step of a walk of percentiles, in %"
    )

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        for low, high in (("low_sd", "high_sd"), ("low_percentile", "high_percentile")):
            ends = getattr(self, low), getattr(self, high)
            if ends[0] >= ends[1]:
                raise ValueError(
                    f"{low} must be below {high}; got {ends[0]} and {ends[1]}"
                )
        return self

    @property
    def steps_sd(self) -> NDArray[np.float32]:
        """Positions of the steps, (T,), in sd of the reference cells' codes."""
        return np.linspace(self.low_sd, self.high_sd, self.steps, dtype=np.float32)

    @property
    def percentiles(self) -> tuple[float, ...]:
        """The percentile of each step, empty for a walk in sd."""
        if self.unit == "sd":
            return ()
        ends = self.low_percentile, self.high_percentile
        return tuple(np.linspace(*ends, self.steps).round(2).tolist())


@dataclass(frozen=True, slots=True)
class Traversal:
    """Codes of some walks.

    Attributes
    ----------
    codes : array, (F, T, L), float32
        One walk a factor, one code a step.
    positions_sd : array, (F, T), float32
        Value of the walked dimension in sd of the reference cells, from their mean;
        the same for all factors, unless percentiles were walked.
    percentiles : tuple of float, length T
        The percentile of each step; empty of a walk in sd.
    dims : tuple of int, length F
        The walked dimension of each walk.
    factors : tuple of str, length F
        Its name.
    from_prior : tuple of bool, length F
        Whether the sd is that of the prior, for want of spread among the cells.
    """

    codes: NDArray[np.float32]
    positions_sd: NDArray[np.float32]
    percentiles: tuple[float, ...]
    dims: tuple[int, ...]
    factors: tuple[str, ...]
    from_prior: tuple[bool, ...]

    @property
    def steps_sd(self) -> NDArray[np.float32]:
        """Mean of `positions_sd` over factors, (T,)."""
        return np.asarray(self.positions_sd.mean(axis=0), np.float32)


def traverse(
    start: NDArray[np.float32],
    reference: Reference,
    dimensions: Sequence[str],
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
    *,
    cells: NDArray[np.float32] | None = None,
) -> Traversal:
    """Return walks from `start`, one a factor.

    The walked dimension takes the values mean + step * sd of the reference cells, so
    that a step means the same for every starting cell; the others stay as in `start`.

    Parameters
    ----------
    start : array, (L,)
        Code of the starting cell, or of the mean cell.
    reference : Reference
        Center and spread of the reference cells' codes.
    dimensions : sequence of str, length L
        Names of all dimensions, in order.
    factors : sequence of str
        Names of the dimensions to walk; empty for all.
    config : TraversalConfig, optional
        Range and number of steps.
    cells : array, (N, L), optional
        Codes of the reference cells, needed for a walk of percentiles.

    Raises
    ------
    ModelError
        If a factor is not one of `dimensions`.
    DataError
        If percentiles are asked for of fewer than two cells.
    """
    config = config or TraversalConfig()
    walked = tuple(factors) or tuple(dimensions)
    dims = tuple(_column(dimensions, factor) for factor in walked)
    steps = np.stack([_positions(reference, dim, config, cells) for dim in dims])
    codes = np.tile(np.asarray(start, np.float32), (*steps.shape, 1))  # (F, T, L)
    for walk, dim in enumerate(dims):
        codes[walk, :, dim] = reference.mean[dim] + steps[walk] * reference.sd[dim]
    from_prior = tuple(bool(reference.from_prior[dim]) for dim in dims)
    return Traversal(codes, steps, config.percentiles, dims, walked, from_prior)


def _positions(
    reference: Reference,
    dim: int,
    config: TraversalConfig,
    cells: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """Return where the steps in one dimension lie, (T,), in sd of the reference.

    Percentiles of a dimension without spread are those of the prior.
    """
    if config.unit == "sd":
        return config.steps_sd
    if cells is None or len(cells) < 2:
        n = 0 if cells is None else len(cells)
        raise DataError(
            f"A walk of percentiles needs at least 2 cells, and there are {n}; walk in "
            "sd instead."
        )
    if reference.from_prior[dim]:
        parts = np.clip(np.asarray(config.percentiles) / 100, 0.001, 0.999)
        return np.array([NormalDist().inv_cdf(part) for part in parts], np.float32)
    return reference.to_sd(np.percentile(cells[:, dim], config.percentiles), dim)


def _column(dimensions: Sequence[str], factor: str) -> int:
    if factor not in dimensions:
        raise ModelError(
            f"The model has no factor {factor!r}; it has {', '.join(dimensions)}."
        )
    return list(dimensions).index(factor)
