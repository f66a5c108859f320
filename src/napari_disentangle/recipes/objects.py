"""From an image and its labels, points or boxes to crops and to one table of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from napari_disentangle.crops.cut import LabelCrops, iter_plan_crops
from napari_disentangle.crops.files import FileCrops
from napari_disentangle.crops.measure import iter_measure, iter_measure_regions
from napari_disentangle.crops.pixel_size import with_micrometers
from napari_disentangle.crops.regions import describe_sections
from napari_disentangle.crops.windows import plan_boxes, plan_windows
from napari_disentangle.errors import CropError
from napari_disentangle.recipes.encode import cell_table, iter_encode_read
from napari_disentangle.recipes.familiarity import iter_familiarity
from napari_disentangle.recipes.folders import iter_measure_folder
from napari_disentangle.tables import KEY
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.crops.pixel_size import Spacing
    from napari_disentangle.recipes.familiarity import Familiarity
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

_POSITIONS = ("pos_z", "pos_y", "pos_x")


class Objects(Protocol):
    """An image in memory or lazy, and where its objects are.

    Attributes
    ----------
    image : array, (T, Z, C, Y, X)
        The image.
    objects : array
        Label ids (T, Z, Y, X); or points (N, 4) as frame, z, y, x; or boxes (N, 6) as
        frame, z, y0, x0, y1, x1; in pixels.
    kind : str
        Which of the three.
    ids : array, (N,), or None
        Id of each point or box; None: 1, 2, ..., and of labels.
    is_rgb : bool
        Whether the channels are one color image.
    n_frames : int
        Number of time points.
    roi_id : str
        Name of the image in tables.
    spacing_um : tuple of float or None
        Pixel size (y, x) in micrometers, where it is known; of a stack (z, y, x) if
        the distance of planes is known, too.
    channels : tuple of str
        Names of the channels, where they are known.
    """

    @property
    def image(self) -> Any: ...
    @property
    def objects(self) -> Any: ...
    @property
    def kind(self) -> Literal["labels", "points", "shapes"]: ...
    @property
    def ids(self) -> NDArray[np.int64] | None: ...
    @property
    def is_rgb(self) -> bool: ...
    @property
    def n_frames(self) -> int: ...
    @property
    def roi_id(self) -> str: ...
    @property
    def spacing_um(self) -> Spacing | None: ...
    @property
    def channels(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class EncodedObjects:
    """Objects with their codes.

    Attributes
    ----------
    model : Model
        The model that made the codes.
    embedding : Embedding
        Codes of the crops, row by row.
    measured : pandas.DataFrame or None
        Classical features; None of points and boxes.
    table : pandas.DataFrame
        One row an object: see `cell_table`.
    familiarity : Familiarity
        Whether they look like what the model was trained on.
    """

    model: Model
    embedding: Embedding
    measured: pd.DataFrame | None
    table: pd.DataFrame
    familiarity: Familiarity


def iter_plan_objects(
    source: Objects, config: CropConfig, *, limits: NDArray[np.float64] | None = None
) -> Task[Progress, ImageCrops]:
    """Return the crops of the objects of `source`.

    Parameters
    ----------
    source : Objects
        An image and its objects.
    config : CropConfig
        How crops are cut.
    limits : array, (C, 2), optional
        Limits of brightness of another image, to compare with it.

    Raises
    ------
    NoCellsError
        If there are no objects.
    CropError
        If there is nothing to crop, or points come without a window size.
    """
    if source.kind == "labels":
        return (yield from iter_plan_labels(source, config, limits=limits))
    image = source.image
    like: Any = {"roi_id": source.roi_id, "is_rgb": source.is_rgb, "limits": limits}
    like["ids"] = source.ids
    yield Progress("Placing windows", 0, 1)
    if source.kind == "points":
        side = config.window_px
        if not side:
            raise CropError(
                "Points say nothing about size; set Window (px) under Crop options."
            )
        return plan_windows(image, source.objects, side, config, **like)
    places, boxes = source.objects[:, :2].astype(int), source.objects[:, 2:]
    return plan_boxes(image, boxes, config, frames=places, **like)


def iter_plan_labels(
    source: Objects, config: CropConfig, *, limits: NDArray[np.float64] | None = None
) -> Task[Progress, LabelCrops]:
    """Return the crops of labels; `limits` of brightness as of `iter_plan_crops`."""
    return (
        yield from iter_plan_crops(
            source.image,
            source.objects,
            config,
            roi_id=source.roi_id,
            is_rgb=source.is_rgb,
            limits=limits,
        )
    )


def iter_encode_objects(
    source: Objects,
    crops: Crops,
    model: Model | str | Path,
    *,
    device: str = "auto",
    batch_size: int = 16,
) -> Task[Progress, EncodedObjects]:
    """Read a model, encode `crops`, measure their objects and join it by label id.

    Whether they look like what the model was trained on is told with them.

    Parameters
    ----------
    source : Objects
        What the crops come from; of no account where they come from a folder.
    crops : Crops
        What is encoded.
    model : Model, str or Path
        A model, a bundled name or a model folder.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.
    batch_size : int
        Crops encoded at once.

    Raises
    ------
    ModelError
        If the model cannot be read or used.
    """
    from napari_disentangle.storage.models import Model, read_model

    if not isinstance(model, Model):
        yield Progress("Reading the model", 0, 1)
        model = read_model(model)
    embedding, features = yield from iter_encode_read(
        crops, model, device=device, batch_size=batch_size
    )
    familiarity = yield from iter_familiarity(model, crops, features, device=device)
    if isinstance(crops, FileCrops):
        measured = yield from iter_measure_folder(crops)
        table = cell_table(embedding, measured, crops)
        return EncodedObjects(model, embedding, measured, table, familiarity)
    measured = None
    if source.kind == "labels":
        measured = yield from _iter_measure(source, crops)
    known = positions(crops, source.spacing_um) if measured is None else measured
    table = cell_table(embedding, known)
    return EncodedObjects(model, embedding, measured, table, familiarity)


def _iter_measure(source: Objects, crops: Crops) -> Task[Progress, pd.DataFrame]:
    """Measure the objects that the crops were cut of, also if some are edited since."""
    image, labels, spacing = source.image, source.objects, source.spacing_um
    if not isinstance(crops, LabelCrops):
        task = iter_measure(image, labels, spacing_um=spacing, roi_id=source.roi_id)
        return (yield from task)
    regions = describe_sections(crops.sections, labels.shape, source.roi_id)
    return (yield from iter_measure_regions(image, labels, regions, spacing_um=spacing))


def positions(crops: Crops, spacing_um: Spacing | None) -> pd.DataFrame:
    """Return where each crop is: ids and positions in pixels and in micrometers.

    Parameters
    ----------
    crops : Crops
        N crops.
    spacing_um : tuple of float or None
        Pixel size (y, x) or (z, y, x) in micrometers; without it there are pixels only.
    """
    known = [name for name in _POSITIONS if name in crops.table]
    where = crops.table[[*KEY, "index", *known]].reset_index(drop=True)
    return with_micrometers(where, spacing_um)
