from __future__ import annotations

import pytest
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.models.decoder import build_decoder


@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_pictures_have_the_asked_size_and_range(size: int) -> None:
    decoder = build_decoder(10, size)
    drawn = decoder(3 * torch.randn(2, 10))
    assert drawn.shape == (2, 3, size, size)
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_the_usual_decoder_is_small() -> None:
    n_parameters = sum(weights.numel() for weights in build_decoder(10).parameters())
    assert n_parameters < 900_000


def test_the_seed_decides_the_weights() -> None:
    z = torch.randn(1, 10)
    assert torch.equal(build_decoder(10, seed=3)(z), build_decoder(10, seed=3)(z))


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ModelError, match=r"draws .* pixels; got 48"):
        build_decoder(10, 48)
