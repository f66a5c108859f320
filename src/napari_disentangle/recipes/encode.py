"""From crops to codes and to one table with everything known about each cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_disentangle.crops.gray import ColorWatch
from napari_disentangle.errors import DataError
from napari_disentangle.tables import (
    EXCLUDED,
    EXCLUSION_REASON,
    KEY,
    NAMED_FACTORS,
    code_columns,
    join,
    sort_rows,
)
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import torch

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.recipes.segment import Cells
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding, Features
    from napari_disentangle.tasks import Progress, Task

_FIRST = ("label", "index", "roi_id", "frame")
_POSITIONS = ("pos_z", "pos_y", "pos_x", "pos_z_um", "pos_y_um", "pos_x_um")
_LAST = (
    "annotation",
    "prediction",
    "probability",
    "novelty",
    "in_distribution",
    EXCLUDED,
    EXCLUSION_REASON,
    "model",
)


@dataclass(frozen=True, slots=True)
class EncodedCells:
    """Cells with their codes.

    Attributes
    ----------
    cells : Cells
        Image, labels, crops, classical features.
    embedding : Embedding
        Codes of the crops, row by row.
    table : pandas.DataFrame
        One row a cell, those without a crop included: see `cell_table`.
    """

    cells: Cells
    embedding: Embedding
    table: pd.DataFrame


def iter_encode(
    crops: Crops,
    model: Model,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> Task[Progress, Embedding]:
    """Return the codes of `crops` under `model`.

    Parameters
    ----------
    crops : Crops
        N objects.
    model : Model
        Of features or of pixels.
    backbone : Backbone, optional
        The model's backbone, if it is loaded already; ignored by pixel models.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where the backbone runs.
    batch_size : int
        Crops in memory at once.

    Raises
    ------
    ModelError
        If the backbone is not the model's own, or its weights cannot be had.
    ConfigError
        If the device is not there.
    """
    embedding, _ = yield from iter_encode_read(
        crops, model, backbone=backbone, device=device, batch_size=batch_size
    )
    return embedding


def iter_encode_read(
    crops: Crops,
    model: Model,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> Task[Progress, tuple[Embedding, Features | None]]:
    """Return codes, and the features they come from; None of a model of pixels.

    As `iter_encode`.
    """
    from napari_disentangle.backbones.extract import iter_features, iter_load_backbone
    from napari_disentangle.latents.embed import iter_embed, iter_embed_pixels

    watch, features = ColorWatch(crops), None
    if model.kind == "pixels":
        embedding = yield from iter_embed_pixels(model, watch, batch_size=batch_size)
    else:
        if backbone is None:
            backbone = yield from iter_load_backbone(model.card.backbone, device=device)
        features = yield from iter_features(watch, backbone, batch_size)
        embedding = yield from iter_embed(model, features)
    return replace(embedding, is_gray=len(crops) > 0 and not watch.has_color), features


def encode(
    crops: Crops,
    model: Model,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> Embedding:
    """Return the codes of `crops` under `model`: `iter_encode` at once."""
    task = iter_encode(
        crops, model, backbone=backbone, device=device, batch_size=batch_size
    )
    return run(task)


def iter_encode_cells(
    cells: Cells,
    model: Model,
    *,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> Task[Progress, EncodedCells]:
    """Return the codes and the table of the cells of one image.

    Examples
    --------
    >>> from pathlib import Path
    >>> from napari_disentangle.recipes.segment import open_cells
    >>> from napari_disentangle.storage.models import read_model
    >>> cells = open_cells(Path("blood.jpg"))  # doctest: +SKIP
    >>> encode_cells(cells, read_model("features")).table  # doctest: +SKIP
    """
    embedding = yield from iter_encode(
        cells.crops, model, device=device, batch_size=batch_size
    )
    return EncodedCells(cells, embedding, cell_table(embedding, cells.measured))


def encode_cells(
    cells: Cells,
    model: Model,
    *,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> EncodedCells:
    """Return codes and table of cells: `iter_encode_cells` at once."""
    return run(iter_encode_cells(cells, model, device=device, batch_size=batch_size))


def cell_table(
    embedding: Embedding,
    measured: pd.DataFrame | None = None,
    crops: Crops | None = None,
) -> pd.DataFrame:
    """Return one table of all that is known, columns in the order of the contract.

    Parameters
    ----------
    embedding : Embedding
        Codes of N objects.
    measured : pandas.DataFrame, optional
        Classical features of these objects and maybe of more (those without a crop),
        which get NaN for their codes.
    crops : Crops, optional
        The crops that were encoded, for their classes, and for positions where nothing
        was measured.

    Returns
    -------
    pandas.DataFrame
        Sorted by `roi_id`, `frame`, `label`: ids, positions, named codes, residual
        codes, their sd, classical features, `model`.

    Raises
    ------
    DataError
        If an encoded object was not measured.
    """
    codes = embedding.to_frame()
    table = sort_rows(codes)
    if crops is not None:
        known = [c for c in crops.table if c in (*KEY, *_POSITIONS, "annotation")]
        table = join(table, crops.table[known])
    if measured is not None:
        _check_measured(codes, measured)
        table = join(measured, table)
    return order_columns(table, embedding.dimensions)


def order_columns(table: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return `table` with its columns in the order of the contract.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells.
    dimensions : sequence of str
        Names of the dimensions of its codes, in order.
    """
    names = code_columns(dimensions)
    named = [name for name in names if name.removeprefix("z_") in NAMED_FACTORS]
    codes = named + [name for name in names if name not in named]
    leading = [*_FIRST, *_POSITIONS, *codes, *(f"{name}_sd" for name in codes)]
    others = [c for c in map(str, table) if c not in leading and c not in _LAST]
    return table[[c for c in (*leading, *others, *_LAST) if c in table]]


def dimensions_of(table: pd.DataFrame) -> list[str]:
    """Return the names of the dimensions whose codes a table holds, in order."""
    return [
        name.removeprefix("z_")
        for name in map(str, table)
        if name.startswith("z_") and not name.endswith("_sd")
    ]


def _check_measured(codes: pd.DataFrame, measured: pd.DataFrame) -> None:
    known = measured.set_index(list(KEY)).index
    lacking = ~codes.set_index(list(KEY)).index.isin(known)
    if lacking.any():
        label = codes.loc[lacking, "label"].iloc[0]
        raise DataError(
            f"{int(lacking.sum())} encoded cells were not measured (the first has "
            f"label {label}); measure and encode the same labels."
        )
