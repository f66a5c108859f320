"""Pictures learned from the user's own cells, for models that draw none.

The autoencoder stays as it is; only the image decoder learns, from finished codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.encode import iter_encode
from napari_disentangle.tasks import Progress, run
from napari_disentangle.training.config import DecoderConfig

if TYPE_CHECKING:
    import pandas as pd
    import torch
    from numpy.typing import NDArray

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.decoder import DecoderReport

    Event: TypeAlias = Progress | DecoderReport

N_TURNS = 8
"""Views of one crop: four quarter turns, each also mirrored."""

_SIZE = 64
_CHUNK = 64


class PicturesConfig(Config):
    """How pictures are learned from cells."""

    max_views: int = Field(
        1600,
        ge=1,
        le=100_000,
        description="Most pictures to learn from; each cell is turned and mirrored up "
        "to eight times, and views are drawn at random where that gives more",
    )
    decoder: DecoderConfig = Field(
        DecoderConfig(steps=600), description="How the image decoder is fitted"
    )


class TurnedCrops:
    """Crops seen in other orientations; view ``8 * cell + turn`` of each.

    Codes must follow the picture, so views are encoded anew: a turned cell has another
    orientation code than the cell. The table holds the ids of the cells.
    """

    def __init__(self, crops: Crops, views: NDArray[np.int64]) -> None:
        self._crops = crops
        self._views = views
        rows = crops.table.iloc[views // N_TURNS]
        self.table: pd.DataFrame = rows.reset_index(drop=True)
        self.window_px = crops.window_px

    def __len__(self) -> int:
        return len(self._views)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the views of `rows`, (n, 3, size, size), in [0, 1]."""
        cells, turns = np.divmod(self._views[rows], N_TURNS)
        unique, place = np.unique(cells, return_inverse=True)
        pictures = self._crops.cut(unique, size)
        views = [
            turn_picture(pictures[at], int(turn))
            for at, turn in zip(place, turns, strict=True)
        ]
        return np.stack(views) if views else pictures


def turn_picture(picture: NDArray[np.float32], turn: int) -> NDArray[np.float32]:
    """Return `picture`, (3, S, S), in one of `N_TURNS` views; view 0 is itself."""
    turned = np.rot90(picture, turn % 4, axes=(1, 2))
    return turned[:, :, ::-1] if turn >= 4 else turned


def iter_learn_pictures(
    crops: Crops,
    model: Model,
    config: PicturesConfig | None = None,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
) -> Task[Event, Model]:
    """Return `model` with a picture decoder fitted on `crops`.

    It starts from the model's own decoder where there is one.

    Parameters
    ----------
    crops : Crops
        The user's cells.
    model : Model
        A model of features; it is not changed.
    config : PicturesConfig, optional
        How long and on how many views to learn.
    backbone : Backbone, optional
        The model's backbone, if it is loaded already.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where to compute.

    Raises
    ------
    DataError
        If there are no crops.
    ModelError
        If the model reads pixels, which decodes by itself.
    """
    config = config or PicturesConfig()
    if model.kind == "pixels":
        raise ModelError(f"Model {model.id} draws pictures by itself; fine-tune it.")
    if len(crops) == 0:
        raise DataError("There are no cells to learn pictures from; cut crops first.")
    views = TurnedCrops(crops, _choose_views(len(crops), config))
    embedding = yield from iter_encode(views, model, backbone=backbone, device=device)
    pictures = yield from _iter_thumbnails(views)
    decoder = yield from _iter_fit(model, embedding.mean, pictures, config, device)
    return model.with_pictures(decoder, "own cells")


def learn_pictures(
    crops: Crops,
    model: Model,
    config: PicturesConfig | None = None,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
) -> Model:
    """Return `model` with own pictures: `iter_learn_pictures` at once."""
    task = iter_learn_pictures(crops, model, config, backbone=backbone, device=device)
    return run(task)


def _choose_views(n_cells: int, config: PicturesConfig) -> NDArray[np.int64]:
    """Return the views to learn from, sorted: all, or as many as allowed."""
    n_views = n_cells * N_TURNS
    if n_views <= config.max_views:
        return np.arange(n_views)
    rng = np.random.default_rng(config.decoder.seed)
    return np.sort(rng.choice(n_views, config.max_views, replace=False))


def _iter_thumbnails(views: TurnedCrops) -> Task[Progress, NDArray[np.uint8]]:
    """Return the views as small pictures, (N, 3, S, S); bytes, to save memory."""
    pictures = np.empty((len(views), 3, _SIZE, _SIZE), np.uint8)
    for first in range(0, len(views), _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, len(views)))
        pictures[rows] = np.round(views.cut(rows, _SIZE) * 255)
        yield Progress("Cutting pictures", int(rows[-1]) + 1, len(views))
    return pictures


def _iter_fit(
    model: Model,
    codes: NDArray[np.float32],
    pictures: NDArray[np.uint8],
    config: PicturesConfig,
    device: str | torch.device,
) -> Task[DecoderReport, ImageDecoder]:
    from copy import deepcopy

    from napari_disentangle.device import pick
    from napari_disentangle.models.decoder import build_decoder
    from napari_disentangle.training.decoder import iter_fit_decoder

    if model.decoder is None:
        decoder = build_decoder(codes.shape[1], _SIZE, config.decoder.seed)
    else:
        decoder = deepcopy(model.decoder)
    fitted = yield from iter_fit_decoder(
        decoder.requires_grad_(True),
        codes,
        pictures,
        config.decoder,
        device=pick(device) if isinstance(device, str) else device,
    )
    return fitted.cpu().requires_grad_(False)
