"""Sizes in micrometers that follow the scale of every image, whoever changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from napari.layers import Image

from napari_disentangle.widgets._spacing import apply_pixel_size

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session

_FOLLOWERS: WeakKeyDictionary[Session, _ScaleFollower] = WeakKeyDictionary()


def follow_scales(viewer: Any, session: Session) -> None:
    """Let the cells of `session` follow scale and unit of the images of `viewer`.

    Also of images that no dock shows or has chosen, with no dock open.
    """
    _FOLLOWERS[session] = _ScaleFollower(viewer, session)


class _ScaleFollower:
    def __init__(self, viewer: Any, session: Session) -> None:
        self._session = ref(session)
        viewer.layers.events.inserted.connect(self._on_inserted)
        session.events.crops.connect(self._on_crops)
        for layer in viewer.layers:
            self._follow(layer)

    def _follow(self, layer: Any) -> None:
        if isinstance(layer, Image):
            for event in (layer.events.scale, layer.events.units):
                event.connect(self._on_scale)

    def _on_inserted(self, event: Any) -> None:
        self._follow(event.value)

    def _on_scale(self, event: Any) -> None:
        session = self._session()
        if session is not None:
            apply_pixel_size(session, event.source)

    def _on_crops(self, _: object) -> None:
        """Take the size that the image has now: it may have changed during the work."""
        session = self._session()
        source = None if session is None else session.source
        image = None if source is None else source.image_layer()
        if session is not None and isinstance(image, Image):
            apply_pixel_size(session, image)
