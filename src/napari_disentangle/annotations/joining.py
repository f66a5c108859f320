"""What two windows changed in the same annotations, put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from napari_disentangle.annotations.marks import Mark, Marks
    from napari_disentangle.annotations.values import Annotations, CellClass

    Change = tuple[str, tuple[int, int], str, Mark | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of annotations elsewhere.

    Attributes
    ----------
    before, classes : tuple of CellClass
        The classes there were, and those there are.
    images, excluded : tuple of (roi_id, (frame, label), name before, mark or None)
        The cells whose class, or reason to be excluded, came, went or is another.
    """

    before: tuple[CellClass, ...]
    classes: tuple[CellClass, ...]
    images: tuple[Change, ...]
    excluded: tuple[Change, ...]

    @classmethod
    def between(cls, before: Annotations, after: Annotations) -> Changes:
        """Return what is new in `after`."""
        return cls(
            before.classes,
            after.classes,
            tuple(_changes(before.images, after.images)),
            tuple(_changes(before.excluded, after.excluded)),
        )

    @property
    def n_cells(self) -> int:
        """The number of cells that changed."""
        changes = (*self.images, *self.excluded)
        return len({(roi_id, key) for roi_id, key, *_ in changes})

    def on(self, mine: Annotations) -> Annotations:
        """Return `mine` with these changes; a cell that it changed, too, stays.

        Classes are never taken away, since others may not know them; a new color or
        key of a class is taken over if it was not changed here.
        """
        return replace(
            self._classes_on(mine),
            images=_with(self.images, mine.images),
            excluded=_with(self.excluded, mine.excluded),
        )

    def _classes_on(self, mine: Annotations) -> Annotations:
        before = {known.name: known for known in self.before}
        own = {known.name: known for known in mine.classes}
        for new in self.classes:
            held = own.get(new.name)
            if held is None:
                mine = mine.with_class(replace(new, key=mine.free_key(new.key)))
            elif held == before.get(new.name) != new:
                taken = {c.key for c in mine.classes if c.name != new.name}
                key = held.key if new.key in taken else new.key
                mine = mine.change_class(new.name, replace(new, key=key))
        return mine


def _with(changes: Sequence[Change], mine: Mapping[str, Marks]) -> dict[str, Marks]:
    """Return `mine` with the changes of cells that it has as they were."""
    found, copied = dict(mine), set()
    for roi_id, key, before, mark in changes:
        if _name(found.get(roi_id, {}).get(key)) != before:
            continue
        if roi_id not in copied:
            found[roi_id] = dict(found.get(roi_id, {}))
            copied.add(roi_id)
        if mark is None:
            found[roi_id].pop(key)
        else:
            found[roi_id][key] = mark
    return found


def _changes(
    before: Mapping[str, Marks], after: Mapping[str, Marks]
) -> Iterator[Change]:
    """Yield where the names differ; positions are rounded in files."""
    for roi_id in sorted(before.keys() | after.keys()):
        old, new = before.get(roi_id, {}), after.get(roi_id, {})
        for key in old.keys() | new.keys():
            if _name(old.get(key)) != _name(new.get(key)):
                yield roi_id, key, _name(old.get(key)), new.get(key)


def _name(mark: Mark | None) -> str:
    return "" if mark is None else mark.name
