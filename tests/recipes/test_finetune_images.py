"""A model's record names the open images that it has seen and those it has not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.finetune_cells import FinetuneRequest, _iter_cells
from napari_disentangle.recipes.finetune_images import (
    NO_LAYER,
    LeftOut,
    left_out_text,
    taken_text,
)
from napari_disentangle.recipes.image_objects import ImageObjects
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.training.finetune_config import FinetuneConfig

if TYPE_CHECKING:
    from pathlib import Path

BARE = LeftOut("bare.tif", f"{NO_LAYER}; name it after its image")


@pytest.fixture
def shown() -> ImageObjects:
    labels = np.zeros((1, 1, 40, 80), np.int32)
    labels[0, 0, 10:20, 10:20] = 1
    labels[0, 0, 10:20, 40:50] = 2
    ramp = np.arange(labels.size, dtype=np.float32).reshape(1, 1, 1, 40, 80)
    return ImageObjects(ramp, labels, roi_id="a.tif")


@pytest.fixture
def request_of_three(shown: ImageObjects, tmp_path: Path) -> FinetuneRequest:
    """An image with cells, another, one whose labels are empty; a bare one is known."""
    empty = replace(shown, objects=np.zeros_like(shown.objects), roi_id="empty.tif")
    return FinetuneRequest(
        "features",
        FinetuneConfig(),
        tmp_path / "run",
        crops=run(iter_plan_objects(shown, CropConfig())),
        shown=shown,
        others=(replace(shown, roi_id="b.tif"), empty),
        left_out=(BARE,),
    )


def test_the_record_names_what_was_seen_and_what_was_left_out_and_why(
    request_of_three: FinetuneRequest,
) -> None:
    crops, _, what = run(_iter_cells(request_of_three))
    assert len(crops) == 4
    assert what == (
        "4 cells of 2 images: a.tif, b.tif; left out: bare.tif (no layer of cells of "
        "its own), empty.tif (no cells)"
    )


def test_an_image_all_of_whose_cells_are_excluded_was_not_seen(
    request_of_three: FinetuneRequest,
) -> None:
    crops, _, _ = run(_iter_cells(request_of_three))
    gone = crops.table[crops.table["roi_id"] == "a.tif"]
    known = exclude(Annotations(), gone, "debris")
    request = replace(request_of_three, annotations=known, left_out=())
    taken, _, what = run(_iter_cells(request))
    assert taken.table["roi_id"].unique().tolist() == ["b.tif"]
    assert what == (
        "2 cells of b.tif (2 excluded); left out: a.tif (all cells excluded), "
        "empty.tif (no cells)"
    )


def test_before_the_start_one_sentence_tells_both() -> None:
    deep = LeftOut("deep.tif", "The pixels are uint16, those of a.tif uint8; save both")
    assert taken_text(["a.tif", "b.tif"], [BARE, replace(BARE, roi_id="c"), deep]) == (
        "Takes 2 open images; leaves out bare.tif, c (no layer of cells of its own), "
        "deep.tif (the pixels are uint16, those of a.tif uint8)."
    )
    assert taken_text(["a.tif"], []) == "Takes a.tif alone."
    assert left_out_text([]) == ""
