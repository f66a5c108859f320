"""Words for readers: titles of factors and columns, numbers of cells."""

from __future__ import annotations


def title_of(name: str) -> str:
    """Return the name of a factor or a measurement as a title.

    Examples
    --------
    >>> title_of("residual_1")
    'Residual 1'
    """
    return name.replace("_", " ").capitalize()


def cells_text(n: int) -> str:
    """Return a number of cells in words.

    Examples
    --------
    >>> cells_text(1), cells_text(3)
    ('1 cell', '3 cells')
    """
    return f"{n} {'cell' if n == 1 else 'cells'}"
