"""The annotations of a session: written before they are shown, read back with cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import ref

from napari_disentangle.annotations.exclusions import mark_excluded, same_exclusions
from napari_disentangle.annotations.history import History, Step
from napari_disentangle.annotations.refit import Refit
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.classify.columns import unpredicted
from napari_disentangle.crops.places import fitted_to
from napari_disentangle.crops.windows import WindowCrops
from napari_disentangle.storage.annotations import put_aside
from napari_disentangle.tables import included
from napari_disentangle.widgets._book_files import BookFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._session import Session


class Book:
    """Reads, changes and keeps the annotations of a session.

    The session's `annotations` change only after what changed was written, so whatever
    is on the screen survives a crash. What another window wrote meanwhile is joined.

    Parameters
    ----------
    session : Session
        Whose annotations these are; it is not held.
    """

    def __init__(self, session: Session) -> None:
        self._held = ref(session)
        self._files = BookFiles()
        known = session.annotations
        self._history = History(Step(Annotations() if known is None else known))

    @property
    def value(self) -> Annotations:
        """The present annotations."""
        return self._history.present.value

    @property
    def undoable(self) -> str:
        """What undo would take back, empty if nothing."""
        return self._history.present.what if self._history.past else ""

    @property
    def redoable(self) -> str:
        """What redo would do again, empty if nothing."""
        return self._history.future[-1].what if self._history.future else ""

    def open(self, crops: Crops, file_of: Callable[[str], Path]) -> list[str]:
        """Read the annotations of the images of `crops`, and put them on its cells.

        A cell without a crop this time, too small or at the border for the present
        options, keeps its class.

        Parameters
        ----------
        crops : Crops
            The present cells.
        file_of : callable
            Returns the file of an image, by ``roi_id``.

        Returns
        -------
        list of str
            A sentence for each thing the user should know.
        """
        cells = crops.table
        session = self._held()
        before = None if session is None else session.annotations
        if before is not None and before is not self.value:
            self._history = History(Step(before))
        told: list[str] = []
        rois_of: dict[Path, list[str]] = {}
        for roi_id in cells["roi_id"].unique():
            rois_of.setdefault(file_of(roi_id), []).append(roi_id)
        for path, roi_ids in rois_of.items():
            here = cells[cells["roi_id"].isin(roi_ids)]
            found = self._files.read(path, here, told)
            fitted = self._fit(found, path, here, crops, told)
            self._take_in(fitted, roi_ids, path)
            known = found.images.keys() | found.excluded.keys()
            places = self._files.places
            places |= dict.fromkeys(known - places.keys(), path)
        self._tell(self.value)
        return told

    def _take_in(self, read: Refit, roi_ids: list[str], path: Path) -> None:
        """Put what was read of images into the steps that can be undone.

        Steps stay what they were if the images are new, or the same with the same
        cells; else nothing can be undone any more.
        """

        def change(value: Annotations) -> Annotations:
            return value.without(roi_ids).merge(read.annotations)

        history, present = self._history, self._history.present
        files = {self._files.places.get(roi_id) for roi_id in roi_ids}
        if files == {None}:
            self._history = history.map(change)
        elif files == {path} and not (read.moved or read.lost):
            self._history = replace(
                history, present=Step(change(present.value), present.what)
            )
        else:
            self._history = History(Step(change(present.value)))
        self._files.places |= dict.fromkeys(roi_ids, path)

    def follow(self, cells: pd.DataFrame) -> None:
        """Take the positions of `cells`, which have the same ids as before, for theirs.

        This is no step that can be undone: their classes stay.

        Raises
        ------
        StorageError
            If they cannot be written.
        """
        self._show(self._history.map(lambda value: value.moved_to(cells)))

    def apply(self, value: Annotations, what: str) -> None:
        """Write `value` and then show it.

        Parameters
        ----------
        value : Annotations
            The new value.
        what : str
            What was done, for undo.

        Raises
        ------
        StorageError
            If it cannot be written; the session stays as it was then.
        """
        self._show(self._history.push(value, what))

    def undo(self) -> None:
        """Take the last step back, on the disk as well.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        self._show(self._history.undo())

    def redo(self) -> None:
        """Do again what was taken back.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        self._show(self._history.redo())

    def _show(self, history: History[Annotations]) -> None:
        history = self._files.with_others(self.value, history, self._on_marks)
        self._files.write(self.value, history.present.value)
        self._history = history
        self._tell(history.present.value)

    def _on_marks(self, theirs: Annotations) -> Refit:
        """Return what another window wrote on the points or boxes of this one.

        Labels have the same ids there, also if they were painted meanwhile.
        """
        session = self._held()
        crops = None if session is None else session.crops
        if isinstance(crops, WindowCrops):
            return fitted_to(theirs, crops)
        return Refit(theirs, 0, 0)

    def _tell(self, value: Annotations) -> None:
        """Show `value` in the session; no table may count what is excluded now."""
        session = self._held()
        if session is None:
            return
        session.annotations = value
        table = session.table
        if table is not None:
            marked = mark_excluded(table, value)
            if not same_exclusions(marked, table):
                session.table = unpredicted(marked, ~included(marked))

    def _fit(
        self,
        found: Annotations,
        path: Path,
        cells: pd.DataFrame,
        crops: Crops,
        told: list[str],
    ) -> Refit:
        """Return `found` on `cells`; what found no cell is kept aside and told."""
        fitted = fitted_to(found, crops, cells)
        if fitted.lost:
            aside = put_aside(path, "before-new-cells")
            told.append(
                f"{fitted.lost} of {found.n_marks} annotations in {path.name} found "
                f"no cell here; all are kept in {aside.name}."
            )
        if fitted.lost or fitted.moved:
            self._files.write_one(fitted.annotations, path)
        return fitted
