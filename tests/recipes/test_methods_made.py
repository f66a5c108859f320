"""The methods tell how the maps and distances were made that are in the table."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.recipes.made_columns import (
    MadeColumns,
    made_by_map,
    made_by_similar,
    with_made,
)
from napari_disentangle.recipes.methods_made import has_umap, made_settings, made_text
from napari_disentangle.recipes.methods_text import MethodsFacts, methods_text
from napari_disentangle.recipes.project_points import (
    ProjectConfig,
    project_points,
    with_projection,
)
from napari_disentangle.recipes.similar import SimilarConfig, similar
from napari_disentangle.tables import KEY

if TYPE_CHECKING:
    from napari_disentangle.storage.models import Model

A, B = ("a.tif", "a"), ("b.tif", "b")
UNEQUAL = ProjectConfig(columns=("z_shape", "z_scale"), weights=(2.0, 0.5))


def cells(roi_id: str = "a.tif", seed: int = 0, n: int = 12) -> pd.DataFrame:
    codes = np.random.default_rng(seed).normal(size=(n, 4))
    names = ["z_texture", "z_color", "z_shape", "z_scale"]
    table = pd.DataFrame(codes, columns=names)
    return table.assign(roi_id=roi_id, frame=0, label=np.arange(1, n + 1), model="m")


def image(table: pd.DataFrame, who: tuple[str, str] = A) -> ImageCells:
    return replace(ImageCells.without_cells(*who), table=table)


def laid_out(
    table: pd.DataFrame, config: ProjectConfig, who: tuple[str, str] = A
) -> tuple[pd.DataFrame, MadeColumns]:
    found = project_points(table, config)
    return with_projection(table, found), made_by_map(who, config, found)


def test_nothing_is_said_of_maps_where_there_are_none() -> None:
    _, made = laid_out(cells(), ProjectConfig())
    assert made_text([image(cells())], [made]) == ""
    assert made_settings([image(cells())], [made]) == []


def test_a_pca_is_told_with_its_columns_weights_and_variance() -> None:
    table, made = laid_out(cells(), UNEQUAL)
    one, two = (f"{100 * share:.0f} %" for share in made.explained)
    assert made_text([image(table)], [made]) == (
        "12 cells of a.tif were laid out by the first two principal components (the "
        f"columns pca_1 and pca_2; {one} and {two} of the variance) of z_shape (weight "
        "2), z_scale (weight 0.5), each standardized by mean and sd of these cells."
    )


def test_what_did_not_count_is_not_told() -> None:
    config = ProjectConfig(
        columns=("z_shape", "z_color", "z_scale"), weights=(1.0, 0.0, 1.0)
    )
    table, made = laid_out(cells(), config)
    text = made_text([image(table)], [made])
    assert " of z_shape, z_scale, each standardized" in text


def test_the_second_map_is_told_and_the_first_no_more() -> None:
    first, made = laid_out(cells(), ProjectConfig())
    second, again = laid_out(first, UNEQUAL)
    known = with_made((made,), again)
    assert len(known) == 1
    assert "weight 0.5" in made_text([image(second)], known)
    assert "not recorded" in made_text([image(second)], [made])


def test_values_that_are_of_no_map_made_here_are_said_to_be_unknown() -> None:
    table, made = laid_out(cells(), UNEQUAL)
    table.loc[3, "pca_2"] += 0.5
    unknown = (
        "How the columns pca_1 and pca_2 of a.tif came about is not recorded here."
    )
    assert made_text([image(table)], [made]) == unknown
    assert made_settings([image(table)], [made]) == []


def test_a_map_stays_known_after_cells_are_deleted_and_sorted_anew() -> None:
    table, made = laid_out(cells(), UNEQUAL)
    assert made_text([image(table.iloc[[7, 2, 5]])], [made])[:8] == "12 cells"
    assert not made.are_in(table.assign(label=table["label"] + 20))


def test_maps_of_two_images_are_told_apart_and_said_not_to_compare() -> None:
    one, made = laid_out(cells(), UNEQUAL)
    two, other = laid_out(cells("b.tif", 1, 9), ProjectConfig(), B)
    images = [image(one), image(two, B), image(cells("c.tif"), ("c.tif", "c"))]
    text = made_text(images, [made, other])
    assert "12 cells of a.tif" in text
    assert "9 cells of b.tif" in text
    assert "c.tif" not in text
    assert text.endswith("Each map has axes of its own, so that maps do not compare.")
    assert [each["image"] for each in made_settings(images, [other, made])] == [
        "a.tif",
        "b.tif",
    ]


def test_distances_are_told_with_the_cell_they_are_measured_from() -> None:
    config = SimilarConfig(columns=("z_shape", "z_scale"))
    table = cells()
    found = similar(table, "a.tif", 0, 5, config)
    key = dict(zip(KEY, ("a.tif", 0, 5), strict=True))
    made = made_by_similar(A, config, found, table, key)
    table = table.assign(distance=found.distance)
    assert made_text([image(table)], [made]) == (
        "The column distance is how far 12 cells of a.tif are from cell 5: the root of "
        "the weighted mean of squared differences, in sd, of z_shape, z_scale, each "
        "standardized by mean and sd of these cells."
    )
    assert made_settings([image(table)], [made])[0]["label"] == 5


@pytest.mark.slow
def test_umap_is_told_with_settings_version_and_paper(tiny_model: Model) -> None:
    pytest.importorskip("umap", reason="needs the extra plots")
    config = ProjectConfig(method="umap", n_neighbors=300, min_dist=0.25, seed=7)
    table, made = laid_out(cells(), config)
    assert has_umap([image(table)], [made])
    facts = MethodsFacts([image(table)], tiny_model.card, "m", made=[made])
    text = methods_text(facts)
    umap = f"umap-learn {version('umap-learn')}"
    assert f"{umap}; 11 neighbors, least distance 0.25, seed 7; the" in text
    assert "- McInnes L, Healy J" in text
    assert f", {umap}, pynndescent" in text
    assert '"min_dist": 0.25' in text
    without = methods_text(replace(facts, images=[image(cells())]))
    assert "umap" not in without.lower()
    assert '"maps"' not in without
