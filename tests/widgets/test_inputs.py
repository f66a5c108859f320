"""What a classifier reads is what every encoded image has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets._inputs import InputColumns

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CELLS = pd.DataFrame(
    {
        **{"roi_id": "a", "frame": 0, "label": [1, 2], "index": [1, 2]},
        **{"z_scale": [0.0, 1.0], "z_residual_1": [1.0, 0.0], "area": [9.0, 8.0]},
    }
)
MADE = ("pca_1", "pca_2", "umap_1", "umap_2", "distance", "novelty", "probability")


@pytest.mark.parametrize("kind", ["named", "all", "both"])
def test_maps_distances_and_predictions_are_never_read(qtbot: QtBot, kind: Any) -> None:
    inputs = InputColumns()
    qtbot.addWidget(inputs)
    inputs.kind_combo.setCurrentIndex(inputs.kind_combo.findData(kind))
    inputs.set_table(CELLS)
    before = inputs.columns()
    assert "z_scale" in before
    changed: list[object] = []
    inputs.changed.connect(lambda: changed.append(True))
    inputs.set_table(CELLS.assign(**dict.fromkeys(MADE, np.float64(0.5))))
    assert inputs.columns() == before
    assert changed == []
