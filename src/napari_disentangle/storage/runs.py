"""A fine-tuning on disk: what it is, where it stands, and in the end its model.

The folder of a run holds ``manifest.json`` from the start, ``checkpoint.safetensors``
and ``history.json`` from the first epochs on, and, when it is finished, a model beside
them. Every file is written whole or not at all, so a run can be killed at any moment.

Free of torch until a checkpoint is written, so that a list of runs opens quickly.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from pydantic import Field, JsonValue

from napari_disentangle.config import Config, read_config
from napari_disentangle.errors import ConfigError, StorageError
from napari_disentangle.storage.atomic import (
    ensure_folder,
    write_atomic,
    write_folder_atomic,
)
from napari_disentangle.storage.checkpoint import read_checkpoint, write_checkpoint
from napari_disentangle.storage.history import read_history, write_history
from napari_disentangle.storage.layout import (
    CARD,
    CHECKPOINT,
    HISTORY,
    RUN_MANIFEST,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from napari_disentangle.storage.checkpoint import Checkpoint
    from napari_disentangle.storage.models import Model

FORMAT_VERSION = 1
"""Version of the run folder; raised when an older reader would misread it."""


class RunManifest(Config):
    """What a run is made from; equal manifests give equal models."""

    format_version: int = Field(FORMAT_VERSION, ge=1, le=FORMAT_VERSION)
    parent: str = Field(description="Id of the model before fine-tuning")
    config: dict[str, JsonValue] = Field(description="How to fine-tune")
    data: str = Field("", description="What the cells are, for people")
    data_hash: str = Field(description="Changes when a cell or a used class does")
    versions: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run on disk.

    Attributes
    ----------
    folder : Path
        Where it is.
    manifest : RunManifest
        What it is made from.
    """

    folder: Path
    manifest: RunManifest

    @property
    def is_finished(self) -> bool:
        """Whether its folder holds the fine-tuned model."""
        return (self.folder / CARD).is_file()

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint and the history.

        Raises
        ------
        StorageError
            If the folder cannot be written.
        """
        write_checkpoint(self.folder / CHECKPOINT, checkpoint)
        self.write_history(checkpoint.record["history"])

    def write_history(self, history: Sequence[dict[str, Any]]) -> None:
        """Write one entry an epoch, for people and plots."""
        write_history(self.folder, history)

    def read_history(self) -> list[dict[str, Any]]:
        """Return one entry an epoch, none before the first checkpoint.

        Raises
        ------
        StorageError
            If the file is damaged.
        """
        return read_history(self.folder)

    def read_checkpoint(self) -> Checkpoint | None:
        """Return the checkpoint, None if there is none yet.

        Raises
        ------
        StorageError
            If it is damaged.
        """
        return read_checkpoint(self.folder / CHECKPOINT)

    def finish(self, model: Model) -> None:
        """Write the fine-tuned model beside the files of the run.

        Raises
        ------
        StorageError
            If the folder cannot be written; the run is then as it was.
        """
        from napari_disentangle.storage.models import write_model

        with write_folder_atomic(self.folder) as part:
            write_model(model, part)
            for name in (RUN_MANIFEST, CHECKPOINT, HISTORY):
                if (self.folder / name).is_file():
                    shutil.copy2(self.folder / name, part / name)


def start_run(folder: Path, manifest: RunManifest) -> Run:
    """Return a new run in an empty or missing folder.

    Raises
    ------
    StorageError
        If there is something in the folder already, or it cannot be written.
    """
    check_free(folder)
    ensure_folder(folder)
    run = Run(folder, manifest)
    with write_atomic(folder / RUN_MANIFEST) as part:
        part.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return run


def check_free(folder: Path) -> None:
    """Refuse a folder that a new run cannot have.

    Raises
    ------
    StorageError
        If it is a file or holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "a run" if (folder / RUN_MANIFEST).is_file() else "something else"
        raise StorageError(
            f"{folder} already holds {what}; go on with a run (--resume), or give a "
            f"new folder."
        )


def read_run(folder: Path) -> Run:
    """Return the run in `folder`.

    Raises
    ------
    StorageError
        If there is none, or its manifest is damaged.
    """
    path = folder / RUN_MANIFEST
    if not path.is_file():
        raise StorageError(f"There is no run in {folder}: it has no {RUN_MANIFEST}.")
    try:
        return Run(folder, read_config(RunManifest, path))
    except ConfigError as error:
        raise StorageError(f"The run {folder} is damaged: {error}") from error


def list_runs(folder: Path) -> tuple[Run, ...]:
    """Return the runs in `folder` by name; damaged ones are left out."""
    if not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.iterdir()):
        try:
            found.append(read_run(path))
        except StorageError:  # something else, or damaged
            continue
    return tuple(found)


def free_run(folder: Path, name: str) -> Path:
    """Return a folder in `folder` that a new run can have: `name`, `name-2` ..."""
    numbered = (f"{name}-{number}" for number in count(2))
    for free in chain([name], numbered):
        try:
            check_free(folder / free)
        except StorageError:
            continue
        break
    return folder / free
