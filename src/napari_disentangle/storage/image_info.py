"""What is known of images, as one JSON file a folder of data, and from CSV files.

A file is read anew before it is written, and only the images that changed are replaced,
so that two windows on one folder do not undo each other.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from napari_disentangle.annotations.image_info import COLUMNS, column_name
from napari_disentangle.config import Config, read_config
from napari_disentangle.crops.annotation_files import read_text_table
from napari_disentangle.errors import ConfigError, DataError, StorageError
from napari_disentangle.storage.atomic import ensure_folder, write_atomic
from napari_disentangle.storage.layout import image_info_beside, image_info_of_user

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_IMAGE_NAMES = ("image", "roi_id", "file", "filename", "file name", "image name")


class ImageInfoFile(Config):
    """What a file about images holds."""

    format: Literal[1] = Field(1, description="Version of this format")
    columns: tuple[str, ...] = Field(COLUMNS, description="Columns, in the order shown")
    images: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Values by image and column"
    )


def image_info_file(image: Path | None) -> Path:
    """Return where what is known of an image, or of an opened folder, is kept.

    Parameters
    ----------
    image : Path or None
        The image file or opened folder. None, or one whose folder cannot be written:
        the file is in the user's own folder.
    """
    if image is None:
        return image_info_of_user()
    beside = image_info_beside(image)
    folder = beside.parent
    there = folder if folder.is_dir() else folder.parent
    return beside if os.access(there, os.W_OK) else image_info_of_user()


def read_image_info(path: Path) -> ImageInfoFile:
    """Return what `path` holds; nothing if there is no such file.

    Raises
    ------
    StorageError
        If the file is damaged, or a newer version wrote it.
    """
    if not path.exists():
        return ImageInfoFile()
    try:
        found = read_config(ImageInfoFile, path)
        for name in found.columns:
            if column_name(name) != name:
                raise ConfigError(f"column {name!r} is not written as in tables.")
    except (ConfigError, DataError) as error:
        raise StorageError(
            f"What is known of images in {path} cannot be read: {error}"
        ) from error
    return found


def write_image_info(
    path: Path,
    images: Mapping[str, Mapping[str, str]],
    columns: tuple[str, ...],
    names: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Replace what `path` says of some images; of others it keeps what it says.

    A column that is not among `columns` stays as long as other images have a value.

    Parameters
    ----------
    path : Path
        The file, made if need be.
    images : mapping of str to mapping of str to str
        New values by image and column.
    columns : tuple of str
        All columns, in the order shown.
    names : mapping of str to str
        New names of columns, by their old ones: also of the other images.

    Raises
    ------
    StorageError
        If it is damaged or cannot be written.
    """
    ensure_folder(path.parent)
    before = read_image_info(path).images
    kept = {
        image: {names.get(column, column): text for column, text in values.items()}
        for image, values in before.items()
    }
    every = kept | {name: dict(values) for name, values in images.items()}
    used = (column for values in every.values() for column in values)
    columns = tuple(dict.fromkeys((*columns, *used)))
    found = ImageInfoFile(columns=columns, images=every)
    with write_atomic(path) as part:
        part.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_info_table(path: Path) -> dict[str, dict[str, str]]:
    """Return what a CSV file says of images, by image and column.

    The image is in a column `image`, `roi_id`, `file` or `filename`, or in the first;
    every other column is a piece of information. Empty fields are unknown.

    Raises
    ------
    StorageError
        If the file is missing, empty or not text.
    DataError
        If it has no other column, an image twice, or a name that tables use already.
    """
    table = read_text_table(path)
    lower = {str(name).strip().lower(): str(name) for name in table}
    image = next((lower[n] for n in _IMAGE_NAMES if n in lower), str(table.columns[0]))
    names = {str(n): column_name(str(n)) for n in table if str(n) != image}
    if not names or len(set(names.values())) < len(names):
        raise DataError(
            f"{path} needs one column of images and others of different names, such as "
            f"slide and day; it has {', '.join(map(str, table))}."
        )
    known = table[table[image].notna()]
    images = known[image].str.strip()
    if images.duplicated().any():
        twice = images[images.duplicated()].iloc[0]
        raise DataError(f"{path} has image {twice!r} twice; keep one row an image.")
    return {
        str(row[image]).strip(): {
            column: str(row[name]).strip()
            for name, column in names.items()
            if isinstance(row[name], str)
        }
        for _, row in known.iterrows()
    }
