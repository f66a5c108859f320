"""Pictures of codes: right shape, right range, honest about their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.latents.render import (
    has_pictures,
    picture_source,
    render,
    render_codes,
)

if TYPE_CHECKING:
    import torch

    from napari_disentangle.storage.models import Model


def test_pictures_keep_the_order_of_codes() -> None:
    codes = np.random.default_rng(0).random((3, 50, 2), np.float32)

    def paint(z: torch.Tensor) -> torch.Tensor:
        return z[:, :1, None, None].expand(-1, 3, 4, 6)

    pictures = render(paint, codes)
    assert pictures.shape == (3, 50, 4, 6, 3)
    expected = np.broadcast_to(codes[..., :1, None, None], pictures.shape)
    np.testing.assert_array_equal(pictures, expected)


def test_a_drawing_model_draws_in_range(drawing_model: Model) -> None:
    codes = np.random.default_rng(0).normal(0, 9, (2, 3, 10)).astype(np.float32)
    pictures = render_codes(drawing_model, codes)
    assert pictures.shape == (2, 3, 64, 64, 3)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1


def test_a_pixel_model_decodes_by_itself(pixel_model: Model) -> None:
    assert render_codes(pixel_model, np.zeros((5,), np.float32)).shape == (32, 32, 3)
    assert picture_source(pixel_model) == "synthetic"


def test_a_model_without_pictures_offers_a_remedy(tiny_model: Model) -> None:
    assert not has_pictures(tiny_model)
    assert picture_source(tiny_model) == "none"
    with pytest.raises(ModelError, match="draws no pictures; learn pictures"):
        render_codes(tiny_model, np.zeros((1, 10), np.float32))
