"""Which factors separate slides or days, found on a worker for all docks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from psygnal import Signal

from napari_disentangle.recipes.batch_effects import iter_batch_effects
from napari_disentangle.recipes.image_cells import info_columns
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from napari_disentangle.recipes.batch_effects import FactorBetween
    from napari_disentangle.widgets._session import Session


class BatchWatch:
    """Looks for batch effects whenever the images of a session change.

    Parameters
    ----------
    session : Session
        Held weakly.

    Attributes
    ----------
    changed : Signal
        Emitted when `effects` are others.
    effects : tuple of FactorBetween
        Those of the model whose codes are shown; empty until they are found, and
        where nothing is known of any image.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self._known_session = ref(session)
        self._model_id = ""
        self.effects: tuple[FactorBetween, ...] = ()
        self.jobs = Jobs()
        self._soon = Soon(self._look)
        session.events.images.connect(self._on_images)
        self._soon()

    def _on_images(self) -> None:
        self._soon()

    def _look(self) -> None:
        session = self._known_session()
        embedding = None if session is None else session.embedding
        if session is None or embedding is None or not info_columns(session.images):
            self.jobs.cancel()
            self._keep((), "")
            return
        model_id = embedding.model_id
        if model_id != self._model_id:
            self._keep((), model_id)
        self.jobs.run(
            iter_batch_effects(session.images, model_id),
            "Batch effects",
            lambda found: self._keep(found, model_id),
            quiet=True,
        )

    def _keep(self, found: tuple[FactorBetween, ...], model_id: str) -> None:
        self._model_id = model_id
        if found != self.effects:
            self.effects = found
            self.changed.emit()


_WATCHES: WeakKeyDictionary[Session, BatchWatch] = WeakKeyDictionary()


def batch_watch(session: Session) -> BatchWatch:
    """Return what looks for batch effects in `session`, one for all docks."""
    if session not in _WATCHES:
        _WATCHES[session] = BatchWatch(session)
    return _WATCHES[session]
