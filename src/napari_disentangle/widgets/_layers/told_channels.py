"""Names of the channels of an image, in one layer or in several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from napari_disentangle.crops.channel_names import names_in, read_channel_names
from napari_disentangle.widgets._layers.channels import full_resolution, stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image, Layer

_OF_FILE: WeakKeyDictionary[Layer, tuple[str, ...]] = WeakKeyDictionary()
_WORDS = re.compile(r"[\s_:=|.-]+")


def channel_names(layers: Sequence[Image], axes: str) -> list[str]:
    """Return a name for each channel of one layer or several.

    Names are those that a reader put into the metadata, else those in the file, where
    there are as many; of several layers their own, unless napari has only counted them.
    Else they count from 1.
    """
    first = layers[0]
    if first.rgb:
        return ["red", "green", "blue"]
    if _are_named(layers):
        return [layer.name for layer in layers]
    said = _said(first, _count(layers, axes))
    if said or len(layers) > 1:
        return list(said) or [layer.name for layer in layers]
    return [f"channel {i + 1}" for i in range(_count(layers, axes))]


def told_channels(layers: Sequence[Image], axes: str) -> tuple[str, ...]:
    """Return the names by which channels of two images can be matched, else ().

    What the names of all layers of an image have in common is left out: layers "day 2
    DAPI" and "day 2 GFP" are the channels DAPI and GFP.
    """
    first = layers[0]
    if first.rgb:
        return ()
    if _are_named(layers):
        names = _without_common([stem_of(layer) for layer in layers])
    else:
        names = list(_said(first, _count(layers, axes)))
    return (
        tuple(names) if len({name.casefold() for name in names}) == len(names) else ()
    )


def _are_named(layers: Sequence[Image]) -> bool:
    return len({stem_of(layer) for layer in layers}) == len(layers) > 1


def _count(layers: Sequence[Image], axes: str) -> int:
    if len(layers) > 1:
        return len(layers)
    shape = full_resolution(layers[0]).shape
    return int(shape[axes.index("c")]) if "c" in axes else 0


def _said(layer: Image, n_channels: int) -> tuple[str, ...]:
    """Return what metadata or the file say of so many channels; it is asked once."""
    said = names_in(layer.metadata)
    if n_channels and len(said) != n_channels:
        path = getattr(layer.source, "path", None)
        if path is not None and layer not in _OF_FILE:
            _OF_FILE[layer] = read_channel_names(path)
        said = _OF_FILE.get(layer, ())
    return said if n_channels and len(said) == n_channels else ()


def _without_common(names: list[str]) -> list[str]:
    """Return names without the words that all begin or end with."""
    words = [_WORDS.split(name.strip()) for name in names]
    for _ in range(2):  # from the front, then from the end
        while all(len(own) > 1 for own in words) and len({w[0] for w in words}) == 1:
            words = [own[1:] for own in words]
        words = [own[::-1] for own in words]
    return [" ".join(own) for own in words]
