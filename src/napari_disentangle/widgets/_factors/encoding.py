"""The crops of a session encoded, or those that were edited since, and what is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_warning

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.objects import iter_encode_objects
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._settings import encoding_options
from napari_disentangle.widgets._updating import (
    edits_text,
    encode_text,
    iter_keep_update,
    keep_codes,
    update_task,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari_disentangle.recipes.objects import EncodedObjects
    from napari_disentangle.recipes.update_cells import UpdatedCells
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._factors.model import ModelPanel
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._layers import EditWatch, Source
    from napari_disentangle.widgets._session import Session


class Encoding:
    """Encodes the crops of a session with the chosen model.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers; codes of layers that were removed are dropped.
    session : Session
        Gets the codes.
    jobs : Jobs
        Runs the work.
    models : ModelPanel
        Where the model is chosen.
    edits : EditWatch
        Knows which cells were edited since.
    """

    def __init__(
        self,
        viewer: Any,
        session: Session,
        jobs: Jobs,
        models: ModelPanel,
        edits: EditWatch,
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._jobs = jobs
        self._models = models
        self._edits = edits

    def start(self) -> None:
        """Encode all crops, or cut and encode anew what was edited since.

        Raises
        ------
        DataError
            If there are no crops.
        ModelError
            If no model is chosen.
        """
        source, crops = self._session.source, self._session.crops
        if source is None or crops is None:
            raise DataError("There are no crops; cut some in the Crops dock first.")
        options = encoding_options()
        model = self._models.model()
        if self._edits.due:
            new, update = update_task(self._session, self._edits, model, **options)
            keep = partial(self._iter_keep_update, new, crops)
            self._jobs.run(update, "Updating", steps=keep)
            return
        task = iter_encode_objects(source, crops, model, **options)
        self._jobs.run(task, "Encoding", lambda codes: self._keep(source, crops, codes))

    def texts(self) -> tuple[str, str]:
        """Return what the button to encode says, and what was edited since."""
        button = encode_text(self._session, self._edits, self._models.is_read)
        return button, edits_text(self._session, self._edits)

    def _dropped(self, source: Source, crops: Crops) -> bool:
        """Return whether codes of `crops` are of no use any more, and tell it."""
        if _layers.is_open(self._viewer, source) and crops is self._session.crops:
            return False
        show_warning(
            "The cells were removed or cut anew during encoding; "
            "the result was dropped."
        )
        return True

    def _iter_keep_update(
        self, source: Source, crops: Crops, found: UpdatedCells
    ) -> Iterator[None]:
        if not self._dropped(source, crops):
            self._models.keep()
            yield from iter_keep_update(self._session, source, found)
            self._edits.know(found.pixels)

    def _keep(self, source: Source, crops: Crops, codes: EncodedObjects) -> None:
        if self._dropped(source, crops):
            return
        self._models.keep()
        keep_codes(self._session, source, codes)
