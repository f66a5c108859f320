"""Classes and selections are compared by image means, each image with itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.cells_across import (
    CellsAcross,
    cells_across,
    iter_compare_cells,
)
from napari_disentangle.recipes.compared_text import effect_text, units_text
from napari_disentangle.recipes.groups import contrast_table
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.tasks import run

DIMENSIONS = ("scale", "residual_1")
N = 12


def image(name: str, classes: str, shift: float = 2.0) -> ImageCells:
    """Return an image whose cells of class b lie `shift` above those of class a.

    The images themselves lie far apart, so that only pairs show it.
    """
    rng = np.random.default_rng(sum(map(ord, name)))
    table = pd.DataFrame({"label": np.arange(N) + 1, "index": np.arange(N) + 1})
    table = table.assign(roi_id=name, frame=0, model="m-1")
    table["annotation"] = [classes[n % len(classes)] for n in range(N)]
    own = 100 * rng.normal() + rng.normal(size=N) / 9
    table["z_scale"] = own + shift * (table["annotation"] == "b")
    table["z_residual_1"] = rng.normal(size=N)
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    return ImageCells(name, name, 1, table, skipped)


def groups(images: list[ImageCells]) -> dict[str, CellsAcross]:
    kinds = [{"your class": known.table["annotation"]} for known in images]
    return {g.name: g for g in cells_across(images, kinds, "m-1")}


def compared(images: list[ImageCells]) -> tuple[CellsAcross, CellsAcross, object]:
    found = groups(images)
    a, b = found["your class a"], found["your class b"]
    return a, b, run(iter_compare_cells(a, b, DIMENSIONS))


def test_groups_hold_the_cells_of_all_images_of_the_model_that_count() -> None:
    images = [image("i", "ab"), image("j", "b"), image("k", "ab")]
    images[0].table["excluded"] = images[0].table["label"] <= 2
    images[1].table.loc[0, "model"] = np.nan
    images[2].table["model"] = "m-2"
    found = groups(images)
    assert {name: len(group) for name, group in found.items()} == {
        "your class a": 5,
        "your class b": 5 + 11,
    }
    assert found["your class b"].images == {("i", "i"), ("j", "j")}
    assert found["your class a"].same_as(groups(images)["your class a"])
    assert not found["your class a"].same_as(found["your class b"])


def test_the_images_of_a_folder_are_images_each() -> None:
    both = [image("x", "ab").table, image("y", "ab").table]
    table = pd.concat(both, ignore_index=True)
    folder = image("f", "ab")
    folder = ImageCells("f/", "f", 1, table, folder.skipped)
    found = groups([folder])["your class a"]
    assert found.images == {("f", "x"), ("f", "y")}
    assert len(found) == N


def test_each_image_with_both_is_compared_with_itself() -> None:
    images = [image(f"i{n}", "ab") for n in range(7)] + [image("only", "b")]
    a, b, found = compared(images)
    first = found[0]
    assert first.name == "scale"
    assert (first.effect.n_a, first.effect.unit, first.effect.paired) == (
        7,
        "image",
        True,
    )
    assert first.effect.delta == 1
    assert first.effect.is_clear
    assert not found[1].effect.is_clear
    text = units_text(first.effect, a.images, b.images)
    assert "7 images that have both were compared, each with itself" in text
    assert "1 images with one group only were left out" in text
    assert "Hedges' g_av" in effect_text(first.effect)
    assert contrast_table(found)["paired"].all()


def test_thousands_of_cells_of_three_images_make_nothing_clear() -> None:
    images = [image(f"i{n}", "ab", 50.0) for n in range(3)]
    a, b, found = compared(images)
    assert found[0].effect.delta == 1
    assert not any(contrast.effect.is_clear for contrast in found)
    text = units_text(found[0].effect, a.images, b.images)
    assert "With fewer than 6 such images none is marked as clear" in text


def test_images_of_one_class_each_are_compared_by_their_means() -> None:
    images = [image(f"{kind}{n}", kind) for n in range(4) for kind in "ab"]
    images.append(image("both", "ab"))
    a, b, found = compared(images)
    effect = found[0].effect
    assert (effect.n_a, effect.n_b, effect.unit, effect.paired) == (
        4,
        4,
        "image",
        False,
    )
    text = units_text(effect, a.images, b.images)
    assert text.startswith("4 and 4 images were compared by the means of their cells; ")
    assert "1 images that have both were left out. With so few" in text


@pytest.mark.parametrize(
    ("images", "why"),
    [
        (["i"], "one image is one replicate"),
        (["i", "j"], "They are of 2 images"),
    ],
)
def test_of_too_few_images_cells_are_described_and_nothing_is_tested(
    images: list[str], why: str
) -> None:
    a, b, found = compared([image(name, "ab", 500.0) for name in images])
    effect = found[0].effect
    assert (effect.unit, effect.n_a) == ("cell", 6 * len(images))
    assert np.isnan(effect.delta_low)
    assert not effect.is_clear
    text = units_text(effect, a.images, b.images)
    assert why in text
    assert "nothing is tested" in text
    assert "nothing is tested" in effect_text(effect)


def test_groups_that_share_cells_or_have_too_few_are_refused() -> None:
    images = [image("i", "ab")]
    kinds = [{"": np.where(np.arange(N) < 2, "few", None), "p": ["x"] * N}]
    few, all_ = cells_across(images, kinds, "m-1")
    assert (few.name, all_.name) == ("few", "p x")
    with pytest.raises(DataError, match="share 2 cells"):
        run(iter_compare_cells(few, all_, DIMENSIONS))
    other = groups(images)["your class a"]
    rows = np.setdiff1d(other.parts[0].rows, [0, 1])
    rest = CellsAcross("rest", (replace(other.parts[0], rows=rows),))
    with pytest.raises(DataError, match="at least 3 cells"):
        run(iter_compare_cells(few, rest, DIMENSIONS))
