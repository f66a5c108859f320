"""A model before and after fine-tuning, kept beside its run: numbers and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from napari_disentangle.config import Config, read_config
from napari_disentangle.errors import ConfigError, StorageError
from napari_disentangle.storage.atomic import write_atomic
from napari_disentangle.storage.documents import write_json
from napari_disentangle.storage.layout import COMPARISON, COMPARISON_PICTURES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Pictures = Mapping[str, NDArray[np.float32]]


class ComparedFacts(Config):
    """The numbers of a comparison on the same cells."""

    format_version: int = Field(1, ge=1, le=1)
    dimensions: tuple[str, ...] = Field(description="Dimensions of the model before")
    kept: tuple[float, ...] = Field(
        description="Correlation of each dimension with itself before, over the cells"
    )
    drift: tuple[float, ...] = Field(
        description="Root mean square change of each code, in sd of the codes before"
    )
    separability: tuple[tuple[float, float], ...] = Field(
        (),
        description="Balanced accuracy of a linear classifier, before and after, each "
        "as mean and sd over folds; empty if unknown",
    )
    why_not: str = Field("", description="Why it is unknown; empty if it is known")


def write_comparison(folder: Path, facts: ComparedFacts, pictures: Pictures) -> None:
    """Write a comparison into the folder of a run.

    Parameters
    ----------
    folder : Path
        The run.
    facts : ComparedFacts
        Its numbers.
    pictures : mapping of str to array, (n, S, S, 3), in [0, 1]
        Pictures of some cells by what they are; kept with 8 bits a color.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from safetensors.numpy import save

    bytes_of = {
        name: np.ascontiguousarray(np.round(np.clip(each, 0, 1) * 255), np.uint8)
        for name, each in pictures.items()
    }
    with write_atomic(folder / COMPARISON_PICTURES) as part:
        part.write_bytes(save(bytes_of))
    write_json(folder / COMPARISON, facts.model_dump(mode="json"))


def read_comparison(
    folder: Path,
) -> tuple[ComparedFacts, dict[str, NDArray[np.float32]]] | None:
    """Return the comparison kept in the folder of a run, None if there is none.

    Raises
    ------
    StorageError
        If a file of it is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / COMPARISON
    if not path.is_file():
        return None
    try:
        facts = read_config(ComparedFacts, path)
        stored = load((folder / COMPARISON_PICTURES).read_bytes())
    except (ConfigError, OSError, SafetensorError) as error:
        raise StorageError(f"The comparison {path} is damaged ({error}).") from error
    pictures = {name: (each / 255).astype(np.float32) for name, each in stored.items()}
    return facts, pictures
