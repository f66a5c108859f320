"""Rows of a table by what a user types: ``z_scale > 1 and area < 400``, or a word."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIGNS = "<>=!"


def filter_rows(table: pd.DataFrame, text: str) -> NDArray[np.bool_]:
    """Return which rows of `table` are meant by `text`, (N,) bool.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a cell.
    text : str
        A condition of columns and numbers or quoted words, with ``< <= > >= == !=``,
        ``and``, ``or``, ``not``, ``+ - * /`` and parentheses; a row without a value
        fulfills no comparison. Or a whole number: a label id. Or a word: part of any
        text in the row. Empty text means all rows.

    Raises
    ------
    DataError
        If the condition cannot be read or names an unknown column.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"label": [1, 5, 10], "z_scale": [0.1, 1.5, 2.0]})
    >>> filter_rows(cells, "z_scale > 1 and label != 10")
    array([False,  True, False])
    """
    text = text.strip()
    if not text:
        return np.ones(len(table), np.bool_)
    if not any(sign in text for sign in _SIGNS):
        return _with_word(table, text)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise DataError(
            f"Filter {text!r} cannot be read; write for instance: z_scale > 1 and "
            "area < 400."
        ) from error
    return _truth(table, tree)


def _with_word(table: pd.DataFrame, word: str) -> NDArray[np.bool_]:
    """Return rows with this label id, or with `word` in a text, in any case."""
    if word.isdigit():
        return np.asarray(table["label"].to_numpy() == int(word), np.bool_)
    found = np.zeros(len(table), np.bool_)
    for name in table.select_dtypes(["object", "string", "category"]).columns:
        values = table[name].astype("category").cat
        meant = [word.lower() in str(text).lower() for text in values.categories]
        codes = values.codes.to_numpy()
        found |= np.asarray([*meant, False])[codes]  # code -1 means no value
    return found


def _truth(table: pd.DataFrame, node: ast.expr) -> NDArray[np.bool_]:
    """Return the rows for which a condition holds."""
    if isinstance(node, ast.BoolOp):
        parts = [_truth(table, value) for value in node.values]
        both = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        return np.asarray(both.reduce(parts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~_truth(table, node.operand)
    if isinstance(node, ast.Compare):
        sides = [_value(table, side) for side in (node.left, *node.comparators)]
        held = np.ones(len(table), np.bool_)
        for left, sign, right in zip(sides[:-1], node.ops, sides[1:], strict=True):
            held &= _compare(left, sign, right)
        return held
    raise DataError(
        f"{ast.unparse(node)!r} is no condition; compare a column, as in z_scale > 1."
    )


def _compare(left: Any, sign: ast.cmpop, right: Any) -> NDArray[np.bool_]:
    if type(sign) not in _COMPARE:
        raise DataError("A filter compares with < <= > >= == or != only.")
    try:
        held = np.asarray(_COMPARE[type(sign)](left, right), np.bool_)
    except TypeError as error:
        raise DataError(
            "A text and a number cannot be compared; quote words, as in "
            "annotation == 'rbc'."
        ) from error
    return np.asarray(held & _known(left) & _known(right))


def _known(side: Any) -> NDArray[np.bool_]:
    return ~np.asarray(pd.isna(side), np.bool_)


def _value(table: pd.DataFrame, node: ast.expr) -> Any:
    """Return a column, a number, a word, or what arithmetic makes of them."""
    if isinstance(node, ast.Name):
        if node.id not in table:
            raise DataError(
                f"The table has no column {node.id!r}; its columns are shown in the "
                "heads of the table, and words are quoted."
            )
        return _column(table[node.id])
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(table, node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        sides = _number(table, node.left), _number(table, node.right)
        with np.errstate(all="ignore"):
            return _ARITHMETIC[type(node.op)](*sides)
    raise DataError(
        f"{ast.unparse(node)!r} cannot be used in a filter; use columns and numbers."
    )


def _number(table: pd.DataFrame, node: ast.expr) -> Any:
    value = _value(table, node)
    if np.asarray(value).dtype.kind not in "fiub":
        raise DataError(f"{ast.unparse(node)!r} is a text; only numbers can be added.")
    return np.float64(value) if isinstance(value, int) else value


def _column(series: pd.Series[Any]) -> NDArray[Any]:
    kind = series.dtype.kind
    if kind in "iufb":
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    return series.astype(object).to_numpy()
