"""Pictures of codes as fast as a slider moves, never in the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal

from napari_disentangle.recipes.live import iter_prepare_live, iter_show_live
from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.recipes.live import LivePicture, LivePictures
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding

    Code = NDArray[np.float32]


class LiveDecoder:
    """Draws the code that was asked for last; at most one is drawn at a time.

    While one is drawn, newer ones wait and only the newest is drawn next, so that a
    fast slider never makes a queue, and an older picture never follows a newer one.
    What is still drawn when cells or model change is dropped.

    Attributes
    ----------
    prepared : Signal
        Emitted with the `LivePictures` once there are any.
    shown : Signal
        Emitted with each `LivePicture`, in the GUI thread.
    """

    prepared = Signal(object)
    shown = Signal(object)

    def __init__(self) -> None:
        self.jobs = Jobs()
        self.live: LivePictures | None = None
        self._wanted: Code | None = None
        self._start: Code | None = None

    def set_cells(
        self, model: Model, embedding: Embedding, crops: Crops | None
    ) -> None:
        """Draw codes of `model` among these cells from now on."""
        self.clear()
        task = iter_prepare_live(model, embedding, crops)
        self.jobs.run(task, "Live pictures", self._on_prepared, quiet=True)

    def clear(self) -> None:
        """Draw nothing until there are cells again."""
        self.jobs.cancel()
        self.live = self._wanted = None

    def ask(self, code: Code, start: Code | None = None) -> None:
        """Draw a code, (L,), now or as soon as the one before is done.

        `start` is the code from which it was changed, if it was.
        """
        self._wanted, self._start = code, start
        if not self.jobs.running:
            self._draw()

    def is_busy(self) -> bool:
        """Return whether a picture is still to come."""
        return self.jobs.running or self._wanted is not None

    def stop(self) -> None:
        """Stop and tell nobody."""
        self.jobs.abandon()
        self.live = self._wanted = None

    def _on_prepared(self, live: LivePictures) -> None:
        self.live = live
        self.prepared.emit(live)
        if not self.jobs.running:
            self._draw()

    def _draw(self) -> None:
        code, self._wanted = self._wanted, None
        if code is None or self.live is None:
            return
        task = iter_show_live(self.live, code, self._start)
        self.jobs.run(task, "Live picture", self._on_shown, quiet=True)

    def _on_shown(self, picture: LivePicture) -> None:
        self.shown.emit(picture)
        if not self.jobs.running:
            self._draw()
