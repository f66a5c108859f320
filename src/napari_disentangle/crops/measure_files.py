"""Classical measurements of the objects of a folder whose images have masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.files import mask_of
from napari_disentangle.crops.measure import CELLS_A_STEP, measure
from napari_disentangle.crops.picture_files import read_picture
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from napari_disentangle.crops.folders import FolderCrops


def iter_measure_files(crops: FolderCrops) -> Task[Progress, pd.DataFrame]:
    """Measure the object within the mask of each image, on the image as it is.

    Parameters
    ----------
    crops : FolderCrops
        Crops with suppressed background.

    Returns
    -------
    pandas.DataFrame
        One row a crop, in their order: the columns of `iter_measure`.

    Raises
    ------
    StorageError, DataError
        If a file cannot be read any more.
    """
    rows = []
    images = crops.table["roi_id"].astype(str)
    for done, (place, image) in enumerate(
        zip(crops.places, images, strict=True), start=1
    ):
        planes = read_picture(place.image, crops.config.projection).planes
        inside = np.asarray(mask_of(place, planes.shape[1:]), np.int32)
        rows.append(measure(planes[None, None], inside[None, None], roi_id=image))
        if done % CELLS_A_STEP == 0 or done == len(crops):
            yield Progress("Measuring cells", done, len(crops))
    return pd.concat(rows, ignore_index=True)


def measure_files(crops: FolderCrops) -> pd.DataFrame:
    """Measure the objects of a folder with masks: `iter_measure_files` at once."""
    return run(iter_measure_files(crops))
