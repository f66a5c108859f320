"""One color an object id, as a colormap of a Labels layer that is quick to make.

napari's own map from ids to colors asks a dictionary for each pixel: 0.3 to 0.8 s at
20,000 objects. A color cycle that is as long as the largest id needs no dictionary and
takes a tenth of that; napari allows it up to 65,536 colors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from napari.layers import Labels
from napari.utils import CyclicLabelColormap, DirectLabelColormap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tasks import Task
    from napari_disentangle.widgets._layers.read import Source

E = TypeVar("E")
R = TypeVar("R")

_MOST = 2**16
_SPARE = 256
"""Ids above the largest that have no color yet, for objects drawn by hand later."""


def cycle_length(labels: Any) -> int:
    """Return how long a color cycle for the ids of `labels`, an array, must be.

    It is 0 where a cycle would be too long, and where the array would have to be read
    to know.
    """
    if not isinstance(labels, np.ndarray) or labels.size == 0 or labels.min() < 0:
        return 0
    length = int(labels.max()) + 1 + _SPARE
    return length if length <= _MOST else 0


def iter_with_colors(task: Task[E, R], source: Source) -> Task[E, R]:
    """Do `task`, after napari got ready to color the objects of `source`; on a worker.

    napari compiles the code for so many colors when it first needs it, for 0.4 to 0.6 s
    once in the life of an installation, and loads it in 20 ms later.
    """
    if source.kind == "labels" and cycle_length(source.objects):
        colors = no_colors(source.objects)
        Labels(np.zeros((1, 1), source.objects.dtype), colormap=colors)
    return (yield from task)


def keep_order(viewer: Any) -> None:
    """Draw layers in their order again, after the colors of a Labels layer changed.

    Where an image lies between two Labels layers, napari 0.9 draws the upper one below
    the image from then on, until the layers are ordered anew.
    """
    if sum(isinstance(layer, Labels) for layer in viewer.layers) > 1:
        viewer.layers.events.reordered()


def no_colors(labels: Any) -> CyclicLabelColormap | DirectLabelColormap:
    """Return the colormap that shows none of the ids of `labels`."""
    none = np.zeros(0, np.int64), np.zeros((0, 4), np.float32)
    return id_colors(cycle_length(labels), *none, missing=(0, 0, 0, 0))


def id_colors(
    length: int,
    ids: NDArray[np.int64],
    colors: NDArray[np.float32],
    missing: tuple[float, ...],
) -> CyclicLabelColormap | DirectLabelColormap:
    """Return the colormap that gives each of `ids` its color.

    Parameters
    ----------
    length : int
        Of the cycle, from `cycle_length`; 0 takes a dictionary.
    ids : array, (N,)
        Objects with a color.
    colors : array, (N, 4)
        RGBA in [0, 1].
    missing : tuple of float
        Color of every other object.
    """
    if length == 0:
        every: dict[int | None, Any] = {None: missing, 0: (0, 0, 0, 0)}
        every.update(zip(ids.tolist(), colors, strict=True))
        return DirectLabelColormap(color_dict=every)
    cycle = np.tile(np.asarray(missing, np.float32), (length, 1))
    inside = (ids > 0) & (ids < length)
    cycle[ids[inside]] = colors[inside]
    cycle[0] = 0
    return CyclicLabelColormap(colors=cycle, name="values")
