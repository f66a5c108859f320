"""Edited cells are encoded again, and every other keeps its row to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.pixel_digest import PixelDigest, iter_digest_pixels
from napari_disentangle.errors import CropError
from napari_disentangle.recipes.image_objects import ImageObjects
from napari_disentangle.recipes.objects import (
    EncodedObjects,
    iter_encode_objects,
    iter_plan_objects,
)
from napari_disentangle.recipes.update_cells import (
    KnownCells,
    UpdatedCells,
    iter_update_cells,
)
from napari_disentangle.tables import KEY
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

LABELS = [1, 5, 10, 11, 40, 41, 300]

disks = partial(ImageObjects, is_rgb=True, roi_id="disks", spacing_um=(0.5, 0.5))


def known_of(
    crops: Any, codes: EncodedObjects, pixels: PixelDigest | None = None
) -> KnownCells:
    return KnownCells(crops, codes.embedding, codes.measured, codes.familiarity, pixels)


@dataclass
class Encoded:
    """Cells that were encoded; `update` follows what is painted into `labels`."""

    given: ImageObjects
    labels: NDArray[np.int32]
    known: KnownCells
    table: pd.DataFrame
    model: Model

    def update(self, **options: Any) -> UpdatedCells:
        given = replace(self.given, objects=to_tzyx(self.labels, "yx"))
        options = {"model": self.model, **options}
        return run(iter_update_cells(given, self.known, **options))


def encode(
    painted: tuple[NDArray[np.uint8], NDArray[np.int32]],
    model: Model,
    config: CropConfig,
) -> Encoded:
    image, labels = painted[0], painted[1].copy()
    given = disks(to_tzcyx(image, "yxc"), to_tzyx(labels.copy(), "yx"))
    crops = run(iter_plan_objects(given, config))
    codes = run(iter_encode_objects(given, crops, model))
    known = known_of(crops, codes)
    return Encoded(given, labels, known, codes.table, model)


@pytest.fixture
def cells(painted_cells: Any, pixel_model: Model) -> Encoded:
    return encode(painted_cells, pixel_model, CropConfig())


def rows_of(table: pd.DataFrame, labels: list[int]) -> pd.DataFrame:
    return table[table["label"].isin(labels)].reset_index(drop=True)


def erase_half(labels: NDArray[np.int32]) -> None:
    labels[72:, :][labels[72:, :] == 40] = 0


def paint_new(labels: NDArray[np.int32]) -> None:
    labels[44:52, 44:54] = 7


def delete(labels: NDArray[np.int32]) -> None:
    labels[labels == 10] = 0


def merge(labels: NDArray[np.int32]) -> None:
    labels[labels == 5] = 1


@pytest.mark.parametrize(
    ("edit", "encoded", "gone", "new"),
    [
        (erase_half, [40], [], []),
        (paint_new, [7], [], [7]),
        (delete, [], [10], []),
        (merge, [1], [5], []),
    ],
)
def test_only_edited_cells_are_encoded_and_the_others_keep_their_rows(
    cells: Encoded,
    edit: Callable[[NDArray[np.int32]], None],
    encoded: list[int],
    gone: list[int],
    new: list[int],
) -> None:
    edit(cells.labels)
    found = cells.update()
    assert found.n_encoded == len(encoded)
    table = found.codes.table
    kept = [label for label in LABELS if label not in (*gone, *encoded)]
    assert table["label"].tolist() == sorted({*LABELS, *new} - {*gone})
    pd.testing.assert_frame_equal(rows_of(table, kept), rows_of(cells.table, kept))
    assert found.codes.embedding.table["label"].tolist() == table["label"].tolist()
    assert found.crops.table["label"].tolist() == table["label"].tolist()


def test_an_edited_cell_gets_the_row_it_has_when_all_is_done_anew(
    painted_cells: Any, pixel_model: Model
) -> None:
    config = CropConfig(window_px=45)
    cells = encode(painted_cells, pixel_model, config)
    erase_half(cells.labels)
    paint_new(cells.labels)
    delete(cells.labels)
    updated = cells.update()
    anew = encode((painted_cells[0], cells.labels), pixel_model, config)
    pd.testing.assert_frame_equal(updated.codes.table, anew.table, rtol=1e-4)
    assert updated.codes.measured is not None
    assert updated.codes.measured["label"].tolist() == anew.table["label"].tolist()


def test_window_and_brightness_stay_so_that_other_crops_look_the_same(
    cells: Encoded,
) -> None:
    cells.labels[cells.labels == 300] = 0  # the largest decides the window
    cells.labels[2:110, 142:158] = 41
    found = cells.update()
    before = cells.known.crops
    assert found.crops.window_px == before.window_px
    np.testing.assert_array_equal(found.crops.limits, before.limits)
    np.testing.assert_array_equal(
        found.crops.cut(np.array([0]), 32), before.cut(np.array([0]), 32)
    )


def test_labels_as_before_cost_no_encoding(cells: Encoded) -> None:
    found = cells.update()
    assert found.n_encoded == 0
    pd.testing.assert_frame_equal(found.codes.table, cells.table)


def test_cells_may_be_encoded_again_without_an_edit(cells: Encoded) -> None:
    assert cells.update(again={(0, 5), (0, 10), (0, 999)}).n_encoded == 2


def test_another_model_or_another_image_encodes_all(
    cells: Encoded, pixel_model: Model
) -> None:
    card = pixel_model.card.model_copy(update={"name": "another"})
    other = replace(pixel_model, card=card)
    assert other.id != pixel_model.id
    found = cells.update(model=other)
    assert found.n_encoded == len(LABELS)
    assert set(found.codes.table["model"]) == {other.id}
    cells.given = replace(cells.given, image=255 - cells.given.image)
    brighter = cells.update(same_image=False)
    assert brighter.n_encoded == len(LABELS)
    measured = brighter.codes.table["intensity_mean_0"]
    np.testing.assert_allclose(measured, 255 - cells.table["intensity_mean_0"])


def test_cells_that_were_never_encoded_all_are(cells: Encoded) -> None:
    erase_half(cells.labels)
    cells.known = replace(cells.known, embedding=None, measured=None)
    assert cells.update().n_encoded == len(LABELS)


def test_only_cells_whose_pixels_changed_in_place_are_encoded_and_measured(
    painted_cells: Any, pixel_model: Model
) -> None:
    image = painted_cells[0].copy()
    labels = painted_cells[1]
    given = disks(to_tzcyx(image, "yxc"), to_tzyx(labels, "yx"))
    config = CropConfig(window_px=45)
    crops = run(iter_plan_objects(given, config))
    pixels = run(iter_digest_pixels(crops, given.image, given.objects))
    codes = run(iter_encode_objects(given, crops, pixel_model))
    image[labels == 40] //= 2
    image[44:52, 44:54] = 255  # between the cells: no crop shows it
    known = known_of(crops, codes, pixels)
    found = run(iter_update_cells(given, known, pixel_model))
    assert found.n_encoded == 1
    others = [label for label in LABELS if label != 40]
    table = found.codes.table
    pd.testing.assert_frame_equal(rows_of(table, others), rows_of(codes.table, others))
    anew = encode((image, labels), pixel_model, config)
    pd.testing.assert_frame_equal(table, anew.table, rtol=1e-4)
    again = known_of(found.crops, found.codes, found.pixels)
    assert run(iter_update_cells(given, again, pixel_model)).n_encoded == 0


@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_only_marks_that_were_moved_or_added_are_encoded_and_keep_their_ids(
    painted_cells: Any, pixel_model: Model, kind: Literal["points", "shapes"]
) -> None:
    centers = np.array([[25.0, 25], [25, 70], [25, 118], [72, 25]])

    def given_at(yx: NDArray[np.float64], ids: list[int]) -> ImageObjects:
        flat = np.zeros((len(yx), 2))
        around = [yx] if kind == "points" else [yx - 14, yx + 14]
        objects = np.column_stack([flat, *around])
        image = to_tzcyx(painted_cells[0], "yxc")
        return disks(image, objects, kind, np.array(ids))

    given = given_at(centers, [1, 2, 3, 4])
    config = CropConfig(window_px=30)
    crops = run(iter_plan_objects(given, config))
    codes = run(iter_encode_objects(given, crops, pixel_model))
    moved = np.array([[25.0, 25], [25, 120], [72, 25], [72, 75]])
    now = given_at(moved, [1, 3, 4, 5])  # 2 is gone, 3 moved, 5 is new
    found = run(iter_update_cells(now, known_of(crops, codes), pixel_model))
    assert found.n_encoded == 2
    table = found.codes.table
    assert table["label"].tolist() == [1, 3, 4, 5]
    kept = [1, 4]
    pd.testing.assert_frame_equal(rows_of(table, kept), rows_of(codes.table, kept))
    anew = run(iter_plan_objects(now, config))
    wanted = run(iter_encode_objects(now, anew, pixel_model)).table
    pd.testing.assert_frame_equal(table, wanted, rtol=1e-4)


def test_without_any_cell_left_it_says_so(cells: Encoded) -> None:
    cells.labels[:] = 0
    with pytest.raises(CropError, match="no cells"):
        cells.update()


def test_only_the_frame_that_was_edited_is_encoded(
    painted_cells: Any, pixel_model: Model
) -> None:
    image = np.stack([painted_cells[0]] * 2)
    labels = np.stack([painted_cells[1]] * 2)
    given = disks(to_tzcyx(image, "tyxc"), to_tzyx(labels.copy(), "tyx"), n_frames=2)
    crops = run(iter_plan_objects(given, CropConfig()))
    codes = run(iter_encode_objects(given, crops, pixel_model))
    erase_half(labels[1])
    known = known_of(crops, codes)
    now = replace(given, objects=to_tzyx(labels, "tyx"))
    found = run(iter_update_cells(now, known, pixel_model))
    assert found.n_encoded == 1
    both = codes.table.merge(found.codes.table, on=list(KEY), suffixes=("", "_now"))
    differs = both[both["area"] != both["area_now"]]
    assert differs[["frame", "label"]].to_numpy().tolist() == [[1, 40]]


def test_a_cell_that_is_erased_while_it_is_encoded_has_no_measurements(
    painted_cells: Any, pixel_model: Model
) -> None:
    labels = painted_cells[1].copy()
    given = disks(to_tzcyx(painted_cells[0], "yxc"), to_tzyx(labels, "yx"))
    crops = run(iter_plan_objects(given, CropConfig()))
    labels[labels == 10] = 0  # the same memory, as in a Labels layer
    table = run(iter_encode_objects(given, crops, pixel_model)).table
    assert table["label"].tolist() == LABELS
    erased = table.set_index("label").loc[10]
    assert np.isnan(erased["solidity"])
    assert np.isnan(erased["intensity_mean_0"])
