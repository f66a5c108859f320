"""A part of the Source data, kept with a model so that fine-tuning can replay it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.storage.weights import read_weights, write_weights

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from numpy.typing import NDArray

    from napari_disentangle.storage.card import ModelCard


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Scaled Source features of known factors.

    Attributes
    ----------
    values : array, (N, K), float32
        Inputs of the autoencoder: features under the model's own Source scaler.
    positions : array, (N, F)
        Factor positions of each; enough of them differ in one factor alone that
        pairs can be drawn.
    space : FactorSpace
        The factors.
    """

    values: NDArray[np.float32]
    positions: NDArray[np.int64]
    space: FactorSpace

    @classmethod
    def draw(
        cls,
        values: NDArray[np.float32],
        positions: NDArray[np.int64],
        space: FactorSpace,
        n: int,
        rng: np.random.Generator,
    ) -> Self:
        """Return `n` random rows of Source data, or all where there are fewer.

        Raises
        ------
        DataError
            If values and positions differ in length.
        """
        if len(values) != len(positions):
            raise DataError(
                f"Replay needs one row of factor positions an input; got "
                f"{len(values)} inputs and {len(positions)} rows."
            )
        rows = rng.permutation(len(values))[:n]
        return cls(values[rows], positions[rows], space)


def write_replay(path: Path, replay: Replay) -> None:
    """Write `replay` to `path`, its values as float16."""
    tensors = {
        "values": torch.from_numpy(replay.values.astype(np.float16)),
        "positions": torch.from_numpy(replay.positions.astype(np.uint8)),
    }
    write_weights(path, tensors)


def read_replay(path: Path, card: ModelCard) -> Replay | None:
    """Return the replay of a model, None if it was written without one.

    Raises
    ------
    ModelError
        If the file is damaged or does not fit the card.
    """
    if not path.is_file():
        return None
    tensors = read_weights(path)
    space = FactorSpace(tuple(card.factors), tuple(card.factors.values()))
    try:
        values = tensors["values"].numpy().astype(np.float32)
        positions = tensors["positions"].numpy().astype(np.int64)
    except KeyError as error:
        raise ModelError(f"Model file {path} is damaged: it lacks {error}.") from error
    fits = values.shape == (len(positions), card.model.input_dim)
    in_space = positions.shape[1:] == (space.n_factors,) and np.all(
        positions < np.asarray(space.sizes)
    )
    if not (fits and in_space):
        raise ModelError(
            f"Model file {path} does not fit its card: it holds inputs of shape "
            f"{values.shape} and positions of shape {positions.shape}."
        )
    return Replay(values, positions, space)
