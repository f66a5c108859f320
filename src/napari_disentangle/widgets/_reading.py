"""The annotations of a session, read with its crops whichever docks are open.

What a user excluded must not count only because one dock was not opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from napari.utils.notifications import show_warning

from napari_disentangle.storage.annotations import annotation_file
from napari_disentangle.widgets._book import Book
from napari_disentangle.widgets._layers.identity import fingerprint, image_file
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._session import Session

_BOOKS: WeakKeyDictionary[Session, Book] = WeakKeyDictionary()


def book_of(session: Session) -> Book:
    """Return what reads and keeps the annotations of `session`, one for all docks."""
    if session not in _BOOKS:
        _BOOKS[session] = Book(session)
    return _BOOKS[session]


def follow_annotations(session: Session) -> None:
    """Read the annotations of the cells whenever `session` has new crops."""
    reader = _Reader(session)
    session.events.crops.connect(lambda crops: reader.on_crops(crops))


class _Reader:
    """Lives as long as the events of its session, which it does not hold."""

    def __init__(self, session: Session) -> None:
        self._session = ref(session)

    def on_crops(self, crops: Crops | None) -> None:
        if crops is not None:
            guard(self._open, crops)

    def _open(self, crops: Crops) -> None:
        session = self._session()
        if session is None:
            return
        told = book_of(session).open(crops, lambda roi: _file_of(session, roi))
        for sentence in told:
            show_warning(sentence)


def _file_of(session: Session, roi_id: str) -> Path:
    """Return where the annotations of an image of the crops are kept."""
    source = session.source
    folder = getattr(getattr(session.crops, "folder", None), "root", None)
    if folder is not None:
        return annotation_file(folder, folder.name, "folder")
    if source is None or source.roi_id != roi_id:
        return annotation_file(None, roi_id, "unseen")
    image = image_file(source)
    seen = "" if image is not None else fingerprint(source)
    return annotation_file(image, roi_id, seen)
