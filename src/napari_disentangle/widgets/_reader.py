"""Open a saved traversal with its names; anything else is left to other readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

LayerData: TypeAlias = "tuple[NDArray[np.uint8], dict[str, Any], str]"


def get_reader(path: str | list[str]) -> Callable[[str], list[LayerData]] | None:
    """Return a reader if `path` is a traversal that we wrote, else None."""
    from napari_disentangle.export.traversal_tiff import is_traversal

    if not isinstance(path, str) or not is_traversal(Path(path)):
        return None
    return read_layers


def read_layers(path: str) -> list[LayerData]:
    """Return the pictures of a traversal, (F, T, H, W, 3), with named axes."""
    from napari_disentangle.export.traversal_tiff import read_traversal
    from napari_disentangle.widgets._layers import NAMES, STACK_AXES

    pictures, info = read_traversal(Path(path))
    settings = {
        "name": NAMES[info.picture],
        "rgb": True,
        "axis_labels": STACK_AXES,
        "metadata": {"traversal": info.model_dump()},
    }
    return [(pictures, settings, "image")]
