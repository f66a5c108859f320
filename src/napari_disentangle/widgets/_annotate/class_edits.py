"""Classes added, renamed, colored and removed; each is a change that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.values import CellClass

if TYPE_CHECKING:
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.widgets._book import Book
    from napari_disentangle.widgets._classes import ClassTable


class ClassEdits:
    """Changes which classes there are.

    Parameters
    ----------
    book : Book
        The classes.
    table : ClassTable
        Where they are shown, and one is the current one.
    """

    def __init__(self, book: Book, table: ClassTable) -> None:
        self._book = book
        self._table = table

    def add(self, name: str = "", color: str = "", key: int = 0) -> None:
        """Add a class; what is not given is chosen.

        Raises
        ------
        DataError
            If the name or the key is taken.
        StorageError
            If it cannot be saved.
        """
        value = self._book.value
        new = CellClass(
            name or _free_name(value),
            color or value.free_color(),
            key or value.free_key(),
        )
        self._book.apply(value.with_class(new), f"class {new.name}")
        self._table.choose(new.name)

    def ask(self) -> None:
        """Add a class whose name is typed next."""
        self.add()
        self._table.rename(self._table.current())

    def remove(self, name: str = "") -> None:
        """Remove a class, by default the current one; its cells have none then."""
        name = name or self._table.current()
        value = self._book.value.without_class(name)
        self._book.apply(value, f"removal of {name}")

    def change(self, name: str, new: CellClass) -> None:
        """Replace a class; its cells follow a new name.

        Raises
        ------
        DataError
            If the name or the key is taken.
        """
        try:
            value = self._book.value.change_class(name, new)
            self._book.apply(value, f"change of {name}")
        finally:  # also a refused edit leaves the table
            self._table.show_classes(self._book.value)


def _free_name(value: Annotations) -> str:
    taken = {known.name for known in value.classes}
    number = len(taken) + 1
    while f"class {number}" in taken:
        number += 1
    return f"class {number}"
