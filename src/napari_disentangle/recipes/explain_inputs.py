"""Explain factors on an image, a folder, or the sample whose factors are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import iter_plan_crops
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.crops.measure import iter_measure
from napari_disentangle.crops.measure_files import iter_measure_files
from napari_disentangle.recipes.exclusions import read_exclusions
from napari_disentangle.recipes.explain import iter_explain
from napari_disentangle.recipes.folders import iter_open_crops
from napari_disentangle.recipes.segment import iter_open_cells
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.explain import ExplainConfig
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.recipes.folders import OpenedFolder
    from napari_disentangle.storage.models import Model
    from napari_disentangle.synthetic.field import FieldConfig
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task


def iter_explain_image(
    model: Model,
    image: Path,
    labels: Path | None = None,
    *,
    crop: CropConfig | None = None,
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Task[Progress, tuple[Explanation, Crops]]:
    """Return the factor cards of the cells of an image file, and their crops.

    Cells that were excluded in napari are left out.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    image, labels : Path, optional
        Image file and its labels (segmented by default).
    crop : CropConfig, optional
        How crops are cut.
    config, device
        See `iter_explain`.

    Raises
    ------
    StorageError, DataError, CropError
        If a file cannot be read or used, or there are no cells.
    """
    cells = yield from iter_open_cells(image, labels, crop=crop)
    counted = read_exclusions(cells.crops, image).counted()
    found = yield from iter_explain(
        model,
        counted.crops,
        measured=cells.measured,
        subject=image.name,
        config=config,
        device=device,
    )
    return found.with_note(counted.note), counted.crops


def iter_explain_folder(
    model: Model,
    crops: OpenedFolder,
    *,
    subject: str = "folder",
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Task[Progress, Explanation]:
    """Return the factor cards of the cells of a folder.

    Cells that were excluded in napari are left out.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    crops : FolderCrops or BoxCrops
        From `recipes.folders.iter_open_crops`. Where images have masks and the
        background is suppressed, cells are measured by them.
    subject : str
        What to call the folder.
    config, device
        See `iter_explain`.
    """
    measured = None
    if isinstance(crops, FolderCrops) and crops.is_masked:
        measured = yield from iter_measure_files(crops)
    counted = read_exclusions(crops, crops.folder.root).counted()
    found = yield from iter_explain(
        model,
        counted.crops,
        measured=measured,
        subject=subject,
        config=config,
        device=device,
    )
    return found.with_note(counted.note)


def iter_explain_sample(
    model: Model,
    *,
    field: FieldConfig | None = None,
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Task[Progress, tuple[Explanation, Crops]]:
    """Return the factor cards of the sample whose factors are known, and its crops.

    The truth test: each card tells how well the dimension follows the true factor.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    field : FieldConfig, optional
        The sample; that of File > Open Sample by default.
    config, device
        See `iter_explain`.
    """
    from napari_disentangle.synthetic.field import sample_field

    sample = sample_field(field)
    image, labels = to_tzcyx(sample.image, "yxc"), to_tzyx(sample.labels, "yx")
    name = str(sample.table["roi_id"].iloc[0])
    crops = yield from iter_plan_crops(
        image, labels, CropConfig(), roi_id=name, is_rgb=True
    )
    measured = yield from iter_measure(image, labels, roi_id=name)
    found = yield from iter_explain(
        model,
        crops,
        measured=measured,
        truth=sample.table,
        subject="known factors",
        config=config,
        device=device,
    )
    return found, crops


def explain_image(
    model: Model,
    image: Path,
    labels: Path | None = None,
    *,
    crop: CropConfig | None = None,
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Explanation:
    """Return the factor cards of the cells of an image file at once."""
    task = iter_explain_image(
        model, image, labels, crop=crop, config=config, device=device
    )
    return run(task)[0]


def explain_folder(
    model: Model,
    folder: Path,
    *,
    crop: CropConfig | None = None,
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Explanation:
    """Return the factor cards of the cells of a folder at once."""
    crops = run(iter_open_crops(folder, crop))
    return run(
        iter_explain_folder(
            model, crops, subject=folder.name, config=config, device=device
        )
    )


def explain_sample(
    model: Model,
    *,
    field: FieldConfig | None = None,
    config: ExplainConfig | None = None,
    device: str = "auto",
) -> Explanation:
    """Return the factor cards of the sample with known factors at once."""
    return run(iter_explain_sample(model, field=field, config=config, device=device))[0]
