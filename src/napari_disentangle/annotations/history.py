"""Undo and redo as a stack of immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

V = TypeVar("V")

DEPTH = 100
"""So many steps can be undone."""


@dataclass(frozen=True, slots=True)
class Step(Generic[V]):
    """A value, and in a few words what led to it ("12 cells as lymphocyte")."""

    value: V
    what: str = ""


@dataclass(frozen=True, slots=True)
class History(Generic[V]):
    """A present value with the steps before and after it.

    Attributes
    ----------
    present : Step
        The current value.
    past, future : tuple of Step
        What undo and redo return to, the next one last.
    """

    present: Step[V]
    past: tuple[Step[V], ...] = ()
    future: tuple[Step[V], ...] = ()

    def push(self, value: V, what: str) -> History[V]:
        """Return the history with a new present; what was undone is forgotten."""
        return History(Step(value, what), (*self.past, self.present)[-DEPTH:])

    def map(self, change: Callable[[V], V]) -> History[V]:
        """Return the same steps with each value changed alike."""
        past, future = (
            tuple(Step(change(step.value), step.what) for step in steps)
            for steps in (self.past, self.future)
        )
        return History(
            Step(change(self.present.value), self.present.what), past, future
        )

    def undo(self) -> History[V]:
        """Return the history one step back, or this one at its beginning."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redo(self) -> History[V]:
        """Return the history one step ahead, or this one at its end."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
