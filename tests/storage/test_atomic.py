"""Files and folders are written whole or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.atomic import (
    ensure_folder,
    write_atomic,
    write_folder_atomic,
)

if TYPE_CHECKING:
    from pathlib import Path


def _unwritable(tmp_path: Path) -> Path:
    """Return a folder path that no user, root included, can make."""
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file" / "below"


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "cells.csv"
    with write_atomic(target) as part:
        assert part.suffix == ".csv"
        assert part.parent == tmp_path
        part.write_text("done")
        assert not target.exists()
    assert target.read_text() == "done"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "cells.csv"
    target.write_text("old")
    with pytest.raises(UnicodeError), write_atomic(target) as part:
        part.write_text("half, \ud800")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "cells.csv"
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        pytest.raises(StorageError, match=r"cells\.csv cannot be written \(No space"),
        write_atomic(target),
    ):
        raise full
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "no" / "cells.csv"
    with pytest.raises(StorageError, match="cannot be written"):
        write_atomic(target).__enter__()


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"):
        write_atomic(tmp_path).__enter__()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        ensure_folder(_unwritable(tmp_path))


def test_ensure_folder_leaves_an_empty_folder(tmp_path: Path) -> None:
    folder = ensure_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_a_folder_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for names in (["a", "b"], ["c"]):
        with write_folder_atomic(target) as part:
            for name in names:
                (part / name).write_text(name)
    assert [file.name for file in target.iterdir()] == ["c"]
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(UnicodeError), write_folder_atomic(target) as part:
        (part / "new").write_text("half, \ud800")
    assert [file.name for file in target.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [target]
