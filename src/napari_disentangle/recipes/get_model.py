"""Get a model that others published: a zip file, from the web or from a disk."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from napari_disentangle.errors import ModelError
from napari_disentangle.places import user_folder
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from napari_disentangle.tasks import Task

_WEB = ("https://", "http://")


def iter_get_model(source: str, into: Path | None = None) -> Task[Progress, Path]:
    """Unpack a model, downloaded if need be, and return its folder.

    The folder is named after the model and its content, so that the same file gives the
    same folder and another version of a model another one.

    Parameters
    ----------
    source : str
        Address (``https://...``) or path of a zip file with one model.
    into : Path, optional
        Folder of models; by default that of the user.

    Yields
    ------
    Progress
        Bytes downloaded.

    Raises
    ------
    ModelError
        If it cannot be downloaded, is no zip file of one model, or its model is
        damaged.
    StorageError
        If `into` cannot be written.

    Examples
    --------
    >>> folder = get_model("https://example.org/yeast.zip")  # doctest: +SKIP
    """
    from napari_disentangle.backbones.download import iter_fetch
    from napari_disentangle.storage.atomic import ensure_folder, replace_folder
    from napari_disentangle.storage.model_archive import unpack_model
    from napari_disentangle.storage.models import read_model

    models = ensure_folder(into or user_folder() / "models")
    with TemporaryDirectory(dir=models, prefix=".") as work:
        archive = Path(source).expanduser()
        if source.lower().startswith(_WEB):
            archive = yield from iter_fetch(source, Path(work) / "model.zip")
        elif not archive.is_file():
            raise ModelError(f"There is no zip file {source!r}; give its path or URL.")
        yield Progress("Unpacking the model", 0, 0)
        unpacked = Path(work) / "model"
        unpack_model(archive, unpacked)
        name = read_model(unpacked).card.name  # refuses a damaged one
        folder = models / f"{_plain(name)}-{_sum(archive)}"
        replace_folder(unpacked, folder)
    return folder


def get_model(source: str, into: Path | None = None) -> Path:
    """Unpack a model, downloaded if need be: `iter_get_model` at once."""
    return run(iter_get_model(source, into))


def _sum(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:8]


def _plain(name: str) -> str:
    """Return a name that any file system takes."""
    return re.sub(r"[^\w-]+", "_", name).strip("_")[:60] or "model"
