"""Which file an image came from, and what it looks like, to know it again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image

if TYPE_CHECKING:
    from napari_disentangle.widgets._layers.read import Source

_SAMPLE = 64


def image_file(source: Source) -> Path | None:
    """Return the file of the image of `source`, None if it did not come from one."""
    layer = source.image_layer()
    path = None if layer is None else layer.source.path
    found = Path(path) if path else None
    return found if found is not None and found.exists() else None


def image_key(source: Source) -> str:
    """Return eight characters that stay with an image while it is closed and opened.

    They come from its file, or from its pixels where it has none.
    """
    file = image_file(source)
    return fingerprint(source) if file is None else file_key(file)


def file_key(file: Path) -> str:
    """Return the key of the image in a file: see `image_key`."""
    return hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]


def open_files(viewer: Any) -> list[Path]:
    """Return the files of the Image layers of `viewer`, each once."""
    paths = [
        Path(layer.source.path)
        for layer in viewer.layers
        if isinstance(layer, Image) and layer.source.path
    ]
    return [path for path in dict.fromkeys(paths) if path.exists()]


def fingerprint(source: Source) -> str:
    """Return eight characters that tell images of the same name apart.

    They come from shape and a sparse grid of pixels of the first plane, so a large lazy
    image is hardly read.
    """
    plane = source.image[0, 0]
    steps = [max(1, size // _SAMPLE) for size in plane.shape[-2:]]
    some = np.ascontiguousarray(plane[..., :: steps[0], :: steps[1]])
    known = hashlib.sha256(repr((source.image.shape, str(some.dtype))).encode())
    known.update(some.tobytes())
    return known.hexdigest()[:8]
