"""Whether image files on the disk are as they were, by their times and sizes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from napari_disentangle.tasks import Task

_NO_PIXELS = frozenset({"labels", "tables", "zarr.json"})  # of an OME-Zarr image
_OFTEN = 1000


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What changes when a file of pixels is written, added or removed.

    Attributes
    ----------
    n_files, n_bytes : int
        How many files, and their size together.
    times_ns : int
        When each was written last, added up.
    """

    n_files: int = 0
    n_bytes: int = 0
    times_ns: int = 0


def iter_stamp(paths: Sequence[Path]) -> Task[Progress, FileStamp | None]:
    """Return the stamp of files and of all chunks in folders; None if one is not there.

    What other images keep in an OME-Zarr folder, and metadata, are left out.

    Parameters
    ----------
    paths : sequence of Path
        Image files, and folders of zarr arrays.
    """
    n = size = times = 0
    try:
        for entry in _files(paths):
            n, size = n + 1, size + entry.st_size
            times += entry.st_mtime_ns
            if n % _OFTEN == 0:
                yield Progress("Looking at files", n, n)
    except OSError:
        return None
    return FileStamp(n, size, times)


def _files(paths: Sequence[Path]) -> Iterator[os.stat_result]:
    for path in paths:
        if not path.is_dir():
            yield path.stat()
            continue
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _NO_PIXELS:
                    continue
                if entry.is_dir():
                    yield from _files([Path(entry.path)])
                else:
                    yield entry.stat()
