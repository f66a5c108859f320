"""Open images in which nothing can be predicted, since they are not encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.tables import model_of
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session

_NAMED = 12


class UnencodedNote:
    """Says how many open images are not encoded, as layers come and go.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the images.
    session : Session
        Knows which of them are encoded.

    Attributes
    ----------
    label : QLabel
        Hidden where all are.
    """

    def __init__(self, viewer: Any, session: Session) -> None:
        self._viewer, self._session = viewer, session
        self.label = note()
        self._soon = Soon(self._tell, self.label)
        self._unfollow = _layers.follow_layers(viewer, self._on_change)
        for event in (session.events.images, session.events.table):
            event.connect(self._on_change)
        self._tell()

    def stop(self) -> None:
        """Follow nothing any more."""
        self._soon.stop()
        self._unfollow()
        for event in (self._session.events.images, self._session.events.table):
            event.disconnect(self._on_change)

    def _on_change(self, _: object = None) -> None:
        self._soon()

    def _tell(self) -> None:
        names = unencoded_images(self._viewer, self._session)
        self.label.setText(unencoded_text(len(names)))
        more = ["..."] if len(names) > _NAMED else []
        self.label.setToolTip("\n".join([*names[:_NAMED], *more]))
        self.label.setVisible(bool(names))


def unencoded_images(viewer: Any, session: Session) -> list[str]:
    """Return the names of open images without codes of the model of those shown.

    Images in which there is no cell count as encoded. There are none before anything is
    encoded, or while a folder is shown.
    """
    source, table = session.source, session.table
    if source is None or table is None or source.folder is not None:
        return []
    model = model_of(table)
    done = {
        (known.roi_id, known.key)
        for known in session.images
        if known.model == model or not len(known.table)
    }
    return [
        first.name
        for first, layers in _layers.other_images(viewer, source).items()
        if done.isdisjoint(map(_layers.known_image, layers))
    ]


def unencoded_text(n: int) -> str:
    """Return in one sentence what becomes of `n` images, and what to do; "" of none."""
    if not n:
        return ""
    are, them = ("image is", "it") if n == 1 else ("images are", "them")
    return (
        f"{n} open {are} not encoded, so nothing is predicted in {them}: press Encode "
        "all other open images in Factors (it takes those that have cells)."
    )
