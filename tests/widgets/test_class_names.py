from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets._class_names import ClassColor, ClassNames, classes_of

COLORS = {"rbc": "#ff0000", "wbc": "#0000ff", "platelet": "#00ff00"}


def test_classes_are_counted_in_their_own_order_and_those_without_a_cell_left_out() -> (
    None
):
    values = pd.Series(["wbc", np.nan, "rbc", "wbc", "a class that was removed"])
    found, n_without = classes_of(values, COLORS)
    assert found == [ClassColor("rbc", "#ff0000", 1), ClassColor("wbc", "#0000ff", 2)]
    assert n_without == 2


@pytest.mark.usefixtures("qapp")
def test_a_legend_shows_names_as_they_are_typed_and_cells_of_none() -> None:
    legend = ClassNames()
    legend.show_classes([ClassColor("a < b", "#ff0000", 3)], 2)
    assert "a&nbsp;&lt;&nbsp;b&nbsp;(3)" in legend.text()
    assert "none&nbsp;(2)" in legend.text()
    legend.show_classes([ClassColor("a", "#ff0000", 3)], 0)
    assert "none" not in legend.text()
