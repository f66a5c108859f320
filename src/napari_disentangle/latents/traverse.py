"""Walks through the latent space: one dimension moves, the others stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from napari_disentangle.config import Config
from napari_disentangle.errors import ModelError

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

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if self.low_sd >= self.high_sd:
            raise ValueError(
                f"low_sd must be below high_sd; got {self.low_sd} and {self.high_sd}"
            )
        return self

    @property
    def steps_sd(self) -> NDArray[np.float32]:
        """Positions of the steps, (T,), in sd of the reference cells' codes."""
        return np.linspace(self.low_sd, self.high_sd, self.steps, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Traversal:
    """Codes of some walks.

    Attributes
    ----------
    codes : array, (F, T, L), float32
        One walk a factor, one code a step.
    steps_sd : array, (T,), float32
        Value of the walked dimension in sd of the reference cells, from their mean.
    dims : tuple of int, length F
        The walked dimension of each walk.
    factors : tuple of str, length F
        Its name.
    from_prior : tuple of bool, length F
        Whether the sd is that of the prior, for want of spread among the cells.
    """

    codes: NDArray[np.float32]
    steps_sd: NDArray[np.float32]
    dims: tuple[int, ...]
    factors: tuple[str, ...]
    from_prior: tuple[bool, ...]


def traverse(
    start: NDArray[np.float32],
    reference: Reference,
    dimensions: Sequence[str],
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
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

    Raises
    ------
    ModelError
        If a factor is not one of `dimensions`.
    """
    steps_sd = (config or TraversalConfig()).steps_sd
    walked = tuple(factors) or tuple(dimensions)
    dims = tuple(_column(dimensions, factor) for factor in walked)
    codes = np.tile(
        np.asarray(start, np.float32), (len(dims), len(steps_sd), 1)
    )  # (F, T, L)
    for walk, dim in enumerate(dims):
        codes[walk, :, dim] = reference.mean[dim] + steps_sd * reference.sd[dim]
    from_prior = tuple(bool(reference.from_prior[dim]) for dim in dims)
    return Traversal(codes, steps_sd, dims, walked, from_prior)


def _column(dimensions: Sequence[str], factor: str) -> int:
    if factor not in dimensions:
        raise ModelError(
            f"The model has no factor {factor!r}; it has {', '.join(dimensions)}."
        )
    return list(dimensions).index(factor)
