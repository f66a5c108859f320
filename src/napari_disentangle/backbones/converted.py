"""Networks in the format of OpenVINO, kept on disk: making one takes seconds.

A kept network serves again only for the same weights, made by the same code and the
same versions of all that had a part in it, and only if all its bytes are as they were.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from napari_disentangle.backbones import nets, weights
from napari_disentangle.errors import require
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from napari_disentangle.backbones.catalogue import BackboneInfo
    from napari_disentangle.tasks import Task

_NETWORK, _NUMBERS, _SUM = "network.xml", "network.bin", "sha256"
_CHILD = "napari_disentangle.backbones.convert_child"
_TICK_S = 0.1
_HIDDEN = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console pops up on Windows
_MAKERS = ("openvino", "torch", "timm", "torchvision")


def conversion_key(info: BackboneInfo, weights_file: Path) -> str:
    """Return a name that changes with whatever may change the converted network.

    Raises
    ------
    OSError
        If the weights cannot be read.
    """
    digest = sha256(repr(info).encode())
    for maker in _MAKERS:
        digest.update(f"{maker} {_version(maker)}\n".encode())
    for file in (nets.__file__, weights.__file__, weights_file):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()[:32]


def iter_prepare(
    info: BackboneInfo, weights_file: Path, folder: Path
) -> Task[Progress, None]:
    """Convert a network in a process of its own and keep it in `folder`.

    Converting holds Python for 0.1 s and more at once, in which no window can draw.
    Nothing is kept if the network cannot be converted; whoever needs it then learns why
    by converting it. Closing the task kills the process.

    Parameters
    ----------
    info : BackboneInfo
        What to build.
    weights_file : Path
        Its weights.
    folder : Path
        See `keep_converted`.

    Yields
    ------
    Progress
        That it goes on; how far is not known.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", _CHILD, info.name, str(weights_file), str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=_HIDDEN,
    )
    try:
        while child.poll() is None:
            yield Progress("Preparing the backbone, once", 0, 0)
            with suppress(subprocess.TimeoutExpired):
                child.wait(_TICK_S)
    finally:
        child.kill()
        child.wait()


def read_converted(folder: Path) -> Any | None:
    """Return the network kept in `folder`; None if there is none, or a damaged one."""
    try:
        network = (folder / _NETWORK).read_bytes()
        numbers = (folder / _NUMBERS).read_bytes()
        written = (folder / _SUM).read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    if written != _sum(network, numbers):
        return None
    return require("openvino", extra="fast").Core().read_model(network, numbers)


def keep_converted(model: Any, folder: Path) -> None:
    """Keep a network in `folder`, whole or not at all; a full disk is no harm."""
    openvino = require("openvino", extra="fast")
    with suppress(OSError, RuntimeError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".") as name:
            part = Path(name) / "part"
            part.mkdir()
            openvino.save_model(model, part / _NETWORK, compress_to_fp16=False)
            files = (part / _NETWORK, part / _NUMBERS)
            written = _sum(*(file.read_bytes() for file in files))
            (part / _SUM).write_text(written, encoding="ascii")
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)


def _sum(network: bytes, numbers: bytes) -> str:
    return sha256(network).hexdigest() + sha256(numbers).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
