"""Cells on a plane: joined by key, seeded, and stopped at once."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from napari_disentangle.errors import DataError, TaskError
from napari_disentangle.recipes import umap_process
from napari_disentangle.recipes.project_points import (
    ProjectConfig,
    iter_project_points,
    project_points,
    with_projection,
)

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ("z_texture", "z_color", "z_shape", "z_scale")


def _cells(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)))
    table.columns = list(COLUMNS)
    labels = rng.permutation(np.arange(1, 5 * n, 5))
    return table.assign(roi_id="a", frame=0, label=labels, model="m")


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every process that is started."""
    started: list[Any] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(umap_process.subprocess, "Popen", Watched)
    return started


def test_pca_is_that_of_scikit_learn_up_to_sign() -> None:
    cells = _cells()
    found = project_points(cells)
    scaled = cells[list(COLUMNS)]
    scaled = (scaled - scaled.mean()) / scaled.std(ddof=0)
    slow = PCA(2).fit(scaled)
    np.testing.assert_allclose(
        np.abs(found.table[["pca_1", "pca_2"]]), np.abs(slow.transform(scaled))
    )
    np.testing.assert_allclose(found.explained, slow.explained_variance_ratio_)
    assert found.axes == ("pca_1", "pca_2")


def test_places_are_joined_by_key_and_missing_cells_get_nan() -> None:
    cells = _cells()
    cells.loc[[4, 9], "z_color"] = np.nan
    plane = project_points(cells)
    assert plane.left_out == 2
    shuffled = cells.sample(frac=1, random_state=1, ignore_index=True)
    joined = with_projection(shuffled, plane).set_index("label")
    expected = plane.table.set_index("label")
    known = joined.loc[expected.index]
    np.testing.assert_array_equal(known["pca_1"], expected["pca_1"])
    assert np.isnan(joined.loc[cells["label"][[4, 9]], "pca_2"]).all()
    again = with_projection(joined.reset_index(), plane)
    assert list(again.columns).count("pca_1") == 1


def test_a_heavier_column_leads() -> None:
    rng = np.random.default_rng(0)
    cells = _cells().assign(**dict(zip("ab", rng.normal(size=(2, 60)), strict=True)))
    plane = project_points(cells, ProjectConfig(columns=("a", "b"), weights=(1, 9)))
    assert plane.explained[0] > 0.95
    assert abs(np.corrcoef(plane.table["pca_1"], cells["b"])[0, 1]) > 0.99


@pytest.mark.parametrize("method", ["pca", "umap"])
def test_too_little_is_refused_before_anything_starts(
    method: str, children: list[Any]
) -> None:
    config = ProjectConfig(method=method, columns=("z_color",))
    with pytest.raises(DataError, match="differ in 1 factors"):
        project_points(_cells(), config)
    with pytest.raises(DataError, match="3 cells"):
        project_points(_cells(3), ProjectConfig(method=method))
    assert children == []


def test_closing_the_task_ends_the_process(children: list[Any]) -> None:
    task = iter_project_points(_cells(), ProjectConfig(method="umap"))
    events = [next(task) for _ in range(4)]
    assert children[0].poll() is None
    began = time.monotonic()
    task.close()
    assert time.monotonic() - began < 2
    assert children[0].poll() is not None
    assert events[1].stage == "Starting UMAP"


def test_a_process_that_dies_tells_its_last_words(
    monkeypatch: pytest.MonkeyPatch, children: list[Any]
) -> None:
    monkeypatch.setattr(umap_process, "CHILD", "no_such_module")
    with pytest.raises(TaskError, match="No module named no_such_module"):
        project_points(_cells(), ProjectConfig(method="umap"))
    assert children[0].poll() is not None


@pytest.mark.slow
def test_umap_keeps_neighbors_and_is_the_same_for_a_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # compiling takes longer than 40 cells
    cells = _cells(40)
    cells.loc[:19, "z_color"] += 40  # two clouds
    config = ProjectConfig(method="umap", n_neighbors=5)
    stages: list[str] = []
    planes = [_last(iter_project_points(cells, config), stages.append) for _ in "ab"]
    first, second = (plane.table[["umap_1", "umap_2"]] for plane in planes)
    pd.testing.assert_frame_equal(first, second)
    near, far = first[:20].mean(), first[20:].mean()
    spread = np.linalg.norm(first[:20] - near, axis=1).max()
    assert np.linalg.norm(near - far) > spread
    assert {"Loading UMAP", "Finding neighbors", "UMAP epochs"} <= set(stages)


def _last(task: Any, on_stage: Callable[[str], object]) -> Any:
    from napari_disentangle.tasks import run

    return run(task, lambda event: on_stage(event.stage))
