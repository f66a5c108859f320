"""Numbers as one JSON document, the same way everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import JsonValue


def write_json(path: Path, document: Mapping[str, JsonValue]) -> None:
    """Write a JSON document, whole or not at all; what is unknown must be None.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    with write_atomic(path) as part:
        text = json.dumps(document, indent=2, allow_nan=False)
        part.write_text(text + "\n", encoding="utf-8")
