"""Which layer of cells belongs to the image that is chosen, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Labels

from napari_disentangle.widgets._layers.channels import full_resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from napari.layers import Image, Layer


def named_after(layer: Layer, images: Iterable[Image]) -> Image | None:
    """Return the image after which `layer` is named, None if after none.

    Its name is that of the image, or goes on with what is no letter or digit: "slide 1
    cells" and "slide 1_masks" belong to "slide 1", "slide 10" does not. Of several
    images it is the one with the longest name.
    """
    found = [image for image in images if _begins_with(layer.name, image.name)]
    return max(found, key=lambda image: len(image.name), default=None)


def lie_apart(cells: Layer, image: Image) -> bool:
    """Return whether labels lie elsewhere in the viewer than an image of their size.

    They are read pixel by pixel, wherever they lie. Labels of another scale are not
    asked about: often only the image was given one.
    """
    if not isinstance(cells, Labels) or not np.allclose(
        cells.scale[-2:], image.scale[-2:]
    ):
        return False
    height, width = full_resolution(cells).shape[-2:]
    for corner in ((0, 0), (height, 0), (0, width)):
        places = [
            np.asarray(layer.data_to_world((*np.zeros(layer.ndim - 2), *corner)))[-2:]
            for layer in (cells, image)
        ]
        if (np.abs(places[0] - places[1]) > np.abs(image.scale[-2:]) / 2).any():
            return True
    return False


def cells_for(
    chosen: Sequence[Image],
    images: Sequence[Image],
    offered: Sequence[Layer],
    present: Layer | None = None,
) -> Layer | None:
    """Return the layer of cells to take with an image.

    Parameters
    ----------
    chosen : sequence of Image
        The layer of the image, or those of its channels.
    images : sequence of Image
        All open images.
    offered : sequence of Layer
        Layers of cells, the first one first.
    present : Layer or None
        That which is chosen, of `offered`.

    Returns
    -------
    Layer or None
        `present` if it is named after the image; else the first that is; else `present`
        or the first one that is named after no image. None if all are those of others.
    """
    owners = {id(layer): named_after(layer, images) for layer in offered}
    by_rank = sorted(offered, key=lambda layer: layer is not present)
    for wanted in (chosen, [None]):
        for layer in by_rank:
            if any(owners[id(layer)] is owner for owner in wanted):
                return layer
    return None


def _begins_with(name: str, image: str) -> bool:
    rest = name.removeprefix(image)
    return name.startswith(image) and bool(image) and not rest[:1].isalnum()
