"""The annotations of a session, read with its crops whichever docks are open.

What a user excluded must not count only because one dock was not opened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from napari.utils.notifications import show_warning

from napari_disentangle.annotations.values import Annotations
from napari_disentangle.storage.annotations import annotation_file, read_annotations
from napari_disentangle.widgets._book import Book
from napari_disentangle.widgets._layers.identity import (
    fingerprint,
    image_file,
    image_name,
)
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari.layers import Layer

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
        self._known: tuple[ref[Layer], str] | None = None

    def on_crops(self, crops: Crops | None) -> None:
        if crops is not None:
            guard(self._open, crops)

    def _open(self, crops: Crops) -> None:
        session = self._session()
        if session is None:
            return
        if self._has_known_marks(session.source):
            book_of(session).follow(crops.table)
        _read(session, session.source, crops)

    def _has_known_marks(self, source: Source | None) -> bool:
        """Return whether these are the points or boxes of the last time.

        Then each has its id as before, wherever it was moved.
        """
        before, self._known = self._known, None
        if source is None or source.ids is None:
            return False
        self._known = source.objects_layer, source.roi_id
        return before == self._known


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

    Parameters
    ----------
    session : Session
        What it shows has its annotations already.
    others : sequence of Source
        The images. One with a name of its own, since others have its file name, gets
        its annotations by that name.

    Raises
    ------
    StorageError
        If a file of theirs is damaged.
    """
    known = session.annotations
    value = Annotations() if known is None else known
    for source in others:
        if source.roi_id not in value.images and source.roi_id not in value.excluded:
            value = value.merge(_kept_of(source))
    return value


def _kept_of(source: Source) -> Annotations:
    """Return what is kept of an image, by the name of `source`."""
    layer = source.image_layer()
    own = source.roi_id if layer is None else image_name(layer)
    kept = read_annotations(_file_of(replace(source, roi_id=own), None, own))
    return kept.only([own]).with_image_named(own, source.roi_id)


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
