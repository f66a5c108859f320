"""Blocks of fields of the table about images, as spreadsheets copy and paste them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from napari_disentangle.annotations.image_info import ImageId, ImageInfo


def read_block(text: str) -> list[list[str]]:
    """Return the fields of a block, row by row; tabs part columns.

    Spreadsheets quote a field that holds a tab, a line break or a quote; other texts
    with quotes are taken as they are. Each run of white space becomes one space.
    """
    lines = text.rstrip("\r\n")
    try:
        found = list(csv.reader(io.StringIO(lines), "excel-tab", strict=True))
    except csv.Error:
        found = [line.split("\t") for line in lines.splitlines()]
    return [[" ".join(field.split()) for field in row or [""]] for row in found or [[]]]


def write_block(
    info: ImageInfo, images: Sequence[ImageId], columns: Sequence[str]
) -> str:
    """Return what is known of `images` in `columns` as a block for a spreadsheet."""
    text = io.StringIO()
    rows = ([info.of(image).get(c, "") for c in columns] for image in images)
    csv.writer(text, "excel-tab", lineterminator="\n").writerows(rows)
    return text.getvalue().removesuffix("\n")


def paste_block(
    info: ImageInfo,
    block: Sequence[Sequence[str]],
    images: Sequence[ImageId],
    columns: Sequence[str],
) -> tuple[ImageInfo, int]:
    """Return the value with a block written into it, and how many fields did not fit.

    Parameters
    ----------
    info : ImageInfo
        What is known.
    block : sequence of sequence of str
        Fields, row by row; an empty one empties its field.
    images, columns : sequence
        Those from the first field of the block on.
    """
    for image, row in zip(images, block, strict=False):
        values = dict(zip(columns, row, strict=False))
        info = info.with_image(image, {**info.of(image), **values})
    fitting = sum(len(row[: len(columns)]) for row in block[: len(images)])
    return info, sum(map(len, block)) - fitting


def fill_fields(
    info: ImageInfo, fields: Iterable[tuple[ImageId, str]], text: str
) -> ImageInfo:
    """Return the value with `text` in each of some fields (image, column)."""
    for image, column in fields:
        info = info.set([image], column, text)
    return info
