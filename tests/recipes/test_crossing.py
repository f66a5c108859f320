"""Ways as stacks: named ends, real cells beside them, files like any traversal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.recipes.counterfactual import contrast_groups, cross
from napari_disentangle.recipes.crossing import iter_cross, iter_walk_between
from napari_disentangle.recipes.groups import (
    CellGroup,
    contrast_table,
    groups_of,
)
from napari_disentangle.recipes.outputs import iter_write_stack
from napari_disentangle.recipes.overview import step_table, tile
from napari_disentangle.recipes.traversal import make_traversal
from napari_disentangle.tables import Embedding
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

N = 40


class GrayCrops:
    """Crops of one gray each: row / N."""

    window_px = 8.0
    table = pd.DataFrame(
        {
            "roi_id": "image",
            "frame": 0,
            "label": np.arange(10, 10 * N + 1, 10),
            "index": np.arange(10, 10 * N + 1, 10),
        }
    )

    def __len__(self) -> int:
        return N

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        gray = (rows / N)[:, None, None, None]
        return np.broadcast_to(gray, (len(rows), 3, size, size)).astype(np.float32)


@pytest.fixture
def embedding(drawing_model: Model) -> Embedding:
    """Codes in which the second half of the cells lies higher in color."""
    codes = np.random.default_rng(0).normal(size=(N, 10)).astype(np.float32)
    codes[N // 2 :, 1] += 3
    sd, table = np.full_like(codes, 0.1), GrayCrops().table
    model = drawing_model
    return Embedding(codes, sd, model.dimensions, model.id, table)


HALVES = (
    CellGroup("low", np.arange(N) < N // 2),
    CellGroup("high", np.arange(N) >= N // 2),
)


def test_a_way_has_named_ends_and_real_cells_beside_it(
    drawing_model: Model, embedding: Embedding, tmp_path: Path
) -> None:
    task = iter_walk_between(
        drawing_model, embedding, GrayCrops(), 3, 8, names=("cell 40", "cell 90")
    )
    stack = run(task)
    assert stack.factors == ("cell 40 to cell 90",)
    assert stack.kinds == ("decoded", "nearest")
    assert stack.step_names[:2] == ("cell 40", "10 %")
    assert stack.step_names[-1] == "cell 90"
    assert stack.nearest_rows is not None
    assert stack.nearest_cells is not None
    assert stack.nearest_rows[0, [0, -1]].tolist() == [3, 8]
    assert stack.nearest_cells[0, [0, -1]].tolist() == [40, 90]
    assert stack.steps_sd[0] == 0
    assert np.all(np.diff(stack.steps_sd) > 0)
    files = run(iter_write_stack(stack, tmp_path / "way.tif"))
    assert [file.name for file in files] == ["way.tif", "way_nearest.tif"]
    assert read_traversal(files[0])[1].step_names == stack.step_names


def test_the_factor_that_parts_two_groups_comes_first_and_can_be_crossed(
    drawing_model: Model, embedding: Embedding
) -> None:
    halves = np.where(HALVES[0].members, "low", "high")
    contrasts = contrast_groups(embedding, halves, "low", "high")
    assert contrasts[0].name == "color"
    stack = run(iter_cross(drawing_model, embedding, GrayCrops(), contrasts[0]))
    same = cross(drawing_model, embedding, GrayCrops(), contrasts[0])
    assert stack.decoded is not None
    assert same.decoded is not None
    np.testing.assert_array_equal(stack.decoded[0], same.decoded)
    reference = reference_of(embedding.mean)
    means = [embedding.mean[group.members, 1].mean() for group in HALVES]
    expected = reference.to_sd(np.array(means, np.float32), 1)
    np.testing.assert_allclose(stack.positions_sd[0, [0, -1]], expected, atol=1e-4)
    assert stack.nearest_sd is not None
    table = contrast_table(contrasts)
    assert table["factor"].tolist() == [c.name for c in contrasts]
    assert table["cohens_d"].notna().all()
    assert table["cliffs_delta_low"].isna().all()  # all cells are of one image


def test_groups_are_the_selection_and_each_class() -> None:
    cells = pd.DataFrame({"annotation": ["a", None, "b", "a"], "prediction": "a"})
    selected = np.array([True, False, False, False])
    found = {group.name: len(group) for group in groups_of(cells, selected)}
    assert found == {
        "selected": 1,
        "not selected": 3,
        "your class a": 2,
        "your class b": 1,
        "predicted a": 4,
    }
    assert groups_of(cells[[]]) == ()
    everyone = groups_of(cells[[]], np.ones(4, bool))
    assert [group.name for group in everyone] == ["selected"]


def test_all_pictures_stand_side_by_side_in_the_order_of_the_table(
    drawing_model: Model, embedding: Embedding
) -> None:
    factors = ("scale", "color")
    stack = make_traversal(
        drawing_model, embedding, GrayCrops(), row=2, factors=factors
    )
    picture, table = tile(stack), step_table(stack)
    assert picture.shape == (4 * 64, 11 * 64, 3)
    assert stack.decoded is not None
    assert stack.nearest is not None
    np.testing.assert_array_equal(picture[:64, 128:192], stack.decoded[0, 2])
    np.testing.assert_array_equal(picture[192:, -64:], stack.nearest[1, 10])
    assert len(table) == 22
    row = table.iloc[13]
    assert (row["factor"], row["step"], row["step_name"]) == ("color", 2, "-1.5 sd")
    assert row["step_sd"] == pytest.approx(-1.5)
    assert stack.nearest_cells is not None
    assert row["nearest_label"] == stack.nearest_cells[1, 2]
    assert table["start_spread_sd"].nunique() == 2


def test_without_cells_the_table_knows_no_nearest_ones(drawing_model: Model) -> None:
    table = step_table(make_traversal(drawing_model, factors=["scale"]))
    assert table["nearest_label"].isna().all()
    assert table[["nearest_sd", "start_sd", "start_spread_sd"]].isna().all(axis=None)
