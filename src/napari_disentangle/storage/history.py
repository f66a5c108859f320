"""The losses of a training, one entry an epoch, for people and plots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.atomic import write_atomic
from napari_disentangle.storage.layout import HISTORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any


def write_history(folder: Path, epochs: Sequence[dict[str, Any]]) -> None:
    """Write the history of the model or run in `folder`.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with write_atomic(folder / HISTORY) as part:
        part.write_text(json.dumps(list(epochs), indent=1) + "\n", encoding="utf-8")


def read_history(folder: Path) -> list[dict[str, Any]]:
    """Return the history of the model or run in `folder`, empty if it has none.

    Raises
    ------
    StorageError
        If the file is damaged.
    """
    path = folder / HISTORY
    if not path.is_file():
        return []
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(f"The history {path} is damaged ({error}).") from error
    return found
