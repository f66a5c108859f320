"""Weights over the network, kept in a folder for the next time."""

from __future__ import annotations

import contextlib
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from napari_disentangle.errors import ModelError
from napari_disentangle.tasks import Progress, Task

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.backbones.catalogue import BackboneInfo

TIMEOUT_S = 30
"""Longest wait for a server to answer."""

_CHUNK_BYTES = 1 << 20


def weights_url(info: BackboneInfo) -> str:
    """Return the address of the weights of a timm or torchvision backbone.

    Raises
    ------
    ModelError
        If the network has none.
    """
    if info.library == "torchvision":
        from torchvision.models import get_model_weights

        url: str = get_model_weights(info.model)["IMAGENET1K_V1"].url
        return url
    import timm

    config: Any = timm.get_pretrained_cfg(info.model)
    if config.hf_hub_id:
        name = config.hf_hub_filename or "model.safetensors"
        return f"https://huggingface.co/{config.hf_hub_id}/resolve/main/{name}"
    if config.url:
        return str(config.url)
    raise ModelError(
        f"timm has no pretrained weights for {info.model}; give a local weights file."
    )


def iter_fetch(url: str, target: Path) -> Task[Progress, Path]:
    """Return `target`, after downloading `url` to it if it does not exist.

    A download that fails or is stopped leaves nothing behind.

    Parameters
    ----------
    url : str
        Address of a file.
    target : Path
        Where to keep it; its folder is made if missing.

    Yields
    ------
    Progress
        Bytes read so far.

    Raises
    ------
    ModelError
        If the file cannot be downloaded whole, or cannot be stored.
    """
    if target.is_file():
        return target
    partial = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield from _iter_download(url, partial)
        partial.replace(target)
    except OSError as error:  # URLError and HTTPError are OSErrors
        reason = getattr(error, "reason", None) or error
        raise ModelError(
            f"Weights could not be downloaded from {url} to {target} ({reason}); "
            "go online once, or give a local file."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # nothing may have been written
            partial.unlink()
    return target


def _iter_download(url: str, target: Path) -> Task[Progress, None]:
    """Write the bytes at `url` to `target`, which must come complete."""
    request = urllib.request.Request(url, headers={"User-Agent": "napari-disentangle"})
    with (
        urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply,
        target.open("wb") as out,
    ):
        total = int(reply.headers.get("Content-Length", 0))
        done = 0
        while chunk := reply.read(_CHUNK_BYTES):
            out.write(chunk)
            done += len(chunk)
            yield Progress("Downloading weights", done, max(done, total))
    if done < total:
        raise urllib.error.URLError(f"only {done} of {total} bytes came")
