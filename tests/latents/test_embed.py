"""Codes do not depend on batches, and only fitting inputs are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.latents.embed import iter_embed, iter_embed_pixels
from napari_disentangle.tables import Features
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


def _table(n: int) -> pd.DataFrame:
    labels = np.arange(1, n + 1) * 3
    return pd.DataFrame(
        {"roi_id": "image", "frame": 0, "label": labels, "index": labels}
    )


def _features(n: int, backbone: str = "efficientnet_lite0") -> Features:
    values = np.random.default_rng(0).random((n, 3408), np.float32)
    return Features(values, _table(n), backbone)


class PaintedCrops:
    """Crops of one gray each."""

    window_px = 8.0

    def __init__(self, n: int) -> None:
        self.table = _table(n)

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        gray = rows[:, None, None, None] / len(self)
        return np.broadcast_to(gray, (len(rows), 3, size, size)).astype(np.float32)


@pytest.mark.parametrize("batch_size", [1, 4, 7, 100])
def test_batches_do_not_change_codes(tiny_model: Model, batch_size: int) -> None:
    whole = run(iter_embed(tiny_model, _features(7)))
    events: list[Progress] = []
    task = iter_embed(tiny_model, _features(7), batch_size=batch_size)
    parts = run(task, events.append)
    np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-5)
    np.testing.assert_allclose(parts.sd, whole.sd, atol=1e-5)
    assert events[-1] == Progress("Encoding cells", 7, 7)


def test_codes_come_with_names_ids_and_model(tiny_model: Model) -> None:
    embedding = run(iter_embed(tiny_model, _features(3)))
    frame = embedding.to_frame()
    assert embedding.mean.shape == embedding.sd.shape == (3, 10)
    assert (embedding.sd > 0).all()
    assert frame["label"].tolist() == [3, 6, 9]
    assert set(frame["model"]) == {tiny_model.id}
    assert {"z_texture", "z_residual_5", "z_texture_sd"} <= set(frame.columns)


def test_no_cells_give_an_empty_embedding(tiny_model: Model) -> None:
    assert run(iter_embed(tiny_model, _features(0))).mean.shape == (0, 10)


def test_pixels_are_read_from_crops(pixel_model: Model) -> None:
    crops = PaintedCrops(5)
    whole = run(iter_embed_pixels(pixel_model, crops))
    parts = run(iter_embed_pixels(pixel_model, crops, batch_size=2))
    assert whole.mean.shape == (5, 5)
    np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-5)


def test_features_of_another_backbone_are_refused(tiny_model: Model) -> None:
    with pytest.raises(ModelError, match="features of efficientnet_lite0; these are"):
        run(iter_embed(tiny_model, _features(2, "resnet50")))


def test_each_kind_of_model_takes_its_own_input(
    tiny_model: Model, pixel_model: Model
) -> None:
    with pytest.raises(ModelError, match="reads pixels, not features"):
        run(iter_embed(pixel_model, _features(2)))
    with pytest.raises(ModelError, match="reads features, not pixels"):
        run(iter_embed_pixels(tiny_model, PaintedCrops(2)))
