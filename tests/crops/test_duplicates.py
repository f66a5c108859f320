"""Groups are exactly the images that a chain of equal marks links."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.crops.duplicates import find_duplicates, group_images


def test_links_go_on_from_one_mark_to_the_other():
    origin = pd.Series(["s1", "s1", "s2", "s3", "s4"])
    digest = pd.Series(["p", "q", "q", "r", "p"])
    assert group_images(origin, digest).tolist() == [0, 0, 0, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_groups_are_the_finest_that_part_no_equal_marks(marks):
    a, b = (pd.Series(list(map(str, column))) for column in zip(*marks, strict=True))
    group = group_images(a, b)
    linked = (a.to_numpy()[:, None] == a.to_numpy()) | (
        b.to_numpy()[:, None] == b.to_numpy()
    )
    reach = np.linalg.matrix_power(linked.astype(float), len(marks)) > 0
    np.testing.assert_array_equal(group[:, None] == group, reach)


def test_a_copy_names_the_first_image_and_its_class():
    images = pd.DataFrame(
        {
            "roi_id": ["a/1", "a/2", "b/3"],
            "annotation": ["a", "a", "b"],
            "digest": ["p", "q", "p"],
        }
    )
    assert find_duplicates(images).to_numpy().tolist() == [["b/3", "b", "a/1", "a"]]
