"""The rows of the cells in `layer.features`, shown by one object for all docks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._session import Session


class LayerFeatures:
    """Shows what a session knows of its cells in their layer.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layer; held weakly.
    session : Session
        Its table is shown, or its classes while there is none; held weakly.

    Attributes
    ----------
    soon : Soon
        Shows them in a later turn of the event loop, once for all docks that wish it.
    """

    def __init__(self, viewer: Any, session: Session) -> None:
        self._known_viewer, self._known_session = ref(viewer), ref(session)
        self.soon = Soon(self.show)

    def show(self) -> None:
        """Show the rows of the current frame now, if the layer is still there."""
        viewer, session = self._known_viewer(), self._known_session()
        if viewer is None or session is None:
            return
        source, table = session.source, _table_of(session)
        layer = None if source is None else source.objects_layer()
        if source is None or table is None or layer not in viewer.layers:
            return
        frame = _layers.current_frame(viewer, source)
        _layers.set_features(layer, table, frame, source.roi_id)


def _table_of(session: Session) -> pd.DataFrame | None:
    """Return the table of a session, else that of its crops with their classes."""
    if session.table is not None or session.crops is None:
        return session.table
    known = session.annotations
    known = Annotations() if known is None else known
    return with_annotations(session.crops.table, known)
