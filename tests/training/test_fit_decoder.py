from __future__ import annotations

import numpy as np
import pytest
import torch

from napari_disentangle.errors import DataError
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.tasks import run
from napari_disentangle.training.config import DecoderConfig
from napari_disentangle.training.decoder import iter_fit_decoder, picture_loss

CPU = torch.device("cpu")
CONFIG = DecoderConfig(steps=60, batch=16, learning_rate=4e-3, report_steps=10)


def disks(n: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and pictures of disks whose radius is the first code."""
    codes = np.random.default_rng(0).uniform(-1, 1, (n, 3)).astype(np.float32)
    y, x = np.mgrid[:16, :16] - 7.5
    inside = np.hypot(y, x) < (4 + 2 * codes[:, :1, None])
    pictures = np.repeat(inside[:, None], 3, axis=1)
    return codes, (255 * pictures).astype(np.uint8)


def test_the_decoder_learns_what_the_codes_hold() -> None:
    codes, pictures = disks()
    events = []
    decoder = build_decoder(3, 16)
    run(iter_fit_decoder(decoder, codes, pictures, CONFIG, device=CPU), events.append)
    assert [event.step for event in events] == [10, 20, 30, 40, 50, 60]
    assert events[-1].loss < 0.5 * events[0].loss
    with torch.no_grad():
        small, large = decoder(torch.tensor([[-0.9, 0.0, 0.0], [0.9, 0.0, 0.0]]))
    assert large.mean() > 1.5 * small.mean()


def test_equal_seeds_give_equal_decoders_and_uint8_equals_float() -> None:
    codes, pictures = disks()
    as_float = (pictures / 255).astype(np.float32)
    short = CONFIG.replace(steps=5)
    first, second = (
        run(iter_fit_decoder(build_decoder(3, 16), codes, p, short, device=CPU))
        for p in (pictures, as_float)
    )
    for name, value in first.state_dict().items():
        torch.testing.assert_close(value, second.state_dict()[name])


def test_a_silent_dimension_is_not_blown_up() -> None:
    codes, pictures = disks()
    codes[:, 2] = 1e-6 * codes[:, 2]
    decoder = build_decoder(3, 16)
    run(iter_fit_decoder(decoder, codes, pictures, CONFIG.replace(steps=1), device=CPU))
    assert decoder.spread[2] == pytest.approx(0.1)


def test_the_loss_is_nothing_for_equal_pictures() -> None:
    picture = torch.rand(2, 3, 8, 8)
    assert picture_loss(picture, picture, 1.0) == 0
    assert picture_loss(picture, 1 - picture, 1.0) > 0


@pytest.mark.parametrize(
    ("n_codes", "n_pictures", "side"), [(64, 63, 16), (64, 64, 32), (0, 0, 16)]
)
def test_shapes_that_do_not_fit_are_refused(n_codes, n_pictures, side) -> None:
    codes = np.zeros((n_codes, 3), np.float32)
    pictures = np.zeros((n_pictures, 3, side, side), np.uint8)
    task = iter_fit_decoder(build_decoder(3, 16), codes, pictures, CONFIG, device=CPU)
    with pytest.raises(DataError, match="needs codes and pictures"):
        run(task)
