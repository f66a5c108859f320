"""Groups of images are compared by the means of images, and never by single cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.compared_text import units_text
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.recipes.image_groups import image_groups, iter_compare_images
from napari_disentangle.tasks import run

DIMENSIONS = ("scale", "residual_1")


def image(name: str, scale: float, condition: str, n: int = 10) -> ImageCells:
    rng = np.random.default_rng(sum(map(ord, name)))
    table = pd.DataFrame({"label": range(1, n + 1), "index": range(1, n + 1)})
    table = table.assign(roi_id=name, frame=0, model="m-1")
    table["z_scale"] = (scale + rng.normal(size=n)).astype(np.float32)
    table["z_residual_1"] = rng.normal(size=n).astype(np.float32)
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    info = {name: {"condition": condition, "day": "1"}} if condition else {}
    return ImageCells(name, name, 1, table, skipped, info=info)


def images(n_each: int = 3) -> list[ImageCells]:
    drug = [image(f"d{i}", 5.0 + i, "drug", 5 + 40 * (i == 0)) for i in range(n_each)]
    none = [image(f"n{i}", 0.0, "none") for i in range(n_each)]
    return [*drug, *none, image("unknown", 0.0, "")]


def test_groups_are_the_values_of_columns_that_have_two() -> None:
    found = image_groups(images(), "m-1")
    assert [(g.name, len(g), g.n_cells) for g in found] == [
        ("condition drug", 3, 55),
        ("condition none", 3, 30),
    ]
    assert image_groups(images(), "m-2") == ()
    assert found[0].same_as(image_groups(images(), "m-1")[0])
    assert not found[0].same_as(image_groups(images(2), "m-1")[0])


def test_means_of_images_are_compared_and_large_images_count_no_more() -> None:
    drug, none = image_groups(images(), "m-1")
    found = run(iter_compare_images(none, drug, DIMENSIONS))
    effect = found[0].effect
    assert (found[0].name, effect.unit) == ("scale", "image")
    assert (effect.n_a, effect.n_b, effect.delta) == (3, 3, 1.0)
    means = [cells["z_scale"].mean() for cells in drug.cells]
    assert found[0].crossing[1, 0] == pytest.approx(np.mean(means), rel=1e-5)
    text = units_text(effect, none.images, drug.images)
    assert "3 and 3 images were compared by the means of their cells" in text
    assert "10 % of cases; so none is marked" in text
    assert not effect.is_clear


def test_too_few_images_are_said_and_cells_do_not_stand_in_for_them() -> None:
    a, b = image_groups(images(2), "m-1")
    with pytest.raises(DataError, match="has 2 of the 3 images"):
        run(iter_compare_images(a, b, DIMENSIONS))


def test_groups_that_share_an_image_are_refused() -> None:
    known = [
        replace(i, info={i.roi_id: {"day": str(n % 2), "slide": str(n // 4)}})
        for n, i in enumerate(images())
    ]
    groups = {group.name: group for group in image_groups(known, "m-1")}
    with pytest.raises(DataError, match=r"share 2 images.*one column"):
        run(iter_compare_images(groups["day 0"], groups["slide 0"], DIMENSIONS))


def test_excluded_cells_are_in_no_group() -> None:
    known = images()
    known[0].table["excluded"] = known[0].table["label"] > 5
    assert image_groups(known, "m-1")[0].n_cells == 15


def test_of_many_images_it_is_not_said_how_often_chance_parts_them() -> None:
    drug, none = image_groups(images(), "m-1")
    effect = run(iter_compare_images(none, drug, DIMENSIONS))[0].effect
    many = replace(effect, n_a=5, n_b=5)
    assert "%" not in units_text(many, none.images, drug.images)
