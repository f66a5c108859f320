"""A question where it is doubtful whether cells are of the image that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image, Layer

_NAMED = "These cells are named after {!s}. Are they of this image?"
_CUT = "These cells were cut from {!s} before. Are they of this image?"
_APART = "These cells lie elsewhere in the viewer than this image. Are they of it?"


class WhoseCells:
    """Asks if cells are of an image where their name, place or past says otherwise.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the images.

    Attributes
    ----------
    note : QLabel
        Shown with the question only.
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._cut_from: WeakKeyDictionary[Layer, ref[Image]] = WeakKeyDictionary()
        self.note = note()
        self.note.hide()

    def keep(self, cells: Layer, image: Image) -> None:
        """Remember that `cells` are cut from `image`."""
        self._cut_from[cells] = ref(image)

    def ask(self, cells: Layer | None, image: Sequence[Image]) -> None:
        """Show the question, or nothing.

        Parameters
        ----------
        cells : Layer or None
            The cells that are chosen.
        image : sequence of Image
            The layer of the image, or those of its channels.
        """
        text = "" if cells is None else self._question(cells, image)
        if not text and cells is not None and image:
            text = _APART if _layers.lie_apart(cells, image[0]) else ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _question(self, cells: Layer, image: Sequence[Image]) -> str:
        owner = _layers.named_after(cells, _layers.images_of(self._viewer))
        if owner is not None:
            return "" if owner in image else _NAMED.format(owner)
        known = self._cut_from.get(cells)
        before = None if known is None else known()
        return "" if before is None or before in image else _CUT.format(before)
