"""The layer of a picture that follows sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.widgets._layers.canvas import draw_later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIVE_NAME = "live cell (drawn)"
_GAP = 0.08
_SHARE = 0.46  # of the height of what is in the viewer


class LiveLayer:
    """One picture beside the image; its pixels are replaced, the layer stays.

    A layer that the user removed is not added again until `allow`.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layer when it is first needed.
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._layer: Any = None

    def allow(self) -> None:
        """Let the next picture add the layer."""
        self._layer = None

    def show(self, picture: NDArray[np.float32]) -> bool:
        """Show a picture, (H, W, 3); return False if the user removed the layer."""
        if self._layer is not None and self._layer not in self._viewer.layers:
            return False
        draw_later(self._viewer)
        if self._layer is None:
            self._layer = self._add(picture)
        else:
            self._layer.data = picture
        return True

    def clear(self) -> None:
        """Remove the layer."""
        layer, self._layer = self._layer, None
        if layer is not None and layer in self._viewer.layers:
            self._viewer.layers.remove(layer)

    def _add(self, picture: NDArray[np.float32]) -> Any:
        """Add the picture left of all that is in the viewer."""
        extent = self._viewer.layers.extent.world[:, -2:]
        height = float(extent[1, 0] - extent[0, 0])
        scale = _SHARE * height / picture.shape[0]
        width = scale * picture.shape[1]
        active = self._viewer.layers.selection.active
        layer = self._viewer.add_image(
            picture,
            rgb=True,
            name=LIVE_NAME,
            scale=(scale, scale),
            translate=(extent[0, 0], extent[0, 1] - width - _GAP * height),
            metadata={"live": True},
        )
        if active is not None:
            self._viewer.layers.selection.active = active
        return layer
