"""The files that tell of images, one a folder of data: read once, written together."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from napari.utils.notifications import show_warning

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.annotations import put_aside
from napari_disentangle.storage.image_info import (
    ImageInfoFile,
    image_info_file,
    read_image_info,
    write_image_info,
)
from napari_disentangle.storage.layout import image_info_of_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from napari_disentangle.annotations.image_info import ImageId, ImageInfo

    Entries: TypeAlias = dict[str, Mapping[str, str]]

_SAME: Mapping[str, str] = MappingProxyType({})


class InfoFiles:
    """Knows the file of each image that was opened, and what it is called there."""

    def __init__(self) -> None:
        self._places: dict[ImageId, tuple[Path, str]] = {}

    def __iter__(self) -> Iterator[ImageId]:
        return iter(self._places)

    def read(self, images: Mapping[ImageId, Path | None], info: ImageInfo) -> ImageInfo:
        """Return `info` with what is known of images that were not opened before.

        A damaged file is kept aside and told. The columns are those of the first file,
        then also those of others.
        """
        files: dict[Path, ImageInfoFile] = {}
        for image, file in images.items():
            if image in self._places:
                continue
            path, entry = _place_of(image, file)
            if path not in files:
                files[path] = _read(path)
                if path.exists():
                    first = () if not self._places else info.columns
                    info = replace(info, columns=_both(first, files[path].columns))
            self._places[image] = path, entry
            info = info.with_image(image, files[path].images.get(entry, {}))
        return info

    def write(
        self, before: ImageInfo, after: ImageInfo, names: Mapping[str, str] = _SAME
    ) -> None:
        """Write what differs in `after`: into all files, or none.

        Parameters
        ----------
        before, after : ImageInfo
            What the files say, and what they shall say.
        names : mapping of str to str
            New names of columns, by their old ones: in all images of these files.

        Raises
        ------
        StorageError
            If one cannot be written; the others get back what they said.
        """
        back = {new: old for old, new in names.items()}
        said, say = self._entries(before, after), self._entries(after, before)
        paths = self._to_write(before, after)
        for turn, path in enumerate(paths):
            try:
                write_image_info(path, say.get(path, {}), after.columns, names)
            except StorageError:
                for done in paths[:turn]:
                    write_image_info(done, said.get(done, {}), before.columns, back)
                raise

    def n_elsewhere(self, column: str) -> int:
        """Return how many images, not opened here, have a value in a column."""
        entries: dict[Path, set[str]] = {}
        for path, entry in self._places.values():
            entries.setdefault(path, set()).add(entry)
        return sum(
            column in values
            for path, own in entries.items()
            for name, values in read_image_info(path).images.items()
            if name not in own
        )

    def _to_write(self, before: ImageInfo, after: ImageInfo) -> list[Path]:
        """Return the files of images that differ; of other columns, all there are."""
        paths = set(self._entries(after, before))
        if after.columns != before.columns:
            paths |= {path for path, _ in self._places.values() if path.exists()}
        return sorted(paths)

    def _entries(self, info: ImageInfo, other: ImageInfo) -> dict[Path, Entries]:
        """Return what `info` says of images of which `other` says something else."""
        found: dict[Path, Entries] = {}
        for image, (path, entry) in self._places.items():
            if info.of(image) != other.of(image):
                found.setdefault(path, {})[entry] = info.of(image)
        return found


def _place_of(image: ImageId, file: Path | None) -> tuple[Path, str]:
    """Return the file that tells of an image, and what the image is called there."""
    path = image_info_file(file)
    own = path == image_info_of_user()
    return path, "#".join(image) if own else image[0]


def _read(path: Path) -> ImageInfoFile:
    try:
        return read_image_info(path)
    except StorageError as error:
        aside = put_aside(path, "damaged")
        show_warning(f"{error} It is kept as {aside.name}; you start anew.")
        return ImageInfoFile()


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
