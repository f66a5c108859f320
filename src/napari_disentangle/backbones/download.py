"""Pretrained weights over the network, kept in a folder for the next time."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_disentangle.errors import ModelError
from napari_disentangle.tasks import Progress, Task

if TYPE_CHECKING:
    from napari_disentangle.backbones.catalogue import BackboneInfo

_CHUNK_BYTES = 1 << 20


def iter_fetch(info: BackboneInfo, folder: Path) -> Task[Progress, Path]:
    """Return the path of downloaded weights, downloading them on first use.

    Parameters
    ----------
    info : BackboneInfo
        A timm or torchvision backbone.
    folder : Path
        Cache of downloads; made if missing.

    Yields
    ------
    Progress
        Bytes read so far.

    Raises
    ------
    ModelError
        If the weights cannot be downloaded or stored.
    """
    url = weights_url(info)
    target = folder / f"{info.model}{Path(url).suffix}"
    if target.is_file():
        return target
    partial = target.with_name(f"{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield from _iter_download(url, partial, f"Downloading {info.model}")
        partial.replace(target)
    except OSError as error:  # URLError and HTTPError are OSErrors
        reason = getattr(error, "reason", None) or error
        raise ModelError(
            f"The weights of {info.network} could not be downloaded from {url} "
            f"({reason}); go online once, or give a local weights file."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return target


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


def _iter_download(url: str, target: Path, stage: str) -> Task[Progress, None]:
    """Write the bytes at `url` to `target`, which must come complete."""
    request = urllib.request.Request(url, headers={"User-Agent": "napari-disentangle"})
    with urllib.request.urlopen(request, timeout=30) as reply, target.open("wb") as out:
        total = int(reply.headers.get("Content-Length", 0))
        done = 0
        while chunk := reply.read(_CHUNK_BYTES):
            out.write(chunk)
            done += len(chunk)
            yield Progress(stage, done, max(done, total))
    if done < total:
        raise urllib.error.URLError(f"only {done} of {total} bytes came")
