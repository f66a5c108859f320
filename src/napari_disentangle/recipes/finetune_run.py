"""The run of a fine-tuning on disk: a new one, or the one to go on with."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.runs import (
    Run,
    RunManifest,
    read_run,
    start_run,
)

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.finetune_inputs import CellInputs
    from napari_disentangle.storage.models import Model
    from napari_disentangle.training.finetune_config import FinetuneConfig

PACKAGES = ("napari-disentangle", "torch", "numpy", "timm")
"""Packages whose versions a run and a model tell."""

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
