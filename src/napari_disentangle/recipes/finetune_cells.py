"""All of one fine-tuning: cells from a session or a folder, model, run, comparison.

Free of torch until the task starts, so that a dock starts it without waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from napari_disentangle.config import check_config
from napari_disentangle.crops.counted import counted_cells
from napari_disentangle.crops.places import fitted_to
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.places import cache_folder
from napari_disentangle.recipes.exclusions import read_exclusions
from napari_disentangle.recipes.finetune_images import seen_text
from napari_disentangle.storage.card import read_card
from napari_disentangle.storage.layout import FEATURES
from napari_disentangle.storage.runs import read_run
from napari_disentangle.tasks import Progress
from napari_disentangle.training.finetune_config import FinetuneConfig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.compare_models import ModelComparison
    from napari_disentangle.recipes.finetune import FinetunedModel
    from napari_disentangle.recipes.finetune_images import LeftOut
    from napari_disentangle.recipes.objects import Objects
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune_state import FinetuneReport

    FinetuneEvent: TypeAlias = Progress | FinetuneReport


@dataclass(frozen=True, slots=True, eq=False)
class FinetuneRequest:
    """What to fine-tune on what.

    Attributes
    ----------
    model : str or Path
        Bundled name or folder of the model to start from; to go on with a run, the
        first of `models` that the run started from is taken.
    models : sequence of str
        Models that are known.
    config : FinetuneConfig
        How to fine-tune. A run that goes on keeps its own settings; if it is finished
        it goes on for as many epochs more.
    out : Path
        Folder of the run.
    crops : Crops or None
        The cells; those of `folder` if there are none.
    shown : Objects or None
        The image of `crops`.
    others : sequence of Objects
        More images with labels, whose cells are cut as `crops` were and taken, too.
    left_out : sequence of LeftOut
        Images that are not taken, to be told in the record of the run.
    annotations : Annotations or None
        Classes of the cells of images, and those that are excluded.
    folder : Path or None
        Folder of images, one folder a class, or with boxes.
    crop : CropConfig or None
        How the crops of `folder` are cut.
    resume : bool
        Whether to go on with the run in `out`.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    """

    model: str | Path
    config: FinetuneConfig
    out: Path
    models: Sequence[str] = ()
    crops: Crops | None = None
    shown: Objects | None = None
    others: Sequence[Objects] = ()
    left_out: Sequence[LeftOut] = ()
    annotations: Annotations | None = None
    folder: Path | None = None
    crop: CropConfig | None = None
    resume: bool = False
    device: str = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class FinetunedCells:
    """A finished run and what it changed.

    Attributes
    ----------
    tuned : FinetunedModel
        The run.
    comparison : ModelComparison
        The model before and after on the same cells.
    """

    tuned: FinetunedModel
    comparison: ModelComparison


def iter_finetune_cells(
    request: FinetuneRequest,
) -> Task[FinetuneEvent, FinetunedCells]:
    """Fine-tune, and compare the model before and after on the same cells.

    The comparison is kept in the folder of the run.

    A run that goes on first reports the epochs it has already.

    Raises
    ------
    DataError
        If there are no cells, or too few.
    ModelError
        If the model cannot be read, or that of a run is not among those known.
    StorageError
        If the folder of the run holds something else or cannot be written.
    """
    from napari_disentangle.recipes.comparison_files import iter_keep_comparison
    from napari_disentangle.recipes.finetune import iter_finetune_model
    from napari_disentangle.storage.models import read_model

    yield Progress("Reading the model", 0, 1)
    model = _find_parent(request) if request.resume else read_model(request.model)
    config = _continued(request) if request.resume else request.config
    if request.resume:
        yield from read_reports(request.out)
    crops, labels, data = yield from _iter_cells(request)
    cache = cache_folder() / FEATURES
    tuned = yield from iter_finetune_model(
        crops,
        model,
        config,
        request.out,
        labels=labels if config.class_weight else [""] * len(crops),
        data=data,
        cache=cache,
        resume=request.resume,
        device=request.device,
    )
    comparison = yield from iter_keep_comparison(
        crops, model, tuned, labels=labels, cache=cache, device=request.device
    )
    return FinetunedCells(tuned, comparison)


def class_names(crops: Crops) -> list[str]:
    """Return the class of each cell by the table of the crops, empty if unknown."""
    known = crops.table.get("annotation")
    return [""] * len(crops) if known is None else known.fillna("").tolist()


def read_reports(folder: Path) -> tuple[FinetuneReport, ...]:
    """Return all epochs of the run in `folder`.

    Raises
    ------
    StorageError
        If there is no run, or it is damaged.
    """
    from napari_disentangle.training.finetune_state import read_report

    return tuple(read_report(epoch) for epoch in read_run(folder).read_history())


def _iter_cells(
    request: FinetuneRequest,
) -> Task[Progress, tuple[Crops, Sequence[str], str]]:
    """Return the cells that are not excluded, the class of each, and what they are."""
    if request.crops is not None:
        return (yield from _iter_image_cells(request, request.crops))
    from napari_disentangle.recipes.folders import iter_open_crops

    if request.folder is None:
        raise DataError("There are no cells; cut crops, or choose a folder of images.")
    opened = yield from iter_open_crops(request.folder, request.crop)
    counted = read_exclusions(opened, request.folder).counted()
    crops, what = counted.crops, counted.describe(f"of {request.folder.name}")
    return crops, class_names(crops), what


def _iter_image_cells(
    request: FinetuneRequest, crops: Crops
) -> Task[Progress, tuple[Crops, Sequence[str], str]]:
    """Return those of the open images."""
    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.recipes.encode_images import iter_join_images

    known, asked = request.annotations, list[str]()
    if request.others:
        if request.shown is None or not isinstance(crops, ImageCrops):
            raise DataError(
                "Other images cannot be cut like crops of a folder; cut those of an "
                "image, or fine-tune on the present crops alone."
            )
        crops = yield from iter_join_images(request.others, request.shown, crops)
        asked = [each.roi_id for each in (request.shown, *request.others)]
        if known is not None:
            known = fitted_to(known, crops).annotations
    counted = counted_cells(crops, known)
    what = seen_text(crops, counted, asked, request.left_out)
    if known is None:
        return crops, [""] * len(crops), what
    classes = pd.Series(known.names_of(counted.crops.table))
    return counted.crops, classes.fillna("").tolist(), what


def _continued(request: FinetuneRequest) -> FinetuneConfig:
    """Return the run's own settings; a finished one gets more epochs."""
    found = read_run(request.out)
    config = check_config(FinetuneConfig, dict(found.manifest.config))
    if not found.is_finished:
        return config
    return config.replace(epochs=len(found.read_history()) + request.config.epochs)


def _find_parent(request: FinetuneRequest) -> Model:
    """Return the model that the run started from: the chosen one, or one known."""
    from napari_disentangle.storage.models import read_model

    wanted = read_run(request.out).manifest.parent
    for candidate in (request.model, *request.models):
        try:
            if not wanted.startswith(f"{read_card(candidate).name}-"):
                continue
            model = read_model(candidate)
        except ModelError:  # its folder is gone
            continue
        if model.id == wanted:
            return model
    raise ModelError(
        f"The run {request.out.name} started from {wanted}, which is not among the "
        f"models here; open its folder in the Factors dock first."
    )
