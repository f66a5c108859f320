"""A model on disk and in memory: weights, scaler, pictures, replay and card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from napari_disentangle.backbones.scaling import scaler_from_arrays
from napari_disentangle.errors import ModelError, StorageError
from napari_disentangle.models.build import build_model
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.storage import layout
from napari_disentangle.storage.atomic import write_folder_atomic
from napari_disentangle.storage.card import read_card, write_card
from napari_disentangle.storage.layout import bundled_models
from napari_disentangle.storage.replay import read_replay, write_replay
from napari_disentangle.storage.seen import read_seen, write_seen
from napari_disentangle.storage.weights import (
    hash_weights,
    load_into,
    read_weights,
    write_weights,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.backbones.scaling import Scaler
    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.storage.card import ModelCard, PictureSource
    from napari_disentangle.storage.replay import Replay

__all__ = ["Model", "bundled_models", "read_model", "write_model"]

_VAE = "vae."
_SCALER = "scaler."


@dataclass(frozen=True)
class Model:
    """A model ready for use.

    Attributes
    ----------
    card : ModelCard
        What it is and how it was made.
    vae : VAE
        The autoencoder, on the CPU.
    scaler : FeatureScaler, MinMaxScaler or None
        From backbone features to the autoencoder's input; None for pixels.
    decoder : ImageDecoder or None
        From codes to pictures, for models that do not decode to pixels.
    replay : Replay or None
        A part of the Source data, for models of features.
    seen : array, (K, ...), float32, or None
        Some of the cells that it was fine-tuned on, as the autoencoder reads them.
    """

    card: ModelCard
    vae: VAE
    scaler: Scaler | None = None
    decoder: ImageDecoder | None = None
    replay: Replay | None = None
    seen: NDArray[np.float32] | None = None

    @property
    def kind(self) -> str:
        """What it reads: ``features`` or ``pixels``."""
        return self.card.model.kind

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the latent dimensions, in order."""
        return self.card.dimension_names

    @cached_property
    def id(self) -> str:
        """Name and a hash of all numbers that codes depend on."""
        return f"{self.card.name}-{hash_weights(_encoding_weights(self))}"

    def with_pictures(self, decoder: ImageDecoder, source: PictureSource) -> Model:
        """Return this model with another picture decoder; codes stay the same."""
        card = self.card.replace(picture_source=source, picture_note="")
        return replace(self, card=card, decoder=decoder)

    def with_picture_note(self, note: str) -> Model:
        """Return this model with what must be said of its pictures."""
        return replace(self, card=self.card.replace(picture_note=note))


def read_model(name_or_dir: str | Path) -> Model:
    """Read a model, given by bundled name or by folder.

    Parameters
    ----------
    name_or_dir : str or Path
        One of `bundled_models()`, or a folder written by `write_model`.

    Raises
    ------
    ModelError
        If there is no such model, or a file of it is missing, damaged or does not fit
        the others. The message names the file.
    """
    folder = layout.model_folder(name_or_dir)
    card = read_card(folder)
    path = folder / layout.WEIGHTS
    weights = read_weights(path)
    vae = build_model(card.model)
    load_into(vae, _part(weights, _VAE), path)
    vae.eval().requires_grad_(False)
    scaler = _read_scaler(card, _part(weights, _SCALER), path)
    decoder = _read_decoder(card, folder / layout.DECODER)
    replay = read_replay(folder / layout.REPLAY, card)
    seen = read_seen(folder / layout.SEEN, card)
    return Model(card, vae, scaler, decoder, replay, seen)


def write_model(model: Model, folder: Path, *, half: bool = False) -> None:
    """Write a model as a folder, whole or not at all.

    Parameters
    ----------
    model : Model
        What to write.
    folder : Path
        New folder, or that of an older model, which is replaced.
    half : bool
        Whether to store weights as float16. The numbers change a little, and with them
        the id of the model that is read back.

    Raises
    ------
    StorageError
        If the folder holds something else than a model, or cannot be written.
    """
    if folder.exists() and not _is_replaceable(folder):
        raise StorageError(f"{folder} exists and is not a model; give a new folder.")
    with write_folder_atomic(folder) as part:
        write_card(part / layout.CARD, model.card)
        write_weights(part / layout.WEIGHTS, _encoding_weights(model), half=half)
        if model.decoder is not None:
            path = part / layout.DECODER
            write_weights(path, model.decoder.state_dict(), half=half)
        if model.replay is not None:
            write_replay(part / layout.REPLAY, model.replay)
        if model.seen is not None:
            write_seen(part / layout.SEEN, model.seen)


def _encoding_weights(model: Model) -> dict[str, Tensor]:
    """Return the tensors of autoencoder and scaler by prefixed name."""
    weights = {_VAE + name: value for name, value in model.vae.state_dict().items()}
    if model.scaler is not None:
        for name, array in model.scaler.to_arrays().items():
            weights[_SCALER + name] = torch.as_tensor(array)
    return weights


def _part(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in weights.items()
        if name.startswith(prefix)
    }


def _read_scaler(
    card: ModelCard, weights: dict[str, Tensor], path: Path
) -> Scaler | None:
    if card.model.kind == "pixels":
        return None
    try:
        scaler = scaler_from_arrays(
            {name: tensor.numpy() for name, tensor in weights.items()}
        )
    except ModelError as error:
        raise ModelError(f"Model file {path} is damaged: {error}") from error
    if scaler.n_components != card.model.input_dim:
        raise ModelError(
            f"Model file {path} does not fit its card: its scaler gives "
            f"{scaler.n_components} numbers, the model reads {card.model.input_dim}."
        )
    return scaler


def _read_decoder(card: ModelCard, path: Path) -> ImageDecoder | None:
    if card.picture_source == "none" or card.model.kind == "pixels":
        return None
    decoder = build_decoder(card.model.latent_dim)
    load_into(decoder, read_weights(path), path)
    return decoder.eval().requires_grad_(False)


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and (
        (folder / layout.CARD).is_file() or not any(folder.iterdir())
    )
