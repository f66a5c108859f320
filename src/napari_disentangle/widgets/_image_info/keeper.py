"""What is known of the images of a session: read with them, written before shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from napari_disentangle.annotations.image_info import CONDITION, add_info
from napari_disentangle.annotations.image_names import match_names
from napari_disentangle.annotations.info_blocks import fill_fields, paste_block
from napari_disentangle.annotations.info_steps import Filled, InfoSteps, Renamed
from napari_disentangle.errors import DataError
from napari_disentangle.widgets._image_info.files import InfoFiles
from napari_disentangle.widgets._layers.identity import image_file, image_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.annotations.image_info import ImageId, ImageInfo
    from napari_disentangle.annotations.info_steps import InfoStep
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._session import Session


class InfoKeeper:
    """Reads and changes `session.image_info`, and keeps it beside the images.

    All that changes it raises a `StorageError` if it cannot be written; the session
    stays as it was then.

    Parameters
    ----------
    session : Session
        Held weakly; its tables and images follow.
    """

    def __init__(self, session: Session) -> None:
        self._known_session = ref(session)
        self._files = InfoFiles()
        self._steps = InfoSteps()
        self._shown: tuple[ImageId, ...] = ()
        self._columns = set(session.image_info.columns)
        session.events.crops.connect(self._on_crops)
        session.events.image_info.connect(self._on_info)

    @property
    def session(self) -> Session:
        """Whose images these are."""
        session = self._known_session()
        if session is None:
            raise DataError("The viewer of these images was closed.")
        return session

    @property
    def undoable(self) -> str:
        """What undo would take back, empty if nothing."""
        return self._steps.past[-1].what if self._steps.past else ""

    @property
    def redoable(self) -> str:
        """What redo would do again, empty if nothing."""
        return self._steps.future[-1].what if self._steps.future else ""

    def images(self) -> list[ImageId]:
        """Return the images with cells, and those whose cells are cut."""
        keys = {known.key for known in self.session.images}
        return [i for i in self._files if i[1] in keys or i in self._shown]

    def open(self, images: Mapping[ImageId, Path | None]) -> None:
        """Read what is known of images that were not opened before, by their file.

        A damaged file is kept aside and told.
        """
        self.session.image_info = self._files.read(images, self.session.image_info)

    # Changes -------------------------------------------------------------------------

    def fill(self, fields: Collection[tuple[ImageId, str]], text: str) -> None:
        """Write a text into each of some fields (image, column); empty: none."""
        what = f"{text.strip() or 'nothing'} in {len(fields)} fields"
        self._do(fill_fields(self.session.image_info, fields, text), what)

    def paste(
        self,
        block: Sequence[Sequence[str]],
        images: Sequence[ImageId],
        columns: Sequence[str],
    ) -> int:
        """Write a block into fields and return how many did not fit: `paste_block`."""
        new, left = paste_block(self.session.image_info, block, images, columns)
        self._do(new, f"paste of {sum(map(len, block)) - left} fields")
        return left

    def add_column(self, name: str) -> None:
        """Offer one more column.

        Raises
        ------
        DataError
            If the name is empty or taken.
        """
        new = self.session.image_info.with_column(name)
        self._do(new, f"new column {new.columns[-1]}")

    def rename_column(self, old: str, name: str) -> None:
        """Give a column another name, in all images of the files that are open.

        Raises
        ------
        DataError
            If the name is empty or taken, or the column keeps its own.
        """
        if old == CONDITION:
            raise DataError(
                f"{CONDITION!r} is what is studied and keeps its name; every other "
                "column is looked at for batch effects. Add a column instead."
            )
        place = self.session.image_info.columns.index(old)
        new = self.session.image_info.renamed(old, name).columns[place]
        self._go(Renamed(old, new))

    def remove_column(self, name: str) -> int:
        """Take a column away; return how many images not open here keep it."""
        new = self.session.image_info.without_column(name)
        self._do(new, f"removal of column {name}")
        return self._files.n_elsewhere(name)

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
        """
        info = self.session.image_info
        names = match_names(found, [roi_id for roi_id, _ in images])
        for image in images:
            values = found.get(names.get(image[0], ""), {})
            info = info.with_image(image, {**info.of(image), **values})
        self._do(info, f"table of {len(names)} images")
        return [name for name in found if name not in names.values()]

    def undo(self) -> None:
        """Take the last step back, on the disk as well."""
        if self._steps.past:
            self._show(self._steps.past[-1].back)
            self._steps = self._steps.undone()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._steps.future:
            self._show(self._steps.future[-1])
            self._steps = self._steps.redone()

    def inform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table of the cells that are shown with what is known of them."""
        if not self._shown:
            return table
        info = self.session.image_info
        known = {image[0]: info.of(image) for image in self._shown}
        used = {name for values in known.values() for name in values}
        gone = [name for name in self._columns - used if name in table]
        columns = [name for name in info.columns if name in used]
        return add_info(table.drop(columns=gone) if gone else table, known, columns)

    def _do(self, new: ImageInfo, what: str) -> None:
        """Write what differs in `new`, and then show it."""
        before = self.session.image_info
        if new != before:
            self._go(Filled.between(before, new, what))

    def _go(self, step: InfoStep) -> None:
        self._show(step)
        self._steps = self._steps.done(step)

    def _show(self, step: InfoStep) -> None:
        before = self.session.image_info
        after = step.on(before)
        self._files.write(before, after, step.names)
        self.session.image_info = after

    def _on_crops(self, crops: Crops | None) -> None:
        source = self.session.source
        if source is None or crops is None:
            return
        key, file = image_key(source), image_file(source)
        self._shown = tuple((str(n), key) for n in crops.table["roi_id"].unique())
        self.open(dict.fromkeys(self._shown, file))

    def _on_info(self, info: ImageInfo) -> None:
        session = self.session
        self._columns |= set(info.columns)
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
