"""A class given to the chosen cells, and what is chosen after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError
from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from napari_disentangle.widgets._annotate.showing import Showing
    from napari_disentangle.widgets._annotate.target import Target
    from napari_disentangle.widgets._book import Book
    from napari_disentangle.widgets._picks import PickGallery


class Assigning:
    """Gives cells a class, or takes it away; each is a change that can be undone.

    Parameters
    ----------
    book : Book
        The classes.
    target : Target
        The chosen cells.
    picks : PickGallery
        Where the next crop is chosen when one was dealt with.
    showing : Showing
        Colors the cells by class, unless the user wants none of it.
    go_to : callable
        Moves the camera to the cell of a row of the crops.
    """

    def __init__(
        self,
        book: Book,
        target: Target,
        picks: PickGallery,
        showing: Showing,
        go_to: Callable[[int], object],
    ) -> None:
        self._book = book
        self._target = target
        self._picks = picks
        self._showing = showing
        self._go_to = go_to

    def give(self, name: str) -> None:
        """Give the chosen cells class `name`; empty: none.

        Raises
        ------
        DataError
            If no cells are chosen or there is no such class.
        StorageError
            If it cannot be saved; the cells stay as they were.
        """
        cells = self._target.cells()
        if cells.empty:
            raise DataError(
                "No cells with a crop are chosen; click one in the image, choose crops "
                "in the gallery, or cells in Explore."
            )
        self.give_to(cells, name)
        self.go_on(cells)

    def give_to(self, cells: pd.DataFrame, name: str) -> None:
        """Give `cells`, rows with their key, class `name`; empty: none.

        Raises
        ------
        DataError, StorageError
            As `give`.
        """
        value = self._book.value
        n = cells_text(len(cells))
        if name:
            self._book.apply(value.set(cells, name), f"{n} as {name}")
        else:
            self._book.apply(value.clear(cells), f"{n} without a class")
        self._showing.color()

    def go_on(self, cells: pd.DataFrame) -> None:
        """Choose the next crop if one crop of the gallery was dealt with."""
        if self._target.kind == "gallery" and len(cells) == 1:
            following = self._picks.pick_next()
            if following >= 0:
                self._go_to(following)
