"""Distances in chosen columns, in sd of the cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.latents.space import cell_space


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": rng.normal(3, 2, 50),
            "b": rng.normal(-1, 100, 50),
            "flat": 7.0,
            "model": "m",
            "empty": np.nan,
        }
    )


def test_a_column_counts_the_same_in_any_unit(table: pd.DataFrame) -> None:
    space = cell_space(table, ["a", "b"])
    other = cell_space(table.assign(b=1e-6 * table["b"] + 5), ["a", "b"])
    np.testing.assert_allclose(space.points, other.points, atol=1e-6)
    np.testing.assert_allclose(space.points.std(axis=0), 1)
    np.testing.assert_allclose(space.points.mean(axis=0), 0, atol=1e-12)


def test_one_sd_apart_in_every_column_is_a_distance_of_one() -> None:
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [5.0, 2.0]})  # an sd is half the gap
    for weights in ((), (1, 1), (3, 0.5)):
        space = cell_space(table, ["a", "b"], weights)
        np.testing.assert_allclose(space.distances_from(0), [0, 2])


def test_a_weight_of_zero_leaves_a_column_out(table: pd.DataFrame) -> None:
    space = cell_space(table, ["a", "b"], (2, 0))
    assert space.columns == ("a",)
    alone = cell_space(table, ["a"])
    np.testing.assert_allclose(space.distances_from(4), alone.distances_from(4))


def test_constant_columns_and_rows_with_nan_are_left_out(table: pd.DataFrame) -> None:
    table.loc[[3, 7], "a"] = np.nan, np.inf
    space = cell_space(table, ["flat", "a", "b"])
    assert space.columns == ("a", "b")
    assert space.rows.tolist() == [i for i in range(50) if i not in (3, 7)]
    assert np.isfinite(space.points).all()


@pytest.mark.parametrize(
    ("columns", "weights", "message"),
    [
        ([], (), "No factor is chosen"),
        (["a"], (0,), "No factor is chosen"),
        (["z_size"], (), "no column 'z_size'"),
        (["model"], (), "'model' holds no numbers"),
        (["flat"], (), "All cells are alike in flat"),
        (["a", "empty"], (), "0 of 50 cells have a value in each of a, empty"),
        (["a"], (1, 2), "2 weights were given for 1 columns"),
        (["a", "b"], (1, -1), "Weight -1 is wrong"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    table: pd.DataFrame, columns: list[str], weights: tuple[float, ...], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        cell_space(table, columns, weights)
