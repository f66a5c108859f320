"""From a folder of images to crops and to one table of all its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from napari_disentangle.crops.boxes import BoxCrops, has_boxes, iter_read_box_folder
from napari_disentangle.crops.class_folder import iter_read_image_folder
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.crops.measure_files import iter_measure_files
from napari_disentangle.recipes.encode import cell_table, iter_encode
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import torch

    from napari_disentangle.crops.files import FileCrops
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Progress, Task

    OpenedFolder: TypeAlias = FolderCrops | BoxCrops


def iter_open_crops(
    folder: Path, config: CropConfig | None = None
) -> Task[Progress, OpenedFolder]:
    """Return the crops of a folder: of its class folders, or of its boxes.

    Parameters
    ----------
    folder : Path
        One folder of images a class, or images without classes
        (`iter_read_image_folder`), or images with a VOC file each
        (`iter_read_box_folder`).
    config : CropConfig, optional
        How crops are cut.

    Raises
    ------
    StorageError, DataError, CropError
        If the folder cannot be read or used.
    """
    config = config or CropConfig()
    if has_boxes(folder):
        boxes = yield from iter_read_box_folder(folder)
        return BoxCrops(boxes, config)
    classes = yield from iter_read_image_folder(folder)
    return FolderCrops(classes, config)


def open_crops(folder: Path, config: CropConfig | None = None) -> OpenedFolder:
    """Return the crops of a folder: `iter_open_crops` at once."""
    return run(iter_open_crops(folder, config))


def iter_encode_folder(
    crops: OpenedFolder,
    model: Model,
    *,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> Task[Progress, pd.DataFrame]:
    """Return one table of the cells of a folder: codes, class, measurements.

    Parameters
    ----------
    crops : FolderCrops or BoxCrops
        From `iter_open_crops`.
    model : Model
        Of features or of pixels.
    device, batch_size
        As in `iter_encode`.

    Returns
    -------
    pandas.DataFrame
        See `cell_table`. Classical measurements are there where images have masks.

    Examples
    --------
    >>> from pathlib import Path
    >>> from napari_disentangle.storage.models import read_model
    >>> crops = open_crops(Path("plankton"))  # doctest: +SKIP
    >>> table = encode_folder(crops, read_model("features"))  # doctest: +SKIP
    """
    embedding = yield from iter_encode(
        crops, model, device=device, batch_size=batch_size
    )
    measured = yield from iter_measure_folder(crops)
    return cell_table(embedding, measured, crops)


def iter_measure_folder(crops: FileCrops) -> Task[Progress, pd.DataFrame | None]:
    """Return classical features of the cells of a folder, None if they have no masks.

    Raises
    ------
    StorageError, DataError
        If a file cannot be read any more.
    """
    if not isinstance(crops, FolderCrops) or not crops.is_masked:
        return None
    measured = yield from iter_measure_files(crops)
    return measured.assign(index=crops.table["index"].to_numpy())


def encode_folder(
    crops: OpenedFolder,
    model: Model,
    *,
    device: str | torch.device = "auto",
    batch_size: int = 16,
) -> pd.DataFrame:
    """Return one table of the cells of a folder: `iter_encode_folder` at once."""
    return run(iter_encode_folder(crops, model, device=device, batch_size=batch_size))
