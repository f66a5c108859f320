"""Is the user's data near what a model knows? Asked before any factor name is shown.

Three numbers of each cell are compared with those of the images that the model learned
from: how badly it reconstructs the cell, how far the cell's code is from their codes
(Mahalanobis), and how far its input is from the nearest of theirs. A cell that is
beyond nearly all of them in any of the three is outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.models.vae import VAE

    Array = NDArray[np.float32]

QUANTILE = 0.99
"""So many of the known images lie within each limit."""

MIN_KNOWN = 50
"""Fewer known images give no limits."""

_NEIGHBORS = 5
_MAX_KNOWN = 4000  # images whose distances are looked at
_BATCH = 256


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a model knows, as limits that nearly all of it keeps.

    Attributes
    ----------
    inputs : array, (K, D)
        Inputs of known images, scaled, flattened.
    center, precision : array, (L,) and (L, L)
        Mean and inverse covariance of their codes.
    limits : array, (3,)
        Largest usual error of reconstruction, distance of codes, and distance of
        inputs.
    explained : float
        Median share of a known input that the model reconstructs; 1 is all of it, 0 no
        more than nothing.
    """

    inputs: Array
    center: NDArray[np.float64]
    precision: NDArray[np.float64]
    limits: NDArray[np.float64]
    explained: float


@dataclass(frozen=True, slots=True, eq=False)
class InDistribution:
    """Which cells are like what the model knows.

    Attributes
    ----------
    inside : array, (N,), bool
        The column ``in_distribution``.
    ratios : array, (N, 3), float64
        Error of reconstruction, distance of the code, distance of the input, each over
        its limit; above 1 is outside.
    shares : array, (N,), float64
        Share of each cell's input that the model reconstructs.
    known_explained : float
        The median of that of the images it learned from.
    """

    inside: NDArray[np.bool_]
    ratios: NDArray[np.float64]
    shares: NDArray[np.float64]
    known_explained: float

    @property
    def explained(self) -> float:
        """Median share of the cells' inputs that the model reconstructs."""
        return float(np.median(self.shares))

    @property
    def share(self) -> float:
        """Share of cells that are like what the model knows, in [0, 1]."""
        return float(self.inside.mean())

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> InDistribution:
        """Return the same of some of the cells."""
        inside, ratios = self.inside[rows], self.ratios[rows]
        return InDistribution(inside, ratios, self.shares[rows], self.known_explained)

    @property
    def sentence(self) -> str:
        """What a reader must know before any factor name, in one sentence."""
        n, inside = len(self.inside), int(self.inside.sum())
        counted = f"{inside} of {n} cells" if n > 1 else f"{inside} of 1 cell"
        if self.share >= 0.8:
            return (
                f"{counted} look like what this model learned from; its factor names "
                "may be read as they stand."
            )
        if self.share >= 0.2:
            return (
                f"Only {counted} look like what this model learned from; read factor "
                "names together with their grades."
            )
        return (
            f"{counted} look like what this model learned from: it reconstructs "
            f"{max(self.explained, 0):.0%} of them (of its own images "
            f"{self.known_explained:.0%}), so every factor name is a guess until a "
            "measurement of these cells supports it; fine-tuning on them helps."
        )


def known_of(vae: VAE, inputs: Array, *, rng: np.random.Generator) -> Known:
    """Return what a model knows, from images like those it learned from.

    Half of the images stand for what is known; limits come from the other half, as a
    new image would meet them.

    Parameters
    ----------
    vae : VAE
        On the CPU.
    inputs : array, (K, ...)
        Inputs of known images, scaled as the autoencoder reads them.
    rng : numpy.random.Generator
        Splits them, and picks some of very many.

    Raises
    ------
    DataError
        If there are fewer than `MIN_KNOWN`.
    """
    if len(inputs) < MIN_KNOWN:
        raise DataError(
            f"{len(inputs)} images do not tell what a model knows; it takes "
            f"{MIN_KNOWN}."
        )
    order = rng.permutation(len(inputs))[:_MAX_KNOWN]
    here, new = inputs[order[::2]], inputs[order[1::2]]
    codes, _, _ = _encode(vae, here)
    center = codes.mean(axis=0, dtype=np.float64)
    spread = np.cov(codes.T.astype(np.float64)) + 1e-6 * np.eye(codes.shape[1])
    precision = np.asarray(np.linalg.inv(spread), np.float64)
    draft = Known(_flat(here), center, precision, np.ones(3), explained=0.0)
    distances, shares = _distances(vae, draft, new)
    limits = np.quantile(distances, QUANTILE, axis=0)
    return Known(draft.inputs, center, precision, limits, float(np.median(shares)))


def check_cells(vae: VAE, known: Known, inputs: Array) -> InDistribution:
    """Return which cells are like what the model knows.

    Parameters
    ----------
    vae : VAE
        On the CPU.
    known : Known
        From `known_of`.
    inputs : array, (N, ...)
        Inputs of the cells, scaled as the autoencoder reads them; N at least 1.
    """
    distances, shares = _distances(vae, known, inputs)
    ratios = distances / known.limits
    inside = np.asarray((ratios <= 1).all(axis=1))
    return InDistribution(inside, ratios, shares, known.explained)


def join_checks(
    kept: InDistribution, rows: NDArray[np.int64], new: InDistribution | None
) -> InDistribution:
    """Return some cells of one check and all of another one by the same model.

    Parameters
    ----------
    kept : InDistribution
        Of N cells.
    rows : array, (n,)
        Which of them stay.
    new : InDistribution or None
        Of the cells that follow, if there are any.
    """
    parts = [kept.take(rows), *([] if new is None else [new])]
    inside, ratios, shares = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("inside", "ratios", "shares")
    )
    return InDistribution(inside, ratios, shares, kept.known_explained)


def _distances(
    vae: VAE, known: Known, inputs: Array
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return three distances of each input, (N, 3), and the share explained, (N,)."""
    codes, errors, sizes = _encode(vae, inputs)
    off = codes - known.center
    away = np.sqrt(np.einsum("ni,ij,nj->n", off, known.precision, off))
    nearest = _to_neighbors(_flat(inputs), known.inputs)
    shares = 1 - errors / np.maximum(sizes, 1e-12)
    return np.stack([errors, away, nearest], axis=1).astype(np.float64), shares


def _encode(
    vae: VAE, inputs: Array
) -> tuple[Array, NDArray[np.float64], NDArray[np.float64]]:
    """Return codes, summed squared errors, and summed squares of the inputs."""
    parts: list[tuple[Array, Array, Array]] = []
    with torch.inference_mode():
        for first in range(0, len(inputs), _BATCH):
            batch = torch.from_numpy(
                np.ascontiguousarray(inputs[first : first + _BATCH], np.float32)
            )
            mean = vae.encode(batch).mean
            errors = (vae.decode(mean) - batch).square().flatten(1).sum(1)
            sizes = batch.square().flatten(1).sum(1)
            parts.append((mean.numpy(), errors.numpy(), sizes.numpy()))
    codes, error, size = (np.concatenate(column) for column in zip(*parts, strict=True))
    return codes, error.astype(np.float64), size.astype(np.float64)


def _to_neighbors(inputs: Array, known: Array) -> NDArray[np.float64]:
    """Return the mean distance of each input to its nearest known ones, (N,)."""
    square = np.square(known).sum(axis=1)
    k = min(_NEIGHBORS, len(known))
    found = []
    for first in range(0, len(inputs), _BATCH):
        batch = inputs[first : first + _BATCH]
        apart = np.square(batch).sum(axis=1)[:, None] + square - 2 * batch @ known.T
        nearest = np.partition(apart, k - 1, axis=1)[:, :k]
        found.append(np.sqrt(np.maximum(nearest, 0)).mean(axis=1))
    return np.concatenate(found).astype(np.float64)


def _flat(inputs: Array) -> Array:
    return np.asarray(inputs, np.float32).reshape(len(inputs), -1)
