"""A direction is told only where chance would hardly tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from napari_disentangle.metrics.direction import closest_measure, least_clear


def cells(n: int, n_measures: int = 3, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    noise = {f"m_{i}": rng.normal(size=n) for i in range(n_measures)}
    return pd.DataFrame({"label": np.arange(n), "z_scale": rng.normal(size=n), **noise})


def test_the_closest_is_that_of_the_largest_rank_correlation() -> None:
    table = cells(60)
    table["area"] = np.exp(-table["z_scale"]) + 0.3 * table["m_0"]
    found = closest_measure(table, "z_scale")
    assert found is not None
    expected = spearmanr(table["z_scale"], table["area"]).statistic
    assert (found.measure, found.n) == ("area", 60)
    assert found.correlation == pytest.approx(expected)
    assert found.is_clear


@pytest.mark.parametrize("n", [8, 12, 30, 200])
def test_measures_that_mean_nothing_give_a_direction_to_one_code_in_twenty(
    n: int,
) -> None:
    found = [closest_measure(cells(n, 14, seed), "z_scale") for seed in range(400)]
    assert sum(f is not None and f.is_clear for f in found) <= 35


def test_cells_without_a_code_are_no_evidence() -> None:
    table = cells(40)
    table["area"] = np.arange(40.0)
    table.loc[5:, "z_scale"] = np.nan
    assert closest_measure(table, "z_scale") is None, "five cells tell nothing"
    table = cells(40)
    table["area"] = table["z_scale"]
    table.loc[20:, "z_scale"] = np.nan
    found = closest_measure(table, "z_scale")
    assert found is not None
    assert (found.measure, found.n) == ("area", 20)
    assert found.correlation == pytest.approx(1)


def test_a_measure_known_of_few_cells_is_none() -> None:
    table = cells(40)
    table["area"] = table["z_scale"].where(np.arange(40) < 5)
    found = closest_measure(table, "z_scale")
    assert found is not None
    assert found.measure != "area"


def test_places_angles_and_what_was_made_from_codes_are_no_evidence() -> None:
    table = cells(40)
    same = table["z_scale"]
    made = ("pos_y", "orientation", "pca_1", "distance", "z_shape", "label", "index")
    found = closest_measure(table.assign(**dict.fromkeys(made, same)), "z_scale")
    assert found is not None
    assert found.measure.startswith("m_")
    assert not found.is_clear


def test_fewer_cells_and_more_measures_need_more() -> None:
    assert least_clear(100, 14) == 0.5
    assert 0.75 < least_clear(12, 14) < 0.8
    assert least_clear(12, 3) < least_clear(12, 14) < least_clear(8, 14) < 1
