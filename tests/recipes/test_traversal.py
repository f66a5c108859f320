"""Traversals: drawn and real pictures of the same walks, never mixed up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.recipes.traversal import (
    iter_make_traversal,
    make_traversal,
    row_of,
)
from napari_disentangle.tables import Embedding
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

N = 30


class GrayCrops:
    """Crops of one gray each: row / N."""

    window_px = 8.0

    def __init__(self, n: int = N) -> None:
        labels = np.arange(1, n + 1) * 10
        self.table = pd.DataFrame(
            {"roi_id": "image", "frame": 0, "label": labels, "index": labels}
        )

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        gray = (rows / N)[:, None, None, None]
        return np.broadcast_to(gray, (len(rows), 3, size, size)).astype(np.float32)


def _embedding(model: Model, n: int = N) -> Embedding:
    mean = np.random.default_rng(0).normal(size=(n, len(model.dimensions)))
    mean[:, 3] = np.linspace(-2, 2, n) if n > 1 else 0.3
    codes = mean.astype(np.float32)
    table = GrayCrops(n).table
    return Embedding(codes, np.full_like(codes, 0.1), model.dimensions, model.id, table)


def test_both_kinds_show_the_same_walks(drawing_model: Model) -> None:
    events: list[Progress] = []
    task = iter_make_traversal(
        drawing_model,
        _embedding(drawing_model),
        GrayCrops(),
        row=4,
        factors=("scale", "texture"),
        config=TraversalConfig(steps=5),
    )
    stack = run(task, events.append)
    assert stack.decoded is not None
    assert stack.nearest is not None
    assert stack.decoded.shape == stack.nearest.shape == (2, 5, 64, 64, 3)
    assert stack.factors == ("scale", "texture")
    assert stack.kinds == ("decoded", "nearest")
    assert stack.picture_source == "synthetic"
    assert [event.done for event in events] == [1, 2]
    decoded, info = stack.pictures("decoded")
    assert decoded is stack.decoded
    assert (info.picture, info.picture_source) == ("decoded", "synthetic")
    assert stack.pictures("nearest")[1].picture_source == ""


def test_nearest_pictures_are_those_of_the_named_cells(drawing_model: Model) -> None:
    stack = make_traversal(
        drawing_model, _embedding(drawing_model), GrayCrops(), factors=["scale"]
    )
    assert stack.nearest is not None
    assert stack.nearest_rows is not None
    assert stack.nearest_sd is not None
    np.testing.assert_allclose(stack.nearest[..., 0, 0, 0], stack.nearest_rows / N)
    assert np.corrcoef(stack.nearest_sd[0], stack.steps_sd)[0, 1] > 0.8


def test_a_model_without_decoder_shows_only_real_cells(tiny_model: Model) -> None:
    stack = make_traversal(tiny_model, _embedding(tiny_model), GrayCrops())
    assert stack.decoded is None
    assert stack.kinds == ("nearest",)
    assert stack.picture == "nearest"
    assert stack.picture_source == "none"
    with pytest.raises(ModelError, match="no decoded pictures"):
        stack.pictures("decoded")


def test_a_pixel_model_draws_at_its_own_size(pixel_model: Model) -> None:
    stack = make_traversal(pixel_model, _embedding(pixel_model), GrayCrops())
    assert stack.decoded is not None
    assert stack.nearest is not None
    assert stack.decoded.shape == stack.nearest.shape == (5, 11, 32, 32, 3)


def test_without_cells_the_prior_is_walked_and_said_so(drawing_model: Model) -> None:
    stack = make_traversal(drawing_model, factors=["color"])
    assert stack.from_prior == (True,)
    assert stack.nearest is None
    assert stack.picture == "decoded"


def test_a_single_cell_is_walked_over_the_prior(drawing_model: Model) -> None:
    stack = make_traversal(
        drawing_model, _embedding(drawing_model, 1), GrayCrops(1), row=0
    )
    assert all(stack.from_prior)
    assert stack.nearest_rows is not None
    assert not stack.nearest_rows.any()


def test_nothing_to_show_is_one_sentence(tiny_model: Model) -> None:
    with pytest.raises(ModelError, match="draws no pictures and there are no cells"):
        make_traversal(tiny_model)


def test_parts_that_do_not_fit_are_refused(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    with pytest.raises(ModelError, match="codes are of model other-1"):
        make_traversal(drawing_model, replace(embedding, model_id="other-1"))
    with pytest.raises(DataError, match="29 crops and 30 codes"):
        make_traversal(drawing_model, embedding, GrayCrops(29))
    with pytest.raises(DataError, match="no row 30 among 30"):
        make_traversal(drawing_model, embedding, row=30)


def test_cells_are_found_by_label_and_not_by_position(tiny_model: Model) -> None:
    embedding = _embedding(tiny_model)
    assert row_of(embedding, 50) == 4
    with pytest.raises(DataError, match="no encoded cell with label 5 "):
        row_of(embedding, 5)
    assert row_of(embedding, 10, roi_id="image") == 0
    doubled = pd.concat([embedding.table] * 2, ignore_index=True)
    doubled.loc[N:, "roi_id"] = "other"
    with pytest.raises(DataError, match="more than one cell with label 10"):
        row_of(replace(embedding, table=doubled), 10)


def test_a_stack_tells_where_its_cells_are_and_how_uncertain_the_start_is(
    drawing_model: Model,
) -> None:
    embedding, crops = _embedding(drawing_model), GrayCrops()
    stack = make_traversal(drawing_model, embedding, crops, row=4, factors=("scale",))
    assert stack.nearest_rows is not None
    assert stack.nearest_cells is not None
    np.testing.assert_array_equal(stack.nearest_cells, 10 * (stack.nearest_rows + 1))
    sd = embedding.mean[:, 3].std()
    assert stack.start_sd == pytest.approx([embedding.mean[4, 3] / sd], abs=1e-3)
    assert stack.start_spread_sd == pytest.approx([0.1 / sd], rel=1e-3)
    assert make_traversal(drawing_model, embedding, crops).start_sd is None


def test_steps_of_percentiles_are_called_so_in_every_file(drawing_model: Model) -> None:
    config = TraversalConfig(unit="percentiles", steps=3)
    stack = make_traversal(
        drawing_model, _embedding(drawing_model), GrayCrops(), config=config
    )
    info = stack.pictures("decoded")[1]
    assert info.step_names == ("p 2", "p 50", "p 98")
    assert info.slice_label(3, 2) == "scale p 98"
    assert np.shape(info.positions_sd) == (10, 3)
    assert info.steps_sd[2] == pytest.approx(np.mean(info.positions_sd, 0)[2], abs=1e-3)


def test_a_dead_dimension_is_told(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    embedding.mean[:, 9], embedding.sd[:, 9] = 0.001, 1.0
    factors = ("scale", "residual_5")
    stack = make_traversal(drawing_model, embedding, GrayCrops(), factors=factors)
    assert "Residual 5 is dead" in " ".join(stack.notes)
    alive = make_traversal(drawing_model, embedding, GrayCrops(), factors=("scale",))
    assert "dead" not in " ".join(alive.notes)
