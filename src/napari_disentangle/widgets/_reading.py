"""The annotations of a session, read with its crops whichever docks are open.

What a user excluded must not count only because one dock was not opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from napari.utils.notifications import show_warning

from napari_disentangle.annotations.values import Annotations
from napari_disentangle.storage.annotations import annotation_file, read_annotations
from napari_disentangle.widgets._book import Book
from napari_disentangle.widgets._layers.identity import fingerprint, image_file
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers import Source
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
        if session is not None:
            _read(session, session.source, crops)


def read_other(session: Session, source: Source, crops: Crops) -> Annotations:
    """Read the annotations of an image that is not the one shown, and return all.

    An image of the same name as the one shown is read apart, or its annotations would
    take the place of those.
    """
    from napari_disentangle.widgets._session import Session

    shown = session.source
    same = shown is not None and shown.roi_id == source.roi_id
    holder = Session() if same else session
    guard(_read, holder, source, crops)
    return Annotations() if holder.annotations is None else holder.annotations


def with_saved(session: Session, others: Sequence[Source]) -> Annotations:
    """Return the annotations of `session`, and those kept of images not seen yet.

    Raises
    ------
    StorageError
        If a file of theirs is damaged.
    """
    known = session.annotations
    value = Annotations() if known is None else known
    for source in others:
        roi_id = source.roi_id
        if roi_id not in value.images and roi_id not in value.excluded:
            kept = read_annotations(_file_of(source, None, roi_id))
            value = value.merge(kept.only([roi_id]))
    return value


def _read(session: Session, source: Source | None, crops: Crops) -> None:
    told = book_of(session).open(crops, lambda roi_id: _file_of(source, crops, roi_id))
    for sentence in told:
        show_warning(sentence)


def _file_of(source: Source | None, crops: Crops | None, roi_id: str) -> Path:
    """Return where the annotations of an image of the crops are kept."""
    folder = getattr(getattr(crops, "folder", None), "root", None)
    if folder is not None:
        return annotation_file(folder, folder.name, "folder")
    if source is None or source.roi_id != roi_id:
        return annotation_file(None, roi_id, "unseen")
    image = image_file(source)
    seen = "" if image is not None else fingerprint(source)
    return annotation_file(image, roi_id, seen)
