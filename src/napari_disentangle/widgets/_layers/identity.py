"""Which file an image came from, its name and looks, to know it again.

Name and looks are those of a layer when it was first used: one that the user renames,
or whose pixels are edited later, keeps its rows, its classes and their file.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from napari.layers import Image

from napari_disentangle.recipes.image_names import names_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Layer

    from napari_disentangle.widgets._layers.read import Source

_SAMPLE = 64
_NAMES: WeakKeyDictionary[Layer, str] = WeakKeyDictionary()
_LOOKS: WeakKeyDictionary[Layer, tuple[ref[Any], str]] = WeakKeyDictionary()
"""Pixels and fingerprint of each image layer in memory, when first asked for."""
_KEYS: WeakKeyDictionary[Layer, str] = WeakKeyDictionary()


def image_name(layer: Layer) -> str:
    """Return the name of an image in tables: its file's, or its first as a layer."""
    path = getattr(layer.source, "path", None)
    return Path(path).name if path else _NAMES.setdefault(layer, str(layer.name))


def image_file(source: Source) -> Path | None:
    """Return the file or folder of `source`, None if it did not come from one."""
    if source.folder is not None:
        return source.folder
    layer = source.image_layer()
    path = None if layer is None else layer.source.path
    found = Path(path) if path else None
    return found if found is not None and found.exists() else None


def image_key(source: Source) -> str:
    """Return eight characters that stay with an image while it is closed and opened.

    They come from its file, or from its pixels where it has none.
    """
    file, layer = image_file(source), source.image_layer()
    key = fingerprint(source) if file is None else file_key(file)
    if layer is not None:
        _KEYS[layer] = key
    return key


def named_apart(shown: Source, others: Sequence[Source]) -> list[Source]:
    """Return `others`, each by a name that only it has; `shown` keeps its own."""
    every = [shown, *others]
    names = [source.roi_id for source in every]
    if len(set(names)) == len(names):
        return list(others)
    apart = names_apart(names, [image_key(source) for source in every])
    return [
        replace(source, roi_id=name)
        for source, name in zip(others, apart[1:], strict=True)
    ]


def known_key(layer: Layer) -> str:
    """Return the key of the image of `layer`: as last asked for, of its file, or ""."""
    path = getattr(layer.source, "path", None)
    of_file = file_key(Path(path)) if path and Path(path).exists() else ""
    return _KEYS.get(layer, of_file)


def known_image(layer: Layer) -> tuple[str, str]:
    """Return name and key of the image of `layer`: see `known_key`."""
    return image_name(layer), known_key(layer)


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

    They stay with pixels in memory that are edited in place, not with a layer whose
    pixels are replaced by others.
    """
    layer = source.image_layer()
    data = None if layer is None else layer.data
    if layer is None or not isinstance(data, np.ndarray):
        return _look_at(source)
    known = _LOOKS.get(layer)
    if known is None or known[0]() is not data:
        known = _LOOKS[layer] = ref(data), _look_at(source)
    return known[1]


def keep_identity(source: Source) -> None:
    """Take the pixels that its layer has now for the same image, edited in places."""
    layer = source.image_layer()
    known = None if layer is None else _LOOKS.get(layer)
    if layer is not None and known is not None and isinstance(layer.data, np.ndarray):
        _LOOKS[layer] = ref(layer.data), known[1]


def _look_at(source: Source) -> str:
    """Return eight characters from shape and a sparse grid of the first plane's pixels.

    So a large lazy image is hardly read.
    """
    plane = source.image[0, 0]
    steps = [max(1, size // _SAMPLE) for size in plane.shape[-2:]]
    some = np.ascontiguousarray(plane[..., :: steps[0], :: steps[1]])
    known = hashlib.sha256(repr((source.image.shape, str(some.dtype))).encode())
    known.update(some.tobytes())
    return known.hexdigest()[:8]
