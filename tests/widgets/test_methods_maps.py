"""Export tells how maps and distances were made, as long as they are in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.export import ExportWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def viewer(make_napari_viewer: Any) -> Any:
    """A viewer with six cells of different sizes and grays."""
    labels = np.zeros((80, 120), np.int32)
    for label in range(1, 7):
        y, x = 5 + 40 * (label % 2), 5 + 18 * label
        labels[y : y + 10 + 3 * label, x - 8 : x + 8 - label] = label
    viewer = make_napari_viewer()
    viewer.add_image(np.uint8(30 * labels), name="image")
    viewer.add_labels(labels, name="cells")
    return viewer


def test_the_methods_follow_the_maps_that_are_in_the_table(
    viewer: Any,
    dock_in: Callable[..., Any],
    encode_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    qtbot: Any,
    tmp_path: Path,
) -> None:
    factors = encode_in(viewer)
    explore: ExploreWidget = dock_in(viewer, ExploreWidget)
    export: ExportWidget = dock_in(viewer, ExportWidget)
    export.folder.set_path(tmp_path)
    qtbot.wait_for_turns()

    def methods() -> str:
        export.methods_button.click()
        wait_for(export)
        return (tmp_path / "methods.md").read_text(encoding="utf-8")

    def pca(weights: dict[str, float]) -> None:
        explore.compare.weights.set_choice(weights)
        explore.compare.pca_button.click()
        wait_for(explore)

    assert "pca_1" not in methods()
    pca({"z_shape": 1.0, "z_scale": 2.0})
    text = methods()
    assert "6 cells of image were laid out by the first two principal" in text
    assert "z_shape (weight 1), z_scale (weight 2)" in text
    pca({"z_shape": 3.0, "z_texture": 1.0})
    text = methods()
    assert "z_texture (weight 1), z_shape (weight 3)" in text
    assert "z_scale (weight 2)" not in text
    session_of(viewer).cell = Cell(4)
    explore.compare.similar_button.click()
    wait_for(explore)
    text = methods()
    assert "The column distance is how far 6 cells of image are from cell 4" in text
    assert "principal components" in text
    assert "came about is not recorded" not in text
    factors.encode()
    wait_for(factors)
    assert "pca_1" not in session_of(viewer).table
    text = methods()
    assert "principal components" not in text
    assert "distance" not in text
