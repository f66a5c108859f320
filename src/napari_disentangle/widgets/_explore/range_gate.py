"""The range drawn in a histogram, which goes on when other cells are shown."""

from __future__ import annotations


class RangeGate:
    """Remembers a range of one column, as long as it alone is the gate.

    Attributes
    ----------
    is_due : bool
        Whether other cells came that it was not applied to.
    """

    def __init__(self) -> None:
        self.is_due = False
        self._column = ""
        self._limits: tuple[float, float] | None = None

    def keep(self, column: str, low: float, high: float, how: str) -> None:
        """Remember a range that was drawn or moved, unless it was added to others."""
        if how == "replace" or (how == "adjust" and self._limits is not None):
            self._column, self._limits = column, (low, high)
        else:
            self.forget()

    def forget(self) -> None:
        """Remember no range."""
        self._limits = None

    def take_due(self, column: str) -> tuple[float, float] | None:
        """Return once the range of a column that is due, else None."""
        due, self.is_due = self.is_due, False
        return self.of(column) if due else None

    def of(self, column: str) -> tuple[float, float] | None:
        """Return the range of a column, None if there is none."""
        return self._limits if column == self._column else None
