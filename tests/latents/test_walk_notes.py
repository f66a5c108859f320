"""Whatever a walk cannot show is said in a sentence."""

from __future__ import annotations

import numpy as np

from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse
from napari_disentangle.latents.walk_notes import walk_notes

NAMES = ("scale", "color", "residual_1")


def _notes(
    codes: np.ndarray,
    start: np.ndarray | None = None,
    config: TraversalConfig | None = None,
    *,
    draws: bool = True,
    has_crops: bool = True,
) -> str:
    codes = codes.astype(np.float32)
    reference = reference_of(codes)
    at = reference.mean if start is None else start
    walks = traverse(at, reference, NAMES, config=config)
    notes = walk_notes(
        walks, reference, codes, start=at, draws=draws, has_crops=has_crops
    )
    assert all(note.endswith(".") for note in notes)
    return " ".join(notes)


def _cells(n: int = 200) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.9, (n, 3))


def test_nothing_is_said_of_a_walk_among_many_cells() -> None:
    assert _notes(_cells()) == ""


def test_walks_without_cells_are_those_of_the_prior() -> None:
    assert "There are no cells" in _notes(np.zeros((0, 3)))
    assert "One cell has no spread" in _notes(np.zeros((1, 3)))


def test_a_dead_dimension_is_walked_over_the_prior() -> None:
    codes = _cells()
    codes[:, 2] = 0.3
    assert "do not differ in residual 1" in _notes(codes)


def test_leaving_the_prior_is_told_with_how_far() -> None:
    codes = _cells()
    codes[:, 0] = codes[:, 0] * 2 + 1
    assert "leaves the prior in scale (codes up to" in _notes(codes)


def test_leaving_the_data_is_told_with_how_far() -> None:
    config = TraversalConfig(low_sd=-5, high_sd=5)
    assert "beyond all 200 cells in scale, color and residual 1" in _notes(
        _cells() / 3, config=config
    )


def test_what_stands_where_no_cell_is_depends_on_whether_pictures_are_drawn() -> None:
    config = TraversalConfig(low_sd=-5, high_sd=5)
    drawn, real = (_notes(_cells(), config=config, draws=d) for d in (True, False))
    assert "pictures drawn there are of no cell you have" in drawn
    assert "no cell of yours is there, and the nearest stands in" in real


def test_a_start_far_from_the_data_is_told() -> None:
    start = np.array([0, 9, 0], np.float32)
    assert "far from the others (1" in _notes(_cells(), start)


def test_missing_pictures_and_few_cells_are_told() -> None:
    assert "draws no pictures" in _notes(_cells(), draws=False)
    assert "5 real cells for 11 steps" in _notes(_cells(5))
    assert "There is 1 real cell for 11 steps" in _notes(_cells(1))
    assert "real cells for" not in _notes(_cells(5), has_crops=False)
