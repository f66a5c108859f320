"""A fine-tuning kept on disk while it goes, and gone on with after a stop."""

from __future__ import annotations

from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.runs import (
    Checkpoint,
    Run,
    RunManifest,
    read_run,
    start_run,
)

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.finetune_inputs import CellInputs
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune import FinetuneResult
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.finetune_state import FinetuneReport, FinetuneState

PACKAGES = ("napari-disentangle", "torch", "numpy", "timm")
"""Packages whose versions a run and a model tell."""

_KEEP_S = 3.0  # seconds between two checkpoints: what a kill can cost
_FREE = ("epochs", "min_steps", "patience", "picture_steps")
"""Settings that may change when a run goes on."""


def manifest_of(
    model: Model, config: FinetuneConfig, cells: CellInputs, data: str
) -> RunManifest:
    """Return what a run is made from."""
    return RunManifest(
        parent=model.id,
        config=config.model_dump(mode="json"),
        data=data,
        data_hash=cells.hash(),
        versions={name: version(name) for name in PACKAGES},
    )


def open_run(out: Path, manifest: RunManifest, *, resume: bool) -> Run:
    """Return a new run, or with `resume` the one to go on with.

    Raises
    ------
    StorageError
        If `out` holds something already, or a run that was made from something else.
    """
    if not resume:
        return start_run(out, manifest)
    found = read_run(out)
    for what, old, new in (
        ("model", found.manifest.parent, manifest.parent),
        ("cells", found.manifest.data_hash, manifest.data_hash),
        ("settings", _fixed(found.manifest), _fixed(manifest)),
    ):
        if old != new:
            raise StorageError(
                f"The run in {out} was started with other {what}; go on with the same, "
                f"or give a new folder."
            )
    return found


def _fixed(manifest: RunManifest) -> dict[str, object]:
    return {k: v for k, v in manifest.config.items() if k not in _FREE}


def iter_keep(
    task: Task[FinetuneReport, FinetuneResult], state: FinetuneState, folder: Run
) -> Task[FinetuneReport, FinetuneResult]:
    """Pass reports on; keep the last one's state every few seconds and at any end.

    An interrupt may come within an epoch, so what is kept was copied before it.
    """
    latest: Checkpoint | None = None
    written = monotonic()
    try:
        while True:
            try:
                report = next(task)
            except StopIteration as stop:
                result: FinetuneResult = stop.value
                return result
            latest = Checkpoint(state.to_arrays(), state.to_record())
            if monotonic() - written > _KEEP_S:
                folder.write_checkpoint(latest)
                latest, written = None, monotonic()
            yield report
    finally:
        if latest is not None:
            folder.write_checkpoint(latest)
