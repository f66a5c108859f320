from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.errors import DataError
from napari_disentangle.tables import Embedding, at_frame, join, rows_by_key

ids = st.lists(st.integers(1, 10**9), min_size=1, max_size=20, unique=True)


def table_of(labels: list[int], frame: int = 0, **columns: object) -> pd.DataFrame:
    rows = {"roi_id": "image", "frame": frame, "label": labels, "index": labels}
    return pd.DataFrame({**rows, **columns})


@given(ids, st.randoms(use_true_random=False))
def test_join_matches_by_label_whatever_the_row_order(labels, random) -> None:
    shuffled = random.sample(labels, len(labels))
    left = table_of(labels)
    right = table_of(shuffled, value=[label * 2 for label in shuffled])
    joined = join(left, right)
    assert (joined["value"] == joined["label"] * 2).all()
    assert joined["label"].tolist() == sorted(labels)
    assert (joined["index"] == joined["label"]).all()


def test_an_object_the_right_table_lacks_gets_nan() -> None:
    joined = join(table_of([1, 5, 10]), table_of([10, 1], value=[100.0, 10.0]))
    assert joined["value"].tolist()[::2] == [10.0, 100.0]
    assert np.isnan(joined["value"][1])


def test_newer_columns_replace_older_ones() -> None:
    joined = join(table_of([1], z=[0.0]), table_of([1], z=[1.0]))
    assert joined["z"].tolist() == [1.0]


def test_an_object_twice_in_the_right_table_is_refused() -> None:
    with pytest.raises(DataError, match="twice"):
        join(table_of([1]), table_of([1, 1]))


@given(ids, ids, st.randoms(use_true_random=False))
def test_a_row_is_found_by_its_whole_key(labels, others, random) -> None:
    table = pd.concat(
        [
            table_of(labels),
            table_of(labels, frame=3),
            table_of(others).assign(roi_id="b"),
        ]
    ).sample(frac=1, random_state=random.randrange(99))
    wanted = pd.concat(
        [
            table_of(others, frame=3),
            table_of(others),
            table_of(labels).assign(roi_id="b"),
        ]
    )
    keys = [tuple(row) for row in table[["roi_id", "frame", "label"]].to_numpy()]
    slow = [
        keys.index(tuple(row)) if tuple(row) in keys else -1
        for row in wanted[["roi_id", "frame", "label"]].to_numpy()
    ]
    assert rows_by_key(table, wanted).tolist() == slow


def test_in_an_empty_table_nothing_is_found() -> None:
    assert rows_by_key(table_of([]), table_of([4])).tolist() == [-1]
    assert rows_by_key(table_of([4]), table_of([])).tolist() == []


def test_one_frame_holds_each_index_once() -> None:
    both = pd.concat([table_of([2, 1], frame=0), table_of([2, 1], frame=1)])
    rows = at_frame(both, 1, "image")
    assert rows["index"].tolist() == [1, 2]
    assert rows["frame"].unique().tolist() == [1]


def test_an_embedding_becomes_the_columns_of_the_contract() -> None:
    codes = np.arange(4, dtype=np.float32).reshape(2, 2)
    embedding = Embedding(
        codes, codes / 10, ("texture", "residual_1"), "features-abc", table_of([3, 7])
    )
    frame = embedding.to_frame()
    assert frame.columns.tolist() == [
        *("roi_id", "frame", "label", "index"),
        *("z_texture", "z_residual_1", "z_texture_sd", "z_residual_1_sd", "model"),
    ]
    assert frame["z_residual_1"].tolist() == [1.0, 3.0]
