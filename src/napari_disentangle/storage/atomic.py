"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from napari_disentangle.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def ensure_folder(path: Path) -> Path:
    """Make the folder `path` if need be, and return it.

    Raises
    ------
    StorageError
        If it cannot be made, is a file, or nothing can be written into it.
    """
    with _storage_errors(path):
        path.mkdir(parents=True, exist_ok=True)
        probe = _hidden_sibling(path / "probe")
        probe.touch()
        probe.unlink()
    return path


@contextmanager
def write_atomic(path: Path) -> Iterator[Path]:
    """Give a temporary file to write, renamed to `path` when all went well.

    The temporary file lies in the same folder and has the same suffix, so a writer that
    looks at the suffix picks the right format. After an error the old `path` is intact.

    Raises
    ------
    StorageError
        If the folder is missing or not writable, or the disk is full.
    """
    part = _hidden_sibling(path)
    try:
        with _storage_errors(path):
            if path.is_dir():
                raise StorageError(f"{path} is a folder; give the name of a file.")
            part.touch()
            yield part
            _flush(part)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def write_folder_atomic(path: Path) -> Iterator[Path]:
    """Give a temporary folder to fill, renamed to `path` when all went well.

    An older folder of that name is replaced; after an error it is intact.

    Raises
    ------
    StorageError
        If the parent folder is not writable, or the disk is full.
    """
    part = _hidden_sibling(path)
    ensure_folder(path.parent)
    try:
        with _storage_errors(path):
            part.mkdir()
            yield part
            for file in part.rglob("*"):
                if file.is_file():
                    _flush(file)
        replace_folder(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def replace_folder(new: Path, path: Path) -> None:
    """Move the folder `new` to `path` on the same disk; an older one there goes.

    Raises
    ------
    StorageError
        If it cannot be moved; the older one is intact.
    """
    old = _hidden_sibling(path)
    try:
        with _storage_errors(path):
            _swap(new, path, old)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _swap(new: Path, path: Path, old: Path) -> None:
    """Put `new` at `path`; what was there moves to `old`, or back on failure."""
    if not path.exists():
        new.rename(path)
        return
    path.rename(old)
    try:
        new.rename(path)
    except OSError:
        old.rename(path)
        raise


def _hidden_sibling(path: Path) -> Path:
    return path.with_name(f".{path.stem}-{uuid4().hex[:8]}{path.suffix}")


def _flush(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says into one sentence naming `path`."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(
            f"{path} cannot be written ({reason}); choose another place."
        ) from error
