"""What fine-tuning sees of the Source: pairs to replay, and inputs to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.pairs import CodePairs, sample_pairs
from napari_disentangle.synthetic.pairs import draw_stars
from napari_disentangle.training.batches import GridPairs
from napari_disentangle.training.config import LabelSharing

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.storage.replay import Replay
    from napari_disentangle.synthetic.sprites import TextureSprites
    from napari_disentangle.training.batches import PairSource
    from napari_disentangle.training.config import AdaptiveSharing

_PAIRS = 192
"""Pairs of each factor that are looked at; enough to see a change, at no felt cost."""

_MOST_PAIRS = 5000
_CHUNK = 64


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Source inputs that are encoded after each epoch to see what became of the names.

    Attributes
    ----------
    values : array, (N, ...), float32, or uint8 for pixels
        Inputs of the autoencoder.
    positions : array, (N, F)
        Factor positions of each.
    space : FactorSpace
        The factors.
    pairs : tuple of arrays, length F, each (P, 2)
        Rows that differ in one factor alone.
    """

    values: NDArray[np.float32] | NDArray[np.uint8]
    positions: NDArray[np.int64]
    space: FactorSpace
    pairs: tuple[NDArray[np.int64], ...]

    def code_pairs(self, codes: NDArray[np.float32]) -> CodePairs:
        """Return the codes, from (N, L), of the pairs."""
        return CodePairs(
            self.space.names,
            tuple(codes[rows[:, 0]] for rows in self.pairs),
            tuple(codes[rows[:, 1]] for rows in self.pairs),
        )

    @classmethod
    def among(
        cls,
        values: NDArray[np.float32] | NDArray[np.uint8],
        positions: NDArray[np.int64],
        space: FactorSpace,
        rng: np.random.Generator,
        n_pairs: int = _PAIRS,
    ) -> Self:
        """Choose inputs such that each factor has `n_pairs`, where there are so many.

        All further pairs among the chosen inputs cost nothing and are used too: few
        pairs would make OMES seem lower than it is.
        """
        factors = range(space.n_factors)
        found = [sample_pairs(positions, k, rng, n_pairs) for k in factors]
        rows = np.unique(np.concatenate(found))
        chosen = positions[rows]
        pairs = tuple(sample_pairs(chosen, k, rng, _MOST_PAIRS) for k in factors)
        return cls(values[rows], chosen, space, pairs)

    @classmethod
    def drawn(
        cls, sprites: TextureSprites, rng: np.random.Generator, n_pairs: int = _PAIRS
    ) -> Self:
        """Draw random images and, for each, one that differs in each factor."""
        space, rows = sprites.space, np.arange(n_pairs)
        positions = np.concatenate([*draw_stars(space, rng, n_pairs)])
        images = [
            np.round(255 * sprites.render(positions[i : i + _CHUNK], rng))
            for i in range(0, len(positions), _CHUNK)
        ]
        pairs = tuple(
            np.stack([rows, rows + n_pairs * (k + 1)], axis=1)
            for k in range(space.n_factors)
        )
        return cls(np.concatenate(images).astype(np.uint8), positions, space, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The Source side of a fine-tuning.

    Attributes
    ----------
    pairs : PairSource
        Where pairs to replay are drawn.
    probe : Probe
        Inputs that are looked at.
    sharing : LabelSharing or AdaptiveSharing
        How the model learned from pairs.
    """

    pairs: PairSource
    probe: Probe
    sharing: LabelSharing | AdaptiveSharing

    @classmethod
    def of_replay(
        cls, replay: Replay, sharing: LabelSharing | AdaptiveSharing | None = None
    ) -> Self:
        """Return the Source side of a model of features.

        Raises
        ------
        DataError
            If a factor has no pair among the kept inputs.
        """
        pairs = GridPairs(replay.values, replay.positions)
        rng = np.random.default_rng(0)
        probe = Probe.among(replay.values, replay.positions, replay.space, rng)
        return cls(pairs, probe, sharing or LabelSharing())
