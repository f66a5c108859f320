"""What is known of the images of a session: read with them, written before shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from napari.utils.notifications import show_warning

from napari_disentangle.annotations.image_info import add_info, match_names
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.storage.annotations import put_aside
from napari_disentangle.storage.image_info import (
    ImageInfoFile,
    image_info_file,
    read_image_info,
    write_image_info,
)
from napari_disentangle.storage.layout import image_info_of_user
from napari_disentangle.widgets._layers.identity import image_file, image_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.annotations.image_info import ImageId, ImageInfo
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._session import Session


class InfoKeeper:
    """Reads and changes `session.image_info`, and keeps it beside the images.

    Parameters
    ----------
    session : Session
        Held weakly; its tables and images follow.
    """

    def __init__(self, session: Session) -> None:
        self._known_session = ref(session)
        self._places: dict[ImageId, tuple[Path, str]] = {}
        self._shown: tuple[ImageId, ...] = ()
        session.events.crops.connect(self._on_crops)
        session.events.image_info.connect(self._on_info)

    @property
    def session(self) -> Session:
        """Whose images these are."""
        session = self._known_session()
        if session is None:
            raise DataError("The viewer of these images was closed.")
        return session

    def images(self) -> list[ImageId]:
        """Return the images with cells, and those whose cells are cut."""
        keys = {known.key for known in self.session.images}
        return [i for i in self._places if i[1] in keys or i in self._shown]

    def open(self, images: Mapping[ImageId, Path | None]) -> None:
        """Read what is known of images that were not opened before, by their file.

        A damaged file is kept aside and told.
        """
        info = self.session.image_info
        files: dict[Path, ImageInfoFile] = {}
        for image, file in images.items():
            if image in self._places:
                continue
            path, entry = _place_of(image, file)
            self._places[image] = path, entry
            if path not in files:
                files[path] = _read(path)
            info = replace(info, columns=_both(info.columns, files[path].columns))
            info = info.with_image(image, files[path].images.get(entry, {}))
        self.session.image_info = info

    def set(self, images: Iterable[ImageId], column: str, text: str) -> None:
        """Write a value for some images, and then show it; empty: none.

        Raises
        ------
        StorageError
            If it cannot be written; the session stays as it was then.
        """
        self.replace(self.session.image_info.set(images, column, text))

    def add_column(self, name: str) -> None:
        """Offer one more column.

        Raises
        ------
        DataError
            If the name is empty or taken.
        """
        self.session.image_info = self.session.image_info.with_column(name)

    def merge(
        self, found: Mapping[str, Mapping[str, str]], images: Sequence[ImageId]
    ) -> list[str]:
        """Take over what a table says of `images`, and return who is not among them.

        Parameters
        ----------
        found : mapping of str to mapping of str to str
            Values by column, for each name of an image: see `match_names`.
        images : sequence of ImageId
            Images that were opened.

        Raises
        ------
        DataError
            If it cannot be told which image a name is.
        StorageError
            If it cannot be written.
        """
        info = self.session.image_info
        names = match_names(found, [roi_id for roi_id, _ in images])
        for image in images:
            values = found.get(names.get(image[0], ""), {})
            info = info.with_image(image, {**info.of(image), **values})
        self.replace(info)
        return [name for name in found if name not in names.values()]

    def replace(self, new: ImageInfo) -> None:
        """Write what differs in `new`, and then show it.

        Raises
        ------
        StorageError
            If it cannot be written; the session stays as it was then.
        """
        before = self.session.image_info
        changed: dict[Path, dict[str, Mapping[str, str]]] = {}
        for image, (path, entry) in self._places.items():
            if new.of(image) != before.of(image):
                changed.setdefault(path, {})[entry] = new.of(image)
        for path, images in changed.items():
            write_image_info(path, images, new.columns)
        self.session.image_info = new

    def inform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table of the cells that are shown with what is known of them."""
        if not self._shown:
            return table
        info = self.session.image_info
        known = {image[0]: info.of(image) for image in self._shown}
        used = {name for values in known.values() for name in values}
        gone = [n for n in info.columns if n in table and n not in used]
        columns = [name for name in info.columns if name in used]
        return add_info(table.drop(columns=gone) if gone else table, known, columns)

    def _on_crops(self, crops: Crops | None) -> None:
        source = self.session.source
        if source is None or crops is None:
            return
        key, file = image_key(source), image_file(source)
        self._shown = tuple((str(n), key) for n in crops.table["roi_id"].unique())
        self.open(dict.fromkeys(self._shown, file))

    def _on_info(self, info: ImageInfo) -> None:
        session = self.session
        session.images = tuple(
            replace(known, info=info.of_key(known.key)) for known in session.images
        )
        if session.table is not None:
            new = self.inform(session.table)
            if new is not session.table:
                session.table = new


_KEEPERS: WeakKeyDictionary[Session, InfoKeeper] = WeakKeyDictionary()


def keeper_of(session: Session) -> InfoKeeper:
    """Return who keeps what is known of the images of `session`."""
    if session not in _KEEPERS:
        _KEEPERS[session] = InfoKeeper(session)
    return _KEEPERS[session]


def inform(session: Session, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of cells that `session` gets with what is known of their images.

    That is nothing if nobody keeps it, as in a session without a viewer.
    """
    keeper = _KEEPERS.get(session)
    return table if keeper is None else keeper.inform(table)


def _place_of(image: ImageId, file: Path | None) -> tuple[Path, str]:
    """Return the file that tells of an image, and what the image is called there."""
    path = image_info_file(file)
    own = path == image_info_of_user()
    return path, "#".join(image) if own else image[0]


def _read(path: Path) -> ImageInfoFile:
    try:
        return read_image_info(path)
    except StorageError as error:
        aside = put_aside(path, "damaged")
        show_warning(f"{error} It is kept as {aside.name}; you start anew.")
        return ImageInfoFile()


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
