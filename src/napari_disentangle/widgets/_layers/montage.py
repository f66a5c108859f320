"""The crops of a folder as an image and a labels layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from napari_disentangle.widgets._layers.canvas import draw_later
from napari_disentangle.widgets._layers.id_colors import no_colors
from napari_disentangle.widgets._layers.pick import look_at
from napari_disentangle.widgets._layers.read import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from napari_disentangle.recipes.montage import Montage

_OPACITY = 0.5  # of colors over the pictures
_APART = 0.1  # of the width of what is there: where the montage begins


def iter_add_montage(
    viewer: Any, folder: Path, montage: Montage
) -> Iterator[Source | None]:
    """Show a montage beside what is there, a layer a step; yields the source at last.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layers; an earlier montage of the folder goes away.
    folder : Path
        Where the crops come from.
    montage : Montage
        What is shown.
    """
    name = folder.resolve().name
    draw_later(viewer)
    for layer in [x for x in viewer.layers if x.metadata.get("montage") == str(folder)]:
        viewer.layers.remove(layer)
    looks = {"translate": _free_place(viewer), "metadata": {"montage": str(folder)}}
    image = viewer.add_image(montage.image, rgb=True, name=f"{name} (crops)", **looks)
    yield None
    draw_later(viewer)
    labels = viewer.add_labels(
        montage.labels,
        name=f"{name} (cells)",
        opacity=_OPACITY,
        colormap=no_colors(
            montage.labels
        ),  # napari's own colors would hide those of the pictures
        **looks,
    )
    labels.editable = False
    yield Source(
        image=np.moveaxis(montage.image, -1, 0)[None, None],
        objects=montage.labels[None, None],
        kind="labels",
        axes="yxc",
        roi_id=f"{name}/",
        spacing_um=None,
        image_layer=ref(image),
        objects_layer=ref(labels),
        montage=montage,
        folder=folder,
    )


def _free_place(viewer: Any) -> tuple[float, float]:
    """Return top and left of a place to the right of all layers."""
    if not len(viewer.layers):
        return 0.0, 0.0
    low, high = np.asarray(viewer.layers.extent.world)[:, -2:]
    return float(low[0]), float(high[1] + _APART * (high[1] - low[1]))


def show_montage(viewer: Any, source: Source) -> None:
    """Move the camera so that the montage fills the canvas."""
    montage, image = source.montage, source.image_layer()
    if montage is None or image is None:
        return
    height, width = montage.labels.shape
    middle = np.asarray(image.data_to_world((height / 2, width / 2)))
    look_at(viewer, middle, float(max(height, width)), filling=True)
