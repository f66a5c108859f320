"""Boxes, points and classes from files: VOC XML, CSV, and plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from napari_disentangle.crops.regions import BOX
from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_VOC = {"y0": "ymin", "x0": "xmin", "y1": "ymax", "x1": "xmax"}

_NAMES = {
    "y": ("y", "pos_y", "axis-0", "row"),
    "x": ("x", "pos_x", "axis-1", "column", "col"),
    "id": ("label", "index", "id", "image id", "image", "file", "filename", "name"),
    "annotation": ("annotation", "class", "class label", "type", "category"),
}
"""Names of columns that are understood, in lower case; the first that is there wins."""


def is_voc(path: Path) -> bool:
    """Return whether a file is the XML of an annotation, whole or damaged."""
    return b"<annotation" in path.read_bytes()[:1024]


def read_voc(path: Path) -> pd.DataFrame:
    """Read the boxes of one image from a Pascal VOC file.

    Returns
    -------
    pandas.DataFrame
        One row a box, in the order of the file: `y0`, `x0`, `y1`, `x1` (pixels, as
        `plan_boxes` takes them) and `annotation`, the object's name.

    Raises
    ------
    StorageError
        If the file is missing or no XML.
    DataError
        If an object has no box or no name.
    """
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except OSError as error:
        raise StorageError(f"Boxes {path} cannot be read: {error.strerror}.") from error
    except ElementTree.ParseError as error:
        raise StorageError(f"Boxes {path} are not XML: {error}.") from error
    rows = []
    for number, found in enumerate(root.iter("object"), start=1):
        sides = [found.findtext(f"bndbox/{name}") for name in _VOC.values()]
        name = (found.findtext("name") or "").strip()
        try:
            rows.append((*(float(side or "") for side in sides), name or None))
        except ValueError as error:
            raise DataError(
                f"Object {number} in {path} has no box; each needs a bndbox with "
                "xmin, ymin, xmax and ymax."
            ) from error
    return pd.DataFrame(rows, columns=[*BOX, "annotation"])


def read_points(path: Path) -> pd.DataFrame:
    """Read points from a CSV file with named columns, or from text ``x y class``.

    Returns
    -------
    pandas.DataFrame
        One row a point, in the order of the file: `y`, `x` (pixels) and `annotation`,
        missing where the file gives no class.

    Raises
    ------
    StorageError
        If the file is missing, empty or not text.
    DataError
        If there are no coordinates.
    """
    lines = _read_lines(path)
    if _is_number(re.split(r"[\s,;]+", lines[0])[0]):
        return _points_of_text(lines, path)
    table = read_text_table(path)
    y, x = (_find(table, name) for name in ("y", "x"))
    if y is None or x is None:
        raise DataError(
            f"Points {path} need columns y and x; got {', '.join(map(str, table))}."
        )
    points = pd.DataFrame({"y": table[y], "x": table[x]})
    numbers: pd.DataFrame = points.apply(pd.to_numeric, errors="coerce")
    if numbers.isna().to_numpy().any():
        row = int(np.argmax(numbers.isna().to_numpy().any(1)))
        raise DataError(f"Row {row + 1} of points {path} has no number for y or x.")
    classes = _find(table, "annotation")
    annotation = None if classes is None else table[classes]
    numbers["annotation"] = annotation
    return numbers


def read_classes(path: Path) -> pd.Series[str]:
    """Read the class of each cell or image from a CSV file.

    The id is in a column `label`, `index`, `id`, `image` or `file`, or in the first;
    the class in `annotation`, `class` or `type`, or in the second.

    Returns
    -------
    Series of str
        Classes, named `annotation`; the index holds the ids as text.

    Raises
    ------
    StorageError
        If the file is missing, empty or not text.
    DataError
        If it has only one column, or an id twice.
    """
    table = read_text_table(path)
    if table.shape[1] < 2:
        raise DataError(f"Classes {path} need two columns: an id and its class.")
    ids = table[_find(table, "id") or table.columns[0]].astype(str).str.strip()
    classes = table[_find(table, "annotation") or table.columns[1]]
    if ids.duplicated().any():
        twice = ids[ids.duplicated()].iloc[0]
        raise DataError(f"Classes {path} give {twice} twice; keep one row an id.")
    return pd.Series(classes.to_numpy(), index=ids.to_numpy(), name="annotation")


def read_text_table(path: Path) -> pd.DataFrame:
    """Return a table as text; fields are parted by commas, semicolons or tabs.

    Raises
    ------
    StorageError
        If the file is missing, empty or not such a table.
    """
    header = _read_lines(path)[0]
    try:
        return pd.read_csv(
            path,
            sep=max(",;\t", key=header.count),
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
        )
    except ValueError as error:  # ParserError
        raise StorageError(f"{path} is not a table of comma-separated values.") from (
            error
        )


def _points_of_text(lines: Iterable[str], path: Path) -> pd.DataFrame:
    rows = []
    for number, line in enumerate(lines, start=1):
        x, y, *name = re.split(r"[\s,;]+", line.strip(), maxsplit=2) + [""] * 2
        if not (_is_number(x) and _is_number(y)):
            raise DataError(
                f"Line {number} of points {path} is not x y class: {line.strip()!r}."
            )
        rows.append((float(y), float(x), name[0] or None))
    return pd.DataFrame(rows, columns=["y", "x", "annotation"])


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StorageError(f"{path} is not a text file in UTF-8.") from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise StorageError(f"{path} is empty; export it again.")
    return lines


def _find(table: pd.DataFrame, meaning: str) -> str | None:
    columns = {str(name).strip().lower(): str(name) for name in table}
    known = [columns[name] for name in _NAMES[meaning] if name in columns]
    return known[0] if known else None


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
