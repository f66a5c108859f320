"""A device is chosen in one place, and a missing one is refused."""

import pytest
import torch

from napari_disentangle.device import pick
from napari_disentangle.errors import ConfigError


def test_the_cpu_is_always_there():
    assert pick("cpu") == torch.device("cpu")


def test_auto_takes_the_fastest_device_of_this_machine():
    if torch.cuda.is_available():
        expected = "cuda"
    else:
        expected = "mps" if torch.backends.mps.is_available() else "cpu"
    assert pick().type == pick("auto").type == expected


def test_an_unknown_device_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"Unknown device 'tpu'.*auto, cpu, cuda"):
        pick("tpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_a_missing_device_is_refused_with_what_is_there():
    with pytest.raises(ConfigError, match=r"'cuda' is not available.*auto, cpu"):
        pick("cuda")
