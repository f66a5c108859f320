"""Which layer of cells belongs to the image that is chosen, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
