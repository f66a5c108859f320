"""Where layers lie that are made to lie on another one, which may be turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def turned(layer: Any, axes: Sequence[int]) -> NDArray[np.float64]:
    """Return how `layer` is placed beyond its scale and translation.

    A layer with the same scale and translation lies on it if it gets this as its
    `affine`: rotation, shear and registration are in it.

    Parameters
    ----------
    layer : napari.layers.Layer
        The layer that is lain on.
    axes : sequence of int
        Axes of it that the other layer has, N of them.

    Returns
    -------
    array, (N + 1, N + 1)
        The identity for a layer that is neither turned nor registered.
    """
    keep = np.asarray(axes, int)
    origin = np.asarray(layer.data_to_world(np.zeros(layer.ndim)))
    steps = [layer.data_to_world(step) - origin for step in np.eye(layer.ndim)[keep]]
    linear = np.stack(steps)[:, keep].T / np.asarray(layer.scale)[keep]
    plain = np.eye(len(keep) + 1)
    found = plain.copy()
    found[:-1, :-1] = linear
    found[:-1, -1] = origin[keep] - linear @ np.asarray(layer.translate)[keep]
    return plain if np.allclose(found, plain) else found
