"""The annotation files of a session: which image is in which, and who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_warning

from napari_disentangle.annotations.joining import Changes
from napari_disentangle.annotations.values import COLUMN, Annotations, from_column
from napari_disentangle.errors import StorageError
from napari_disentangle.storage.annotations import (
    put_aside,
    read_annotations,
    write_annotations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.annotations.history import History
    from napari_disentangle.annotations.refit import Refit

    Stamp = tuple[int, int, int]


class BookFiles:
    """Reads and writes the files, and notices what another window wrote meanwhile.

    Attributes
    ----------
    places : dict of str to Path
        File of each image, by ``roi_id``.
    """

    def __init__(self) -> None:
        self.places: dict[str, Path] = {}
        self._stamps: dict[Path, Stamp | None] = {}

    def read(self, path: Path, cells: pd.DataFrame, told: list[str]) -> Annotations:
        """Return what `path` holds; a damaged file is kept aside and told."""
        try:
            self._stamps[path] = _stamp(path)
            if path.exists():
                return read_annotations(path)
        except StorageError as error:
            told.append(_put_damaged_aside(path, error))
        return from_column(cells) if COLUMN in cells else Annotations()

    def write_one(self, value: Annotations, path: Path) -> None:
        """Write all of `value` into `path`.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        write_annotations(value, path)
        self._stamps[path] = _stamp(path)

    def write(self, before: Annotations, after: Annotations) -> None:
        """Write the files whose images or classes differ in `after`.

        Raises
        ------
        StorageError
            If one cannot be written.
        """
        for path, roi_ids in self._to_write(before, after):
            self.write_one(after.only(roi_ids), path)

    def with_others(
        self,
        before: Annotations,
        history: History[Annotations],
        fit: Callable[[Annotations], Refit],
    ) -> History[Annotations]:
        """Return `history` with what other windows wrote into the files it changes.

        It is in all steps, so that none of them takes it back, and it is told.

        Parameters
        ----------
        before : Annotations
            What the files were known to say.
        history : History
            Its present is to be written.
        fit : callable
            Puts what another window wrote on the cells here, which it may number
            otherwise.
        """
        n = 0
        for path, roi_ids in self._to_write(before, history.present.value):
            if path not in self._stamps or self._stamps[path] == _stamp(path):
                continue
            theirs = _read_theirs(path)
            if theirs is not None:
                theirs = _on_cells_here(fit(theirs), before.only(roi_ids), path)
                new = Changes.between(before.only(roi_ids), theirs)
                history, n = history.map(new.on), n + new.n_cells
        if n:
            show_warning(
                f"{n} {'cell was' if n == 1 else 'cells were'} changed in another "
                "window meanwhile; its classes and yours are kept together."
            )
        return history

    def _to_write(
        self, before: Annotations, after: Annotations
    ) -> Iterable[tuple[Path, list[str]]]:
        """Return the files that differ, each with its images."""
        rois_of: dict[Path, list[str]] = {}
        for roi_id, path in self.places.items():
            rois_of.setdefault(path, []).append(roi_id)
        if before.classes != after.classes:
            return list(rois_of.items())
        held = (before.images, after.images), (before.excluded, after.excluded)
        return [
            (path, roi_ids)
            for path, roi_ids in rois_of.items()
            if any(a.get(roi) is not b.get(roi) for roi in roi_ids for a, b in held)
        ]


def _read_theirs(path: Path) -> Annotations | None:
    """Return what another window wrote, None if it is gone or damaged, kept aside."""
    try:
        return read_annotations(path) if path.exists() else None
    except StorageError as error:
        show_warning(_put_damaged_aside(path, error))
        return None


def _on_cells_here(fitted: Refit, before: Annotations, path: Path) -> Annotations:
    """Return what another window wrote, by the ids of the cells here.

    If it has other cells, what it lacks may only not be open there: that stays. What
    has no cell here is kept aside and told.
    """
    if fitted.lost:
        aside = put_aside(path, "before-other-cells")
        show_warning(
            f"Another window wrote classes meanwhile; {fitted.lost} of them found no "
            f"cell here: all of its classes are kept in {aside.name}."
        )
    theirs, others = fitted.annotations, fitted.moved or fitted.lost
    return theirs.merge(before) if others else theirs


def _put_damaged_aside(path: Path, error: StorageError) -> str:
    aside = put_aside(path, "damaged")
    return f"{error} It is kept as {aside.name}; you start anew."


def _stamp(path: Path) -> Stamp | None:
    """Return what changes whenever a file is written anew, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
