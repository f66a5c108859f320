"""All open images as a fine-tuning takes them, and the line that tells which not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QLabel

from napari_disentangle.recipes.aligned import why_unlike
from napari_disentangle.recipes.finetune_images import NO_LAYER, LeftOut, taken_text
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._encode_all import NAME_IT
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session


@dataclass(frozen=True, slots=True)
class OpenImages:
    """The open images beside the one shown.

    Attributes
    ----------
    others : sequence of Source
        Those whose cells are cut alike and taken, each by a name of its own.
    left_out : sequence of LeftOut
        Those that are not.
    """

    others: Sequence[Source] = ()
    left_out: Sequence[LeftOut] = ()


NO_IMAGES = OpenImages()


def open_images(viewer: Any, shown: Source, crops: ImageCrops) -> OpenImages:
    """Return which open images have cells that can be cut like those shown."""
    sources, without = _layers.other_sources(viewer, shown)
    sources = _layers.named_apart(shown, sources)
    unlike = {source.roi_id: why_unlike(source, shown, crops) for source in sources}
    return OpenImages(
        [source for source in sources if not unlike[source.roi_id]],
        [
            *(LeftOut(name, why) for name, why in unlike.items() if why),
            *(LeftOut(name, f"{NO_LAYER}; {NAME_IT}") for name in without),
        ],
    )


class ImagesNote(QLabel):
    """Tells which open images are taken and which not, as long as they are chosen.

    Parameters
    ----------
    viewer : napari.Viewer
        Its layers are followed until `stop`.
    session : Session
        What it shows is taken in any case.
    images : callable
        Returns the other images as they are now.
    """

    def __init__(
        self, viewer: Any, session: Session, images: Callable[[], OpenImages]
    ) -> None:
        super().__init__()
        self._viewer, self._session, self._images = viewer, session, images
        self._look_soon = Soon(self._look, self)
        self.setWordWrap(True)
        self.hide()
        self._unfollow = _layers.follow_layers(viewer, self._on_layers)
        viewer.layers.events.renamed.connect(self._on_layers)

    def show_soon(self, shown: bool) -> None:
        """Tell it in a moment, or hide."""
        self.setVisible(shown)
        if shown:
            self._look_soon()

    def stop(self) -> None:
        """Stop following the layers."""
        self._look_soon.stop()
        self._unfollow()
        self._viewer.layers.events.renamed.disconnect(self._on_layers)

    def _on_layers(self, _: Any = None) -> None:
        self.show_soon(not self.isHidden())

    def _look(self) -> None:
        source, found = self._session.source, self._images()
        if source is None or self._session.crops is None:
            self.setText("")
            return
        taken = [source.roi_id, *(each.roi_id for each in found.others)]
        self.setText(taken_text(taken, found.left_out))
        whys = [f"{image.roi_id}: {image.why.rstrip('.')}." for image in found.left_out]
        self.setToolTip("\n".join([f"Taken: {', '.join(taken)}.", *whys]))
