from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.suggest import SuggestConfig, suggest


@pytest.fixture
def table() -> pd.DataFrame:
    """Forty cells in two groups along z_scale; four are annotated."""
    rng = np.random.default_rng(0)
    scale = np.linspace(-2, 2, 40)
    cells = pd.DataFrame(
        {
            "roi_id": "a",
            "frame": 0,
            "label": np.arange(1, 41),
            "z_texture": rng.normal(size=40),
            "z_scale": scale,
        }
    )
    cells["annotation"] = [
        "small" if row < 2 else "large" if row > 37 else np.nan for row in range(40)
    ]
    return cells


@pytest.mark.parametrize("way", ["typical", "diverse", "uncertain", "boundary"])
def test_only_cells_without_a_class_are_suggested(
    table: pd.DataFrame, way: str
) -> None:
    config = SuggestConfig(way=way, n=5, column="z_scale")  # type: ignore[arg-type]
    found = suggest(table, config)
    assert len(found) == 5
    assert found["label"].is_unique
    assert found["annotation"].isna().all()


def test_cells_near_the_boundary_lie_between_the_classes(table: pd.DataFrame) -> None:
    config = SuggestConfig(way="boundary", n=4, column="z_scale")
    assert suggest(table, config)["z_scale"].abs().max() < 0.25


def test_uncertain_cells_lie_between_the_classes(table: pd.DataFrame) -> None:
    found = suggest(table, SuggestConfig(way="uncertain", n=3), columns=["z_scale"])
    assert found["z_scale"].abs().max() < 0.5


def test_nothing_is_annotated_yet_and_still_typical_cells_are_found(
    table: pd.DataFrame,
) -> None:
    fresh = table.drop(columns="annotation")
    for way in ("typical", "diverse"):
        assert len(suggest(fresh, SuggestConfig(way=way, n=6))) == 6  # type: ignore[arg-type]


def test_cells_without_codes_are_never_suggested(table: pd.DataFrame) -> None:
    table.loc[5:37, "z_scale"] = np.nan
    found = suggest(table, SuggestConfig(n=10))
    assert sorted(found["label"]) == [3, 4, 5]


def test_too_little_to_go_by_is_told(table: pd.DataFrame) -> None:
    one = table.assign(annotation=table["annotation"].replace("small", np.nan))
    with pytest.raises(DataError, match="two classes"):
        suggest(one, SuggestConfig(way="uncertain"))
    with pytest.raises(DataError, match="two classes"):
        suggest(one, SuggestConfig(way="boundary", column="z_scale"))
    with pytest.raises(DataError, match="nothing left"):
        suggest(table.assign(annotation="all"), SuggestConfig())
