"""A training between two epochs, as one file: its tensors and all that goes with them.

The record lies in the header of the tensors' file, so that the two never disagree. Free
of torch until a checkpoint is written or read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from torch import Tensor

_RECORD = "record"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A training between two epochs.

    Attributes
    ----------
    arrays : dict of Tensor
        All tensors.
    record : dict
        All that is not a tensor, fit for JSON.
    """

    arrays: dict[str, Tensor]
    record: dict[str, Any]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint at `path`, whole or not at all.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    from safetensors.torch import save

    record = {_RECORD: json.dumps(checkpoint.record)}
    with write_atomic(path) as part:
        part.write_bytes(save(checkpoint.arrays, metadata=record))


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Return the checkpoint at `path`, None if there is none.

    Raises
    ------
    StorageError
        If it is damaged.
    """
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            names, header = file.keys(), file.metadata()
            arrays = {name: file.get_tensor(name) for name in names}
        return Checkpoint(arrays, json.loads(header[_RECORD]))
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise StorageError(
            f"The checkpoint {path} is damaged ({error}); delete it, or start anew in "
            f"another folder."
        ) from error
