"""Undo and redo of what is said of images, whichever images were opened meanwhile."""

from __future__ import annotations

import pytest

from napari_disentangle.annotations.image_info import COLUMNS, ImageInfo
from napari_disentangle.annotations.info_steps import Filled, InfoSteps, Renamed
from napari_disentangle.errors import DataError

A, B, LATER = ("a.png", "k1"), ("b.png", "k2"), ("c.png", "k3")


def test_a_step_back_leaves_images_opened_since_and_their_columns() -> None:
    before = ImageInfo().set([A], "day", "1").set([B], "day", "7")
    after = before.set([A], "day", "2")
    step = Filled.between(before, after, "2 in 1 fields")
    opened = after.with_image(LATER, {"dose": "10"})
    assert step.back.on(opened).rows == {
        A: {"day": "1"},
        B: {"day": "7"},
        LATER: {"dose": "10"},
    }
    assert step.back.on(opened).columns == (*COLUMNS, "dose")
    assert step.on(step.back.on(opened)) == opened


def test_a_removed_column_comes_back_with_its_values_and_at_its_place() -> None:
    before = ImageInfo().set([A], "well", "A1")
    step = Filled.between(before, before.without_column("well"), "removal")
    gone = step.on(before)
    assert gone.columns == ("slide", "condition", "day", "replicate")
    assert step.back.on(gone) == before


def test_a_name_is_taken_back_in_images_opened_since() -> None:
    step = Renamed("well", "patient")
    renamed = step.on(ImageInfo().set([A], "well", "A1"))
    opened = renamed.with_image(LATER, {"patient": "P9"})
    back = step.back.on(opened)
    assert back.columns == COLUMNS
    assert back.rows == {A: {"well": "A1"}, LATER: {"well": "P9"}}


def test_a_name_that_was_taken_meanwhile_is_one_sentence() -> None:
    step = Renamed("well", "patient")
    value = step.on(ImageInfo()).with_column("well")
    with pytest.raises(DataError, match="'well' already"):
        step.back.on(value)


def test_what_was_taken_back_is_done_again_until_something_new_is_done() -> None:
    one, two, three = (Renamed("x", name) for name in "abc")
    steps = InfoSteps().done(one).done(two).undone()
    assert (steps.past, steps.future) == ((one,), (two,))
    assert steps.redone() == InfoSteps((one, two))
    assert steps.done(three) == InfoSteps((one, three))
