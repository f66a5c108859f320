"""Undo and redo of what is said of images.

Images are opened between two steps and closed between two others, so a step holds no
whole value: it knows what it changed, and takes that back in the value there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from napari_disentangle.annotations.history import DEPTH
from napari_disentangle.annotations.image_info import ImageInfo

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Filled:
    """A step that changed values or columns.

    Attributes
    ----------
    what : str
        In a few words: ``day of 3 images``.
    before, after : ImageInfo
        All columns, and what was said of the images that changed.
    """

    what: str
    before: ImageInfo
    after: ImageInfo

    @classmethod
    def between(cls, before: ImageInfo, after: ImageInfo, what: str) -> Filled:
        """Return the step from one value to another."""
        images = [i for i in after.rows if after.of(i) != before.of(i)]
        one, other = (
            ImageInfo(info.columns, {i: info.of(i) for i in images})
            for info in (before, after)
        )
        return cls(what, one, other)

    @property
    def back(self) -> Filled:
        """The step that takes it back."""
        return Filled(self.what, self.after, self.before)

    @property
    def names(self) -> Mapping[str, str]:
        """New names of columns, by their old ones."""
        return {}

    def on(self, info: ImageInfo) -> ImageInfo:
        """Return `info` after the step."""
        known = {*self.before.columns, *self.after.columns}
        later = (column for column in info.columns if column not in known)
        columns = (*self.after.columns, *later)
        return ImageInfo(columns, {**info.rows, **self.after.rows})


@dataclass(frozen=True, slots=True)
class Renamed:
    """A step that gave a column another name, in all images."""

    old: str
    new: str

    @property
    def what(self) -> str:
        """In a few words what was done."""
        return f"name of {self.new}"

    @property
    def back(self) -> Renamed:
        """The step that takes it back."""
        return Renamed(self.new, self.old)

    @property
    def names(self) -> Mapping[str, str]:
        """New names of columns, by their old ones."""
        return {self.old: self.new}

    def on(self, info: ImageInfo) -> ImageInfo:
        """Return `info` after the step.

        Raises
        ------
        DataError
            If the new name is empty or taken.
        """
        return info.renamed(self.old, self.new)


InfoStep: TypeAlias = "Filled | Renamed"


@dataclass(frozen=True, slots=True)
class InfoSteps:
    """What was done, and what was taken back, the last one last."""

    past: tuple[InfoStep, ...] = ()
    future: tuple[InfoStep, ...] = ()

    def done(self, step: InfoStep) -> InfoSteps:
        """Return these with one more step; what was taken back is forgotten."""
        return InfoSteps((*self.past, step)[-DEPTH:])

    def undone(self) -> InfoSteps:
        """Return these with the last step taken back."""
        return InfoSteps(self.past[:-1], (*self.future, self.past[-1]))

    def redone(self) -> InfoSteps:
        """Return these with the step done again that was taken back last."""
        return InfoSteps((*self.past, self.future[-1]), self.future[:-1])
