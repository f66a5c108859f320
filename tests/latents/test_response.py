"""Responses: what moves along a walk, how far and how steadily."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.latents.response import (
    fidelity_of,
    moved,
    respond,
    spread_of,
    untold,
)


def _walk(slope: float = 1.0) -> pd.DataFrame:
    step = np.arange(5.0)
    return pd.DataFrame(
        {
            "area": 100 + 20 * slope * step,
            "solidity": [0.9, 0.92, 0.91, 0.9, 0.9],
            "intensity_mean": 0.5 - 0.1 * step,
            "orientation": np.deg2rad([70, 80, -90, -80, -70]),  # through the half turn
            "color_red": np.nan,
        }
    )


SPREAD = {"area": 40.0, "solidity": 0.1, "intensity_mean": 0.2}


def test_effects_are_in_sd_of_the_cells_and_average_over_walks() -> None:
    found = {r.measure: r for r in respond([_walk(1), _walk(2)], SPREAD)}
    assert found["area"].effect == pytest.approx((2 + 4) / 2)
    assert found["area"].effect_sd == pytest.approx(np.std([2, 4], ddof=1))
    assert found["area"].monotonicity == pytest.approx(1)
    assert found["intensity_mean"].monotonicity == pytest.approx(-1)
    assert found["intensity_mean"].effect == pytest.approx(-2)
    assert abs(found["solidity"].monotonicity) < 0.5
    np.testing.assert_allclose(found["area"].values, 100 + 30 * np.arange(5))
    assert "color_red" not in found


def test_an_axis_is_followed_through_its_half_turn() -> None:
    (found,) = (r for r in respond([_walk()], {}) if r.measure == "orientation")
    assert np.rad2deg(found.effect) == pytest.approx(40)
    assert found.monotonicity == pytest.approx(1)
    assert found.words == "orientation +40°"


def test_what_else_moves_leaves_out_the_named_family_and_small_things() -> None:
    found = respond([_walk()], SPREAD)
    assert [r.measure for r in moved(found, "scale")] == ["intensity_mean"]
    assert [r.measure for r in moved(found, "residual_1")] == ["area", "intensity_mean"]


def test_without_spread_the_effect_is_unknown() -> None:
    one = spread_of(_walk().iloc[:1])
    (area,) = (r for r in respond([_walk()], one) if r.measure == "area")
    assert np.isnan(area.effect)
    assert area.monotonicity == pytest.approx(1)


def test_walks_must_have_the_same_steps() -> None:
    with pytest.raises(DataError, match="the same steps"):
        respond([_walk(), _walk().iloc[:3]], SPREAD)
    with pytest.raises(DataError, match="0 walks"):
        respond([], SPREAD)


def test_what_drawn_pictures_do_not_tell_of_their_cells_moves_nothing() -> None:
    rng = np.random.default_rng(0)
    real = pd.DataFrame({"area": rng.random(40), "intensity_mean": rng.random(40)})
    drawn = real.assign(intensity_mean=rng.random(40))  # another brightness each
    told = fidelity_of(drawn, real)
    assert told["area"] == pytest.approx(1)
    assert abs(told["intensity_mean"]) < 0.5
    found = respond([_walk()], SPREAD, told)
    assert [r.is_told for r in found if r.measure in told] == [True, False]
    assert [r.measure for r in moved(found, "shape")] == ["area"]
    assert untold(found) == ("brightness",)


def test_few_cells_do_not_say_what_drawn_pictures_tell() -> None:
    few = pd.DataFrame({"area": np.arange(5.0)})
    assert fidelity_of(few, few) == {}
    assert untold(respond([_walk()], SPREAD)) == ()
