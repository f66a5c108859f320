from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.classify.splits import (
    duplicate_groups,
    merge_groups,
    possible_folds,
    split_folds,
    split_once,
)
from napari_disentangle.errors import DataError

GOLDEN = [[5, 6, 9, 10], [0, 1, 7, 11], [2, 3, 4, 8]]
GOLDEN_GROUPED = [0, 1, 4, 5, 10, 11]


def labels(n: int = 120, images: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.choice(3, n, p=[0.6, 0.3, 0.1]), rng.integers(0, images, n)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 2), min_size=12, max_size=60),
    st.integers(2, 5),
    st.integers(0, 99),
)
def test_every_row_is_tested_once_and_every_class_learned(kinds, folds, seed):
    y = np.array([*kinds, 0, 0, 1, 1, 2, 2])
    splits = split_folds(y, folds=folds, seed=seed)
    tested = np.concatenate([split.test for split in splits])
    np.testing.assert_array_equal(np.sort(tested), np.arange(len(y)))
    for split in splits:
        assert not set(split.train) & set(split.test)
        assert len(split.train) + len(split.test) == len(y)
        assert set(y[split.train]) == {0, 1, 2}
        for kind in range(3):
            share = (y == kind).sum() / folds
            assert abs((y[split.test] == kind).sum() - share) < 1


def test_groups_stay_together_and_classes_even():
    y, image = labels()
    splits = split_folds(y, image, folds=4, repeats=3, seed=1)
    assert [split.repeat for split in splits] == [0] * 4 + [1] * 4 + [2] * 4
    for split in splits:
        assert not set(image[split.train]) & set(image[split.test])
        share = np.bincount(y[split.test], minlength=3) / len(split.test)
        np.testing.assert_allclose(share, np.bincount(y) / len(y), atol=0.15)
    repeats = {
        frozenset(tuple(s.test) for s in splits if s.repeat == r) for r in (0, 1, 2)
    }
    assert len(repeats) == 3


def test_parts_depend_on_seed_classes_and_groups_alone():
    y, image = labels()
    one = split_folds(y, image, seed=3)
    two = split_folds(np.array(["a", "b", "c"])[y], image.astype(str), seed=3)
    other = split_folds(y, image, seed=4)
    assert all(np.array_equal(a.test, b.test) for a, b in zip(one, two, strict=True))
    assert any(
        not np.array_equal(a.test, b.test) for a, b in zip(one, other, strict=True)
    )


def test_the_parts_of_a_seed_never_change():
    # users' published numbers depend on them
    y = np.arange(12) % 3
    parts = [split.test.tolist() for split in split_folds(y, folds=3, seed=0)]
    assert parts == GOLDEN
    grouped = split_folds(y, np.arange(12) // 2, folds=2, seed=0)
    assert grouped[0].test.tolist() == GOLDEN_GROUPED


def test_one_split_is_the_first_of_the_folds():
    y, image = labels()
    split = split_once(y, image, parts=4, seed=2)
    np.testing.assert_array_equal(
        split.test, split_folds(y, image, folds=4, seed=2)[0].test
    )


def test_one_class_one_image_and_too_few_groups_are_told():
    y, image = labels()
    with pytest.raises(DataError, match=r"All 5 cells are of one class \(mono\)"):
        split_folds(np.zeros(5, int), classes=["mono"])
    only = np.where(y == 2, 99, image)
    with pytest.raises(DataError, match="Class 'eos' occurs in one image only"):
        split_folds(y, only, classes=["rbc", "lym", "eos"])
    with pytest.raises(DataError, match="Class '7' has one cell only"):
        split_folds([1, 1, 1, 2, 2, 7])
    with pytest.raises(DataError, match=r"5 folds need as many images.* there are 3"):
        split_folds(y, image % 3)
    with pytest.raises(DataError, match="120 cells need as many groups"):
        split_folds(y, image[:-1])


def test_fewer_groups_make_fewer_folds():
    y, image = labels()
    assert possible_folds(y, image, 5) == 5
    assert possible_folds(y, image % 3, 5) == 3
    assert possible_folds(y, image % 1, 5) == 0
    assert possible_folds(y, None, 5) == 5
    assert possible_folds(np.zeros(9, int), None, 5) == 0
    assert possible_folds([], None, 5) == 0


def test_a_class_of_two_images_is_in_every_training_part():
    image = np.repeat(np.arange(10), 20)
    y = np.where(image < 2, 1, 0)
    for seed in range(10):
        for split in split_folds(y, image, folds=3, seed=seed):
            assert set(y[split.train]) == {0, 1}


def test_copies_share_a_group_and_groups_join_whatever_either_holds():
    values = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [5.0, 6.0]])
    copies = duplicate_groups(values)
    assert copies[0] == copies[2]
    assert len(set(copies)) == 3
    joined = merge_groups(copies, ["a", "b", "b", "c"])
    assert joined[0] == joined[1] == joined[2] != joined[3]
