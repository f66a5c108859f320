"""Conditions compared within days or slides: what these share falls out, exactly."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.recipes.compared_text import (
    effect_text,
    formula_text,
    pairs_text,
)
from napari_disentangle.recipes.groups import contrast_table
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.recipes.image_groups import (
    ImageGroup,
    image_groups,
    iter_compare_images,
)
from napari_disentangle.recipes.image_pairs import image_pairs, preferred
from napari_disentangle.tasks import run

SEEDS = range(20)


def image(name: str, values: Any, **info: str) -> ImageCells:
    """Return an image whose cells have these codes; fractions of 1/8 add exactly."""
    values = np.asarray(values, np.float32)
    ids = np.arange(1, len(values) + 1)
    table = pd.DataFrame({"label": ids, "index": ids})
    table = table.assign(roi_id=name, frame=0, model="m-1", z_scale=values)
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    return ImageCells(name, name, 1, table, skipped, info={name: info})


def groups(images: list[ImageCells]) -> tuple[ImageGroup, ImageGroup]:
    """Return the images without and with the drug."""
    found = {group.name: group for group in image_groups(images, "m-1")}
    return found["condition none"], found["condition drug"]


def eight_days(
    seed: int,
    effect: float = 0.0,
    shift: float = 0.0,
    n_days: int = 8,
    n_cells: int = 4,
) -> list[ImageCells]:
    """Return one to three images a day and condition, of cells with noise.

    Parameters
    ----------
    effect : float
        Added to all cells with the drug.
    shift : float
        Spread of what is added to all cells of a day.
    """
    rng = np.random.default_rng(seed)
    noise = np.random.default_rng(seed + 1000)
    found = []
    for day in range(8):
        moved = np.round(8 * shift * rng.normal()) / 8
        for condition in ("none", "drug"):
            for n in range(1 + (day + len(condition)) % 3):
                own = np.round(8 * noise.normal(size=n_cells)) / 8 + moved
                own += effect * (condition == "drug")
                name = f"{day} {condition} {n}"
                found.append(image(name, own, condition=condition, day=str(day)))
    return found


def effect_of(images: list[ImageCells], *, paired: bool = True) -> Any:
    a, b = groups(images)
    pairs = preferred(image_pairs(a, b)) if paired else None
    return run(iter_compare_images(a, b, ("scale",), pairs=pairs))[0].effect


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_added_to_a_day_changes_no_rank_and_no_mean_difference(
    seed: int,
) -> None:
    plain, moved = effect_of(eight_days(seed)), effect_of(eight_days(seed, shift=50.0))
    assert plain.delta == moved.delta
    assert (plain.delta_low, plain.delta_high) == (moved.delta_low, moved.delta_high)
    assert np.sign(plain.d) == np.sign(moved.d)
    assert abs(moved.d) < abs(plain.d)


def test_days_that_differ_in_nothing_but_the_day_show_no_effect_at_all() -> None:
    images = [
        image(f"{day} {condition}", np.full(5, 100.0 * day), condition=condition, day=d)
        for day, d in enumerate("abcdefg")
        for condition in ("none", "drug")
    ]
    found = effect_of(images)
    assert (found.delta, found.d, found.is_clear) == (0.0, 0.0, False)


def test_an_effect_hidden_by_days_is_found_only_in_pairs() -> None:
    hidden = [eight_days(seed, effect=2.0, shift=30.0) for seed in SEEDS]
    paired = [effect_of(images) for images in hidden]
    unpaired = [effect_of(images, paired=False) for images in hidden]
    assert all(found.delta > 0.7 for found in paired)
    assert np.mean([found.is_clear for found in paired]) > 0.9
    assert np.mean([found.is_clear for found in unpaired]) < 0.2


def test_nothing_is_called_clear_more_often_than_told() -> None:
    """Days differ wildly, some have three images: the sample is the day."""
    clear = [effect_of(eight_days(s, shift=20.0)).is_clear for s in range(100)]
    assert np.mean(clear) <= 0.05


def test_a_day_counts_once_however_many_cells_and_images_it_has() -> None:
    a_few = effect_of(eight_days(1, effect=1.0, n_cells=3))
    images = eight_days(1, effect=1.0, n_cells=3)
    many = effect_of([*images, *(_again(i, n) for i in images for n in range(5))])
    assert (many.n_a, many.n_b, many.unit, many.paired) == (8, 8, "day", True)
    assert many.delta == a_few.delta
    assert many.d == pytest.approx(a_few.d)


def _again(known: ImageCells, n: int) -> ImageCells:
    """Return an image with the same cells and facts under another name."""
    (info,) = known.info.values()
    return image(f"{known.roi_id} {n}", known.table["z_scale"], **info)


def test_to_swap_the_groups_turns_the_sign() -> None:
    a, b = groups(eight_days(3, effect=1.0))
    one = run(iter_compare_images(a, b, ("scale",), pairs=image_pairs(a, b)[0]))
    two = run(iter_compare_images(b, a, ("scale",), pairs=image_pairs(b, a)[0]))
    assert one[0].effect.delta == -two[0].effect.delta
    assert one[0].effect.d == pytest.approx(-two[0].effect.d)


def test_the_way_across_is_as_long_as_the_mean_difference_of_days() -> None:
    images = eight_days(2, effect=3.0, shift=10.0)
    a, b = groups(images)
    (found,) = run(iter_compare_images(a, b, ("scale",), pairs=image_pairs(a, b)[0]))
    means = pd.DataFrame(
        [
            {**known.info[known.roi_id], "mean": known.table["z_scale"].mean()}
            for known in images
        ]
    )
    of = means.groupby(["condition", "day"])["mean"].mean()
    expected = (of["drug"] - of["none"]).mean()
    assert found.crossing[1, 0] - found.crossing[0, 0] == pytest.approx(expected)


def tagged(*facts: str) -> tuple[ImageGroup, ImageGroup]:
    """Return groups of images, each known as ``none day=1 slide=2``."""
    images = []
    for n, fact in enumerate(facts):
        condition, *others = fact.split()
        info = dict(other.split("=") for other in others)
        images.append(image(str(n), [n, n], condition=condition, **info))
    return groups(images)


def columns(*facts: str) -> list[tuple[str, int, int]]:
    return [(p.column, len(p), p.n_left) for p in image_pairs(*tagged(*facts))]


BOTH = ("none", "drug")


def test_of_slides_within_days_the_day_is_the_sample() -> None:
    facts = [
        f"{c} day={day} slide={day}{slide}"
        for day in "123"
        for slide in "ab"
        for c in BOTH
    ]
    assert columns(*facts) == [("day", 3, 0), ("slide", 6, 0)]


def test_a_day_with_one_condition_is_left_out_on_request_only() -> None:
    facts = [f"{c} day={day}" for day in "1234" for c in BOTH]
    facts += ["drug day=5", "none"]
    found = image_pairs(*tagged(*facts))
    assert preferred(found) is None
    assert [(p.column, len(p), p.n_left, p.n_values) for p in found] == [
        ("day", 4, 2, 5)
    ]
    assert "2 images without a counterpart left out" in pairs_text(found[0])
    a, b = tagged(*facts)
    (told,) = run(iter_compare_images(a, b, ("scale",), pairs=found[0]))
    assert (told.effect.n_a, told.effect.n_b) == (4, 4)


def test_a_whole_pairing_comes_before_one_that_leaves_images_out() -> None:
    facts = [f"{c} day={day} donor={day}" for day in "1234" for c in BOTH]
    assert columns(*facts, "drug donor=1")[0] == ("donor", 4, 0)


def test_a_column_of_the_user_comes_before_slides_that_cross_it() -> None:
    facts = [f"{c} slide={s} donor={d}" for s in "123" for d in "xyz" for c in BOTH]
    assert [name for name, *_ in columns(*facts)] == ["donor", "slide"]


def test_two_days_or_days_of_one_condition_make_no_pairs() -> None:
    assert columns(*[f"{c} day={d}" for d in "12" for c in (*BOTH, *BOTH)]) == []
    assert columns(*[f"{c} day={c}{n}" for n in "123" for c in BOTH]) == []
    assert columns(*[c for _ in "123" for c in BOTH]) == []


def test_the_text_says_by_what_was_paired_and_that_few_pairs_are_never_clear() -> None:
    facts = [f"{c} day={day}" for day in ("mon", "tue", "wed") for c in BOTH]
    a, b = tagged(*facts)
    pairs = preferred(image_pairs(a, b))
    assert pairs is not None
    text = pairs_text(pairs)
    assert text.startswith("Paired by day: 3 values of it (mon, tue, wed) have images")
    assert "left out" not in text
    assert "fewer than 6 pairs none is marked" in text
    (found,) = run(iter_compare_images(a, b, ("scale",), pairs=pairs))
    assert found.effect.delta == 1.0
    assert not found.effect.is_clear
    told = effect_text(found.effect)
    assert re.search(r"; means \+\S+ apart \(\S+ to \S+\); Hedges' g_av \+", told)
    assert told.endswith(" sd of day means.")
    assert "smaller where days lie farther apart" in formula_text(found.effect)
    columns_of_pairs = contrast_table([found]).columns
    assert {"mean_difference_low", "hedges_g_av"} < set(columns_of_pairs)
    assert "cohens_d" not in columns_of_pairs
