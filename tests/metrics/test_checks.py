from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes, check_factors


def test_float32_codes_stay_float32_and_integers_become_float64():
    assert check_codes(np.ones((3, 2), np.float32)).dtype == np.float32
    assert check_codes([[1, 2], [3, 4]]).dtype == np.float64


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (np.ones(3), r"shape \(3,\)"),
        (np.empty((0, 2)), r"shape \(0, 2\)"),
        (np.array([["a", "b"]]), "numeric table"),
        (np.array([[0.0, 1.0], [np.nan, 1.0]]), "1 of 2 rows .first: row 1"),
        (np.array([[np.inf, 1.0], [0.0, np.nan]]), "2 of 2 rows"),
    ],
)
def test_unusable_codes_are_refused_in_one_sentence(codes, said):
    with pytest.raises(DataError, match=said):
        check_codes(codes)


def test_positions_are_ranks_of_numbers_or_text():
    factors = np.array([[10.0, 3], [2.5, 3], [10.0, 7]])
    space, positions = check_factors(factors, 3, ("size", "kind"))
    assert space.names == ("size", "kind")
    assert space.sizes == (2, 2)
    assert positions.tolist() == [[1, 0], [0, 0], [1, 1]]
    assert check_factors(np.array([["b"], ["a"]]), 2)[1].tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("factors", "names", "said"),
    [
        (np.ones(3), None, "table of samples by factors"),
        (np.ones((4, 1)), None, "3 codes but 4 rows of factors"),
        (np.ones((3, 1)), ("shape",), "'shape' has the single value 1.0"),
        (np.array([[1.0], [2.0], [np.nan]]), ("shape",), "'shape' has missing values"),
        (np.array([["a"], ["b"], [np.nan]], object), None, "has missing values"),
        (np.array([[1], ["a"], [None]], object), None, "'factor_0' mixes kinds"),
        (np.eye(3), ("shape",), "1 names were given for 3 factors"),
    ],
)
def test_unusable_factors_are_refused_in_one_sentence(factors, names, said):
    with pytest.raises(DataError, match=said):
        check_factors(factors, 3, names)
