"""The table of cells: every cell once, by label id, columns as promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.backbones.extract import load_backbone
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.encode import cell_table, encode, iter_encode
from napari_disentangle.tables import NAMED_FACTORS, Embedding
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from napari_disentangle.crops.cut import LabelCrops
    from napari_disentangle.storage.models import Model

DIMENSIONS = ("residual_1", *NAMED_FACTORS, "residual_2")


def _ids(labels: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {"roi_id": "image", "frame": 0, "label": labels, "index": labels}
    )


def _embedding(labels: list[int]) -> Embedding:
    rng = np.random.default_rng(0)
    shape = (len(labels), len(DIMENSIONS))
    mean, sd = rng.random(shape, np.float32), rng.random(shape, np.float32)
    mean[:, 0] = labels
    return Embedding(mean, sd, DIMENSIONS, "tiny-0", _ids(labels))


def _measured(labels: list[int]) -> pd.DataFrame:
    return _ids(labels).assign(
        area=[10.0 * label for label in labels], pos_y=1.0, pos_x=2.0, pos_y_um=0.1
    )


def test_a_painted_image_is_encoded_cell_by_cell(
    crops: LabelCrops, tiny_model: Model
) -> None:
    load_backbone(device="cpu")  # which tells of its own stage, once
    events: list[Progress] = []
    embedding = run(iter_encode(crops, tiny_model, device="cpu"), events.append)
    assert embedding.table["label"].tolist() == [1, 5, 10, 11, 40, 41, 300]
    assert embedding.mean.shape == (7, 10)
    assert np.isfinite(embedding.mean).all()
    assert np.ptp(embedding.mean, axis=0).min() > 0
    assert {event.stage for event in events} == {"Reading features", "Encoding cells"}
    again = encode(crops, tiny_model, device="cpu", batch_size=3)
    np.testing.assert_allclose(again.mean, embedding.mean, atol=1e-3)


def test_a_pixel_model_needs_no_backbone(crops: LabelCrops, pixel_model: Model) -> None:
    assert encode(crops, pixel_model).mean.shape == (7, 5)


def test_a_loaded_backbone_of_another_kind_is_refused(
    crops: LabelCrops, tiny_model: Model
) -> None:
    other = load_backbone("efficientnet_lite0", device="cpu", normalise=False)
    with pytest.raises(ModelError, match=r"these are of efficientnet_lite0\+raw"):
        encode(crops, tiny_model, backbone=other)


def test_columns_stand_in_the_promised_order() -> None:
    table = cell_table(_embedding([1, 5]), _measured([1, 5]))
    codes = [f"z_{name}" for name in (*NAMED_FACTORS, "residual_1", "residual_2")]
    assert list(table) == [
        *("label", "index", "roi_id", "frame", "pos_y", "pos_x", "pos_y_um"),
        *codes,
        *(f"{name}_sd" for name in codes),
        *("area", "model"),
    ]


@given(
    labels=st.lists(st.integers(1, 10**9), unique=True, min_size=1),
    data=st.data(),
)
def test_every_measured_cell_has_one_row_with_its_own_codes(
    labels: list[int], data: st.DataObject
) -> None:
    encoded = data.draw(st.lists(st.sampled_from(labels), unique=True))
    table = cell_table(_embedding(encoded), _measured(labels))
    assert table["label"].tolist() == sorted(labels)
    assert table["index"].tolist() == sorted(labels)
    np.testing.assert_allclose(table["area"], 10.0 * table["label"])
    known = table["label"].isin(encoded)
    codes = table.loc[known, "z_residual_1"].to_numpy(np.float32)
    np.testing.assert_array_equal(codes, table.loc[known, "label"].astype(np.float32))
    assert table.loc[~known, "z_scale"].isna().all()
    assert table.loc[~known, "model"].isna().all()


def test_positions_come_from_crops_where_nothing_was_measured(
    crops: LabelCrops, pixel_model: Model
) -> None:
    table = cell_table(encode(crops, pixel_model), crops=crops)
    positions = crops.table[["pos_y", "pos_x"]]
    pd.testing.assert_frame_equal(table[["pos_y", "pos_x"]], positions)


def test_codes_of_cells_that_were_not_measured_are_refused() -> None:
    with pytest.raises(DataError, match=r"1 encoded cells .* label 7"):
        cell_table(_embedding([5, 7]), _measured([5, 6]))
