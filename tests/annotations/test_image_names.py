"""Names of images in a table of the user: found, or refused, and never guessed."""

from __future__ import annotations

import pytest

from napari_disentangle.annotations.image_names import match_names
from napari_disentangle.errors import DataError


def test_a_name_fits_whole_before_it_fits_without_folders_or_ending() -> None:
    images = ["x/a.png", "b.tif", "c.png", "d.png"]
    given = ["x/a.png", "C:\\lab\\b.tif", "c"]
    assert match_names(given, images) == {
        "x/a.png": "x/a.png",
        "b.tif": "C:\\lab\\b.tif",
        "c.png": "c",
    }


@pytest.mark.parametrize(
    ("given", "images"),
    [(["x/a.png", "y/a.png"], ["a.png"]), (["a.png"], ["x/a.png", "y/a.png"])],
)
def test_a_name_that_fits_two_images_is_refused(
    given: list[str], images: list[str]
) -> None:
    with pytest.raises(DataError, match="cannot be told which image"):
        match_names(given, images)
