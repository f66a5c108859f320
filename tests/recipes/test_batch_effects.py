"""Batch effects: warned of where there are some, not told where they cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.recipes.batch_effects import (
    batch_effects,
    effects_table,
    image_means,
    iter_batch_effects,
)
from napari_disentangle.recipes.batch_words import (
    advice,
    factor_note,
    report_text,
    short_warning,
)
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Mapping

N = 20


def image(
    name: str, scale: float, info: Mapping[str, str], model: str = "m-1"
) -> ImageCells:
    """Return an image of cells whose scale is about `scale`, and shape about 0."""
    rng = np.random.default_rng(sum(map(ord, name)))
    table = pd.DataFrame({"label": np.arange(N) + 1, "index": np.arange(N) + 1})
    table = table.assign(roi_id=name, frame=0, model=model)
    table["z_scale"] = scale + rng.normal(size=N)
    table["z_shape"] = rng.normal(size=N)
    table["z_scale_sd"] = 0.1
    table["z_residual_1"] = scale
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    return ImageCells(name, name, 1, table, skipped, info={name: info})


def days(**more: str) -> list[ImageCells]:
    """Return eight images, the larger cells all of day 2."""
    return [
        image(f"i{n}", 10.0 * (n > 3), {"day": "12"[n > 3], "well": f"A{n % 2}"} | more)
        for n in range(8)
    ]


def test_a_factor_that_tells_days_apart_is_warned_of_and_no_other() -> None:
    found = batch_effects(days(), "m-1")
    warned = [(each.factor, each.column) for each in found if each.is_warning]
    assert warned == [("z_scale", "day")]
    assert {each.factor for each in found} == {"z_scale", "z_shape"}
    note = factor_note(found, "z_scale")
    assert note.startswith("Scale mostly separates day: ")
    assert "8 image means lies between 2 values of day (by chance 14 %)" in note
    assert factor_note(found, "z_shape") == ""
    assert report_text(found) == note


def test_a_condition_is_what_is_studied_and_may_be_what_a_slide_shows() -> None:
    images = [
        image(
            f"i{n}", 10.0 * (n > 3), {"condition": "ab"[n > 3], "slide": f"S{n // 2}"}
        )
        for n in range(8)
    ]
    found = batch_effects(images, "m-1")
    scale = {each.column: each for each in found if each.factor == "z_scale"}
    assert scale["condition"].found.is_mostly_between
    assert not scale["condition"].is_warning
    assert scale["slide"].is_warning
    assert "Each slide has one condition only" in factor_note(found, "z_scale")


@pytest.mark.parametrize(
    ("info", "why"),
    [
        ([{"day": "1"}, {"day": "2"}], "2 images are too few"),
        ([{"day": "1"}] * 4, "fewer than two groups"),
        ([{"day": str(n)} for n in range(4)], "a group of its own"),
    ],
)
def test_what_cannot_be_told_is_said(info: list[dict[str, str]], why: str) -> None:
    images = [image(f"i{n}", 10.0 * n, known) for n, known in enumerate(info)]
    found = batch_effects(images, "m-1")
    assert not any(each.is_warning for each in found)
    note = factor_note(found, "z_scale")
    assert note == report_text(found)
    assert note.startswith("Whether factors separate day is not told: ")
    assert why in note
    table = effects_table(found)
    assert table["eta_squared"].isna().all()
    assert table["why_not"].str.contains(why).all()


def test_a_report_without_warnings_says_what_was_looked_at() -> None:
    images = [image(f"i{n}", 0.0, {"day": "12"[n % 2]}) for n in range(8)]
    found = batch_effects(images, "m-1")
    assert "No named factor mostly separated day (8 images" in report_text(found)
    assert factor_note(found, "z_scale") == ""


def test_without_information_nothing_is_said() -> None:
    images = [image(f"i{n}", 0.0, {}) for n in range(4)]
    assert batch_effects(images, "m-1") == ()
    assert report_text(()) == ""
    assert effects_table(()).empty


def test_excluded_cells_and_those_of_other_models_do_not_count() -> None:
    one, other = image("a", 0.0, {"day": "1"}), image("b", 0.0, {}, model="m-2")
    one.table.loc[0, "z_scale"] = 1e6
    one.table["excluded"] = one.table["label"] == 1
    one.table.loc[1, ["z_scale", "z_shape", "model"]] = np.nan
    (row,) = image_means([one, other], "m-1").to_dict("records")
    assert row["n_cells"] == N - 2
    assert row["z_scale"] == pytest.approx(one.table["z_scale"].iloc[2:].mean())
    assert row["day"] == "1"


def test_one_sentence_names_the_factors_looked_at_and_what_they_separate() -> None:
    images = days()
    for known in images:
        known.table["z_color"] = known.table["z_scale"]
    found = run(iter_batch_effects(images, "m-1"))
    looked_at = ["z_color", "area", "z_shape", "z_scale"]
    text = short_warning(found, looked_at)
    assert text == "Color and scale mostly separate day: beware of a batch effect."
    assert short_warning(found, ["z_scale", "z_scale"]).startswith("Scale mostly sep")
    tip = advice(found, looked_at)
    assert "8 image means lies between 2 values of day" in tip
    assert "color by day" in tip
    assert "leave color and scale out" in tip


def test_a_factor_that_separates_two_columns_is_named_once() -> None:
    images = [
        image(f"i{n}", 10.0 * (n > 3), {"day": "12"[n > 3], "slide": "ab"[n > 3]})
        for n in range(8)
    ]
    found = batch_effects(images, "m-1")
    expected = "Scale mostly separates slide and day: beware of a batch effect."
    assert short_warning(found, ["z_scale"]) == expected


def test_columns_without_a_warning_get_no_sentence_and_no_advice() -> None:
    found = batch_effects(days(), "m-1")
    for columns in ([], ["area", "z_shape", "umap_1"]):
        assert (short_warning(found, columns), advice(found, columns)) == ("", "")
