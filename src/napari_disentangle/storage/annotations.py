"""Annotations as one JSON file an image, or an opened folder, beside the data.

A file is written whole or not at all. A damaged one is kept aside under another name,
so nothing is ever written over what could still be read by hand.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from napari_disentangle.annotations.marks import Mark, Marks
from napari_disentangle.annotations.values import LAST_KEY, Annotations, CellClass
from napari_disentangle.config import Config, read_config
from napari_disentangle.errors import ConfigError, StorageError
from napari_disentangle.storage.atomic import ensure_folder, write_atomic
from napari_disentangle.storage.layout import annotations_beside, annotations_of_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_COLUMNS = ("roi_id", "frame", "label", "annotation", "pos_y", "pos_x", "pos_z")

Row = (
    tuple[str, int, int, str, float | None, float | None]
    | tuple[str, int, int, str, float | None, float | None, float]
)
"""The plane is told in z-stacks only."""


class ClassEntry(Config):
    """A class in an annotation file."""

    name: str = Field(min_length=1, description="Name of the class")
    color: str = Field(pattern="^#[0-9a-fA-F]{6}$", description="#rrggbb")
    key: int = Field(0, ge=0, le=LAST_KEY, description="Number key, 0 for none")


class AnnotationFile(Config):
    """What an annotation file holds."""

    format: Literal[1] = Field(1, description="Version of this format")
    classes: tuple[ClassEntry, ...] = Field(description="Classes in the order shown")
    columns: tuple[str, ...] = Field(_COLUMNS, description="Names of what a cell has")
    cells: tuple[Row, ...] = Field(description="Annotated cells; positions in pixels")
    excluded: tuple[Row, ...] = Field(
        (), description="Excluded cells, with the reason in place of the class"
    )


def annotation_file(image: Path | None, name: str, fingerprint: str) -> Path:
    """Return where the annotations of an image are kept.

    Parameters
    ----------
    image : Path or None
        The image file or opened folder. None, or one whose folder cannot be written:
        the file is in the user's own folder.
    name : str
        Name of the image.
    fingerprint : str
        Tells images of the same name apart where there is no path.
    """
    own = annotations_of_user(f"{name}-{fingerprint}")
    if image is None or own.exists():
        return own
    beside = annotations_beside(image)
    try:
        ensure_folder(beside.parent)
    except StorageError:
        return own
    return beside


def find_annotations(data: Path) -> Path:
    """Return the file with the annotations of an image file, or of a folder.

    It is where `annotation_file` has put it; if there is none yet, neither is the file.
    """
    seen = "folder" if data.is_dir() else ""
    data = data.absolute()
    own = annotations_of_user(f"{data.name}-{seen}")
    return own if own.exists() else annotations_beside(data)


def write_annotations(annotations: Annotations, path: Path) -> None:
    """Write classes and cells to `path`, whole or not at all.

    Raises
    ------
    StorageError
        If the folder cannot be written or the disk is full.
    """
    ensure_folder(path.parent)
    classes = [
        {"name": c.name, "color": c.color, "key": c.key} for c in annotations.classes
    ]
    head = {"format": 1, "classes": classes, "columns": _COLUMNS}
    rows = ",\n".join(_rows_of(annotations.images))
    text = f'{json.dumps(head)[:-1]},\n"cells": [\n{rows}\n]'
    excluded = ",\n".join(_rows_of(annotations.excluded))
    if excluded:
        text += f',\n"excluded": [\n{excluded}\n]'
    text += "}\n"
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def read_annotations(path: Path) -> Annotations:
    """Return what `path` holds; nothing if there is no such file.

    Raises
    ------
    StorageError
        If the file is damaged, or a newer version wrote it.
    """
    if not path.exists():
        return Annotations()
    try:
        return _value_of(read_config(AnnotationFile, path))
    except (ConfigError, ValueError) as error:
        raise StorageError(
            f"The annotations in {path} cannot be read: {error}"
        ) from error


def put_aside(path: Path, why: str) -> Path:
    """Rename `path` so that nothing is written over it, and return its new name.

    Parameters
    ----------
    path : Path
        A file that is there.
    why : str
        A word for the new name: ``blood.png.damaged-20260102-030405.json``.
    """
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.stem}.{why}-{now}{path.suffix}")
    try:
        return path.rename(aside)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be kept aside ({error.strerror}); move it yourself first."
        ) from error


def _value_of(found: AnnotationFile) -> Annotations:
    classes = tuple(CellClass(c.name, c.color.lower(), c.key) for c in found.classes)
    value = Annotations()
    for known in classes:
        value = value.with_class(known)
    names = {known.name for known in classes}
    for _, _, label, name, *_ in found.cells:
        if name not in names:
            raise ConfigError(f"cell {label} has the unknown class {name!r}.")
    return Annotations(value.classes, _marks(found.cells), _marks(found.excluded))


def _marks(rows: tuple[Row, ...]) -> dict[str, Marks]:
    images: dict[str, Marks] = {}
    for roi_id, frame, label, name, *place in rows:
        where = (math.nan if value is None else value for value in place)
        images.setdefault(roi_id, {})[frame, label] = Mark(name, *where)
    return images


def _rows_of(images: Mapping[str, Marks]) -> Iterator[str]:
    """Yield each cell as JSON; half the time of encoding row by row."""
    names: dict[str, str] = {}
    for roi_id, marks in sorted(images.items()):
        image = json.dumps(roi_id)
        for (frame, label), mark in sorted(marks.items()):
            place = f"{_number(mark.y)}, {_number(mark.x)}"
            if math.isfinite(mark.z):
                place += f", {_number(mark.z)}"
            if mark.name not in names:
                names[mark.name] = json.dumps(mark.name)
            yield f"[{image}, {frame}, {label}, {names[mark.name]}, {place}]"


def _number(value: float) -> str:
    return repr(round(value, 3)) if math.isfinite(value) else "null"
