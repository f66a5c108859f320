"""The one place where a torch device is chosen."""

from __future__ import annotations

import torch

from napari_disentangle.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda", "mps")
"""Names a user may ask for."""


def pick(name: str = "auto") -> torch.device:
    """Return the device to compute on.

    Parameters
    ----------
    name : {"auto", "cpu", "cuda", "mps"}
        What is asked for; "auto" takes CUDA, else MPS, else the CPU.

    Raises
    ------
    ConfigError
        If `name` is unknown or this machine has no such device.
    """
    if name not in DEVICES:
        raise ConfigError(f"Unknown device {name!r}; choose one of {_listed(DEVICES)}.")
    available = _available()
    if name == "auto":
        return torch.device(available[-1])
    if name not in available:
        raise ConfigError(
            f"Device {name!r} is not available here; choose one of "
            f"{_listed(('auto', *available))}."
        )
    return torch.device(name)


def _available() -> tuple[str, ...]:
    """Return the devices of this machine, the most wanted last."""
    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.append("mps")
    if torch.cuda.is_available():
        found.append("cuda")
    return tuple(found)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
