"""The most similar cells, by key and in chosen factors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.recipes.similar import SimilarConfig, similar


@pytest.fixture
def cells() -> pd.DataFrame:
    """Cells 10, 1, 5 of two images and two time points, out of order."""
    rng = np.random.default_rng(0)
    keys = [(r, f, i) for r in "ba" for f in (1, 0) for i in (10, 1, 5)]
    table = pd.DataFrame(keys, columns=["roi_id", "frame", "label"])
    codes = rng.normal(size=(12, 3))
    return table.assign(z_scale=codes[:, 0], z_color=codes[:, 1], z_turn=codes[:, 2])


def test_the_nearest_are_those_of_a_slow_search(cells: pd.DataFrame) -> None:
    config = SimilarConfig(columns=("z_scale", "z_color"), weights=(1, 2), n_cells=4)
    found = similar(cells, "a", 0, 5, config)
    codes = cells[["z_scale", "z_color"]]
    scaled = ((codes - codes.mean()) / codes.std(ddof=0)).to_numpy() * (1, 2)
    me = int(np.flatnonzero((cells.roi_id == "a") & (cells.frame == 0))[2])
    apart = np.sqrt(((scaled - scaled[me]) ** 2).sum(axis=1) / 5)
    np.testing.assert_allclose(found.distance, apart)
    assert found.rows.tolist() == [r for r in np.argsort(apart) if r != me][:4]


def test_a_turned_cell_is_the_same_cell(cells: pd.DataFrame) -> None:
    cells.loc[9, ["z_scale", "z_color"]] = cells.loc[2, ["z_scale", "z_color"]]
    config = SimilarConfig(columns=("z_scale", "z_color"))
    key = cells.loc[2, ["roi_id", "frame", "label"]]
    found = similar(cells, *key, config)
    assert found.rows[0] == 9
    assert found.distance[9] == 0


def test_cells_without_a_value_are_far_from_all(cells: pd.DataFrame) -> None:
    cells.loc[3, "z_color"] = np.nan
    found = similar(cells, "b", 1, 10, SimilarConfig(columns=("z_scale", "z_color")))
    assert np.isnan(found.distance[3])
    assert len(found.rows) == 10
    assert 3 not in found.rows


@pytest.mark.parametrize("key", [("a", 0, 2), ("c", 0, 5), ("b", 0, 10)])
def test_a_cell_that_cannot_be_compared_is_one_sentence(
    cells: pd.DataFrame, key: tuple[str, int, int]
) -> None:
    cells.loc[3, "z_scale"] = np.nan  # cell 10 of image b, frame 0
    with pytest.raises(DataError, match=f"Cell {key[2]} has no value"):
        similar(cells, *key, SimilarConfig(columns=("z_scale",)))


def test_no_cells_are_not_asked_for() -> None:
    with pytest.raises(ConfigError, match="n_cells = 0"):
        SimilarConfig().replace(n_cells=0)
