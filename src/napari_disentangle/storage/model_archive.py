"""A model as one zip file, the way models are sent and published."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from napari_disentangle.errors import ModelError
from napari_disentangle.storage import layout
from napari_disentangle.storage.atomic import write_folder_atomic

if TYPE_CHECKING:
    from pathlib import Path

_FILES = (layout.CARD, layout.WEIGHTS, layout.DECODER, layout.REPLAY)
_NEEDED = _FILES[:2]
_LARGEST = 4 << 30
"""Bytes of a file of a model; what claims to be larger is not unpacked."""

_CHUNK = 1 << 20


def unpack_model(archive: Path, folder: Path) -> None:
    """Write the model in the zip file `archive` as `folder`, whole or not at all.

    Only the files of a model are taken, each by its own name, whatever else and
    whatever paths the archive holds.

    Parameters
    ----------
    archive : Path
        Zip file with a model folder, or with the files of one.
    folder : Path
        New folder, or that of an older model, which is replaced.

    Raises
    ------
    ModelError
        If it is no zip file, is damaged, or holds no model or more than one.
    StorageError
        If `folder` cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            members = _members(content, archive)
            with write_folder_atomic(folder) as part:
                for name, member in members.items():
                    with content.open(member) as of, (part / name).open("wb") as to:
                        while chunk := of.read(_CHUNK):
                            to.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(
            f"{archive.name} is no zip file or is damaged ({error}); get it again."
        ) from error
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ModelError(f"There is no zip file {archive}.") from error


def _members(content: zipfile.ZipFile, archive: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files of the one model in an archive by name."""
    paths = [(PurePosixPath(info.filename), info) for info in content.infolist()]
    homes = {path.parent for path, _ in paths if path.name == layout.CARD}
    if len(homes) != 1:
        found = "no model" if not homes else f"{len(homes)} models"
        raise ModelError(
            f"{archive.name} holds {found}; a zip file of one model folder is needed."
        )
    (home,) = homes
    members = {
        path.name: info
        for path, info in paths
        if path.parent == home and path.name in _FILES
    }
    if missing := [name for name in _NEEDED if name not in members]:
        raise ModelError(f"The model in {archive.name} lacks {', '.join(missing)}.")
    if any(info.file_size > _LARGEST for info in members.values()):
        raise ModelError(f"{archive.name} claims to hold a file above 4 GB; not read.")
    return members
