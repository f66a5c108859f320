"""Grades: a name is earned on these cells, or it is said not to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.picture import PICTURE_COLUMNS
from napari_disentangle.errors import DataError
from napari_disentangle.latents.measures import MEASURES, factor_of, family_of
from napari_disentangle.latents.trust import Trust, correlate, judge

N = 200
NAMES = ("texture", "color", "shape", "scale", "orientation", "residual_1")


def _table(n: int = N, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        rng.uniform(0.2, 0.8, (n, len(PICTURE_COLUMNS))), columns=list(PICTURE_COLUMNS)
    )
    table["eccentricity"] = rng.uniform(0.65, 0.9, n)
    table["orientation"] = rng.uniform(-np.pi / 2, np.pi / 2, n)
    return table


def _codes(table: pd.DataFrame, noise: float = 0.05, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    columns = [
        table["texture_patterns"],
        -table["color_blue"],
        table["solidity"],
        table["area"],
        np.cos(2 * table["orientation"] + 0.3),
        table["intensity_mean"],
    ]
    codes = np.stack(columns, axis=1)
    return (codes + noise * rng.normal(size=codes.shape)).astype(np.float32)


def _judge(
    codes: np.ndarray,
    table: pd.DataFrame,
    dimension: int,
    kl: float = 2.0,
    sd: float = 1.0,
) -> Trust:
    found = correlate(codes, table, np.random.default_rng(0))
    return judge(dimension, NAMES, found, kl=kl, sd=sd, n_cells=len(table))


def test_every_measure_of_a_picture_has_words() -> None:
    assert set(MEASURES) == set(PICTURE_COLUMNS)


def test_names_of_numbered_dimensions_are_those_of_their_factor() -> None:
    assert factor_of("orientation_2") == "orientation"
    assert family_of("orientation_2") == "orientation"
    assert family_of("residual_3") is None


@pytest.mark.parametrize(
    ("dimension", "direction", "measure"),
    [
        (0, "more varied", "texture_patterns"),
        (1, "less blue", "color_blue"),
        (2, "without dents", "solidity"),
        (3, "larger", "area"),
        (4, "", "orientation"),
    ],
)
def test_a_followed_name_is_an_a_and_tells_its_direction(
    dimension: int, direction: str, measure: str
) -> None:
    table = _table()
    trust = _judge(_codes(table), table, dimension)
    assert trust.grade == "A", trust.reason
    assert trust.direction == direction
    assert trust.measure == measure
    assert trust.reason.endswith(".")


def test_grades_fall_with_the_strength_of_the_relation() -> None:
    table = _table()
    grades = [_judge(_codes(table, noise), table, 3).grade for noise in (0.02, 0.2, 3)]
    assert grades == ["A", "B", "D"]


def test_few_cells_earn_less_than_many() -> None:
    def count(n: int) -> int:
        tables = [_table(n, seed) for seed in range(8)]
        grades = [_judge(_codes(t, 0.1, 100 + n), t, 3).grade for t in tables]
        return sum(grade == "A" for grade in grades)

    assert count(22) < count(300) == 8


def test_a_name_that_is_not_followed_says_so() -> None:
    table = _table()
    codes = _codes(table)
    codes[:, 2] = codes[:, 3]  # "shape" is really the area
    trust = _judge(codes, table, 2)
    assert trust.grade == "D"
    assert "does not deserve its name" in trust.reason
    assert "area" in trust.reason


def test_following_something_else_more_is_at_best_a_c() -> None:
    table = _table()
    codes = _codes(table, 0.01)
    rng = np.random.default_rng(3)
    mixed = table["solidity"] * 0.75 + table["area"] + 0.02 * rng.normal(size=N)
    codes[:, 2] = mixed
    trust = _judge(codes, table, 2)
    assert trust.grade == "C"
    assert "but area" in trust.reason


def test_a_measure_that_another_dimension_follows_more_is_at_best_a_c() -> None:
    table = _table()
    codes = _codes(table, 0.01)
    codes[:, 5] = table["area"]
    noise = np.random.default_rng(0).normal(size=N)
    codes[:, 3] = table["area"] + 0.12 * noise
    trust = _judge(codes, table, 3)
    assert trust.grade == "C"
    assert "residual 1 follows it more" in trust.reason


@pytest.mark.parametrize(
    ("dimension", "kl", "sd", "words"),
    [
        (3, 0.001, 1.0, "dead"),
        (3, 2.0, 0.01, "silent"),
        (5, 2.0, 1.0, "has no name; it goes with brightness"),
    ],
)
def test_no_grade_without_use_or_name(
    dimension: int, kl: float, sd: float, words: str
) -> None:
    table = _table()
    trust = _judge(_codes(table), table, dimension, kl, sd)
    assert trust.grade == "none"
    assert words in trust.reason


def test_what_cannot_be_tested_is_not_graded() -> None:
    few = _table(12)
    assert "12 cells are too few" in _judge(_codes(few), few, 3).reason
    round_cells = _table().assign(eccentricity=0.2)
    assert "elongated" in _judge(_codes(round_cells), round_cells, 4).reason
    gray = _table().assign(color_saturation=0.0)
    assert "no color" in _judge(_codes(gray), gray, 1).reason
    assert (
        "no measure of size"
        in _judge(_codes(_table()), _table().drop(columns="area"), 3).reason
    )


def test_codes_and_rows_must_be_of_the_same_cells() -> None:
    with pytest.raises(DataError, match="3 codes and 200"):
        correlate(np.zeros((3, 2), np.float32), _table(), np.random.default_rng(0))
