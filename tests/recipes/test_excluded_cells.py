"""Excluded cells keep their rows and count in nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import exclude, mark_excluded
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.classify.columns import PREDICTED
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.errors import DataError
from napari_disentangle.export.tabular import read_table, write_table
from napari_disentangle.recipes.classify import predict, train_classifier
from napari_disentangle.recipes.classify_cells import choose_cells
from napari_disentangle.recipes.groups import groups_of
from napari_disentangle.recipes.image_cells import ImageCells, combine, list_images
from napari_disentangle.recipes.project_points import (
    ProjectConfig,
    project_points,
    with_projection,
)
from napari_disentangle.recipes.similar import SimilarConfig, similar
from napari_disentangle.recipes.suggest import SuggestConfig, suggest

if TYPE_CHECKING:
    from pathlib import Path

N = 40
BAD = [3, 20, 38]  # rows
COLUMNS = ("z_texture", "z_scale")


@pytest.fixture
def table() -> pd.DataFrame:
    """Forty cells; three are debris with codes far from all others."""
    rng = np.random.default_rng(0)
    cells = pd.DataFrame({"roi_id": "a", "frame": 0, "label": np.arange(1, N + 1)})
    cells = cells.assign(
        index=cells["label"],
        pos_y=1.0,
        pos_x=2.0,
        z_texture=rng.normal(size=N),
        z_scale=np.linspace(-2, 2, N),
        annotation=[
            "small" if i < 5 else "large" if i > 34 else None for i in range(N)
        ],
        model="m-1",
    )
    cells.loc[BAD, list(COLUMNS)] = 1000.0
    value = exclude(Annotations(), cells.iloc[BAD], "debris")
    return mark_excluded(cells, value)


@pytest.fixture
def clean(table: pd.DataFrame) -> pd.DataFrame:
    """The same cells as if the bad ones had never been there."""
    return table.drop(index=BAD).drop(columns=["excluded", "exclusion_reason"])


def test_classifiers_learn_from_the_rest(
    table: pd.DataFrame, clean: pd.DataFrame
) -> None:
    found = choose_cells(table, COLUMNS, "annotation")
    expected = choose_cells(clean, COLUMNS, "annotation")
    assert found.table["label"].tolist() == expected.table["label"].tolist()
    np.testing.assert_array_equal(found.values, expected.values)
    reasons = found.left_out.set_index("label")["reason"]
    assert reasons[4] == "excluded"
    assert reasons[21] == "no annotation"


@pytest.mark.parametrize("way", ["typical", "diverse", "uncertain", "boundary"])
def test_suggestions_are_those_of_the_rest(
    table: pd.DataFrame, clean: pd.DataFrame, way: Any
) -> None:
    config = SuggestConfig(way=way, n=6, column="z_scale")
    found = suggest(table, config, columns=COLUMNS)
    expected = suggest(clean, config, columns=COLUMNS)
    assert found["label"].tolist() == expected["label"].tolist()


def test_maps_are_those_of_the_rest_and_rows_stay(
    table: pd.DataFrame, clean: pd.DataFrame
) -> None:
    config = ProjectConfig(columns=COLUMNS)
    found, expected = project_points(table, config), project_points(clean, config)
    np.testing.assert_allclose(found.table["pca_1"], expected.table["pca_1"])
    assert found.left_out == len(BAD)
    placed = with_projection(table, found)
    assert len(placed) == N
    assert np.flatnonzero(placed["pca_1"].isna()).tolist() == BAD


def test_similar_cells_are_those_of_the_rest(
    table: pd.DataFrame, clean: pd.DataFrame
) -> None:
    config = SimilarConfig(columns=COLUMNS, n_cells=N)
    found = similar(table, "a", 0, 1, config)
    expected = similar(clean, "a", 0, 1, config)
    labels = table["label"].to_numpy()[found.rows]
    assert labels.tolist() == clean["label"].to_numpy()[expected.rows].tolist()
    assert np.isnan(found.distance[BAD]).all()


def test_an_excluded_cell_is_compared_with_none(table: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="Cell 4 is excluded"):
        similar(table, "a", 0, 4, SimilarConfig(columns=COLUMNS))


def test_groups_are_of_the_rest(table: pd.DataFrame) -> None:
    selected = np.arange(N) < 10
    sizes = {group.name: len(group) for group in groups_of(table, selected)}
    assert sizes["selected"] == 9
    assert sizes["not selected"] == N - 10 - 2
    assert sizes["your class small"] == 4


def test_nothing_is_predicted_of_excluded_cells(table: pd.DataFrame) -> None:
    config = ClassifierConfig(kind="linear", folds=2, repeats=1)
    classifier = train_classifier(table, COLUMNS, config=config).classifier
    found = predict(table, classifier)
    told = [name for name in PREDICTED if name in found.table]
    assert {"prediction", "probability"} <= set(told)
    missing = found.table[told].isna()
    assert np.flatnonzero(missing.any(axis=1)).tolist() == BAD
    assert missing.loc[BAD].all(axis=None)
    assert found.table["label"].tolist() == table["label"].tolist()
    assert found.notes == ("3 cells not predicted: they are excluded.",)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".h5ad"])
def test_exported_tables_keep_the_rows_with_the_flag(
    table: pd.DataFrame, tmp_path: Path, suffix: str
) -> None:
    if suffix == ".h5ad":
        pytest.importorskip("anndata", reason="needs the extra tables")
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    images = [
        ImageCells("a", "a", 1, table, skipped),
        ImageCells("b", "b", 1, table[:2].assign(roi_id="b"), skipped),
        ImageCells.without_cells("c", "c"),
    ]
    assert list_images(images)["n_excluded"].tolist() == [3, 0, 0]
    write_table(combine(images), tmp_path / f"cells{suffix}")
    found = read_table(tmp_path / f"cells{suffix}")
    assert len(found) == N + 2
    assert found["excluded"].dtype == bool
    assert np.flatnonzero(found["excluded"]).tolist() == BAD
    told = found["exclusion_reason"]
    assert told[BAD].tolist() == ["debris"] * 3
    assert told.notna().sum() == 3
