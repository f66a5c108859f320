"""Both ends of a way: offered, taken from clicks, forgotten with their cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from napari_disentangle.recipes.groups import CellGroup
from napari_disentangle.widgets._traverse.ways import MEAN, End, WayPanel

N = 6


def group(name: str, *rows: int) -> CellGroup:
    return CellGroup(name, np.isin(np.arange(N), rows))


def cell(label: int, row: int) -> End:
    return End(f"cell {label}", np.arange(N) == row)


@pytest.fixture
def panel(qtbot: Any) -> WayPanel:
    panel = WayPanel(lambda: None)
    qtbot.addWidget(panel)
    panel.set_groups(N, [group("round", 0, 1), group("long", 2, 3)])
    return panel


def offered(panel: WayPanel) -> list[str]:
    combo = panel.combos[0]
    return [combo.itemText(row) for row in range(combo.count())]


def test_the_mean_of_all_cells_and_of_each_group_are_on_offer(panel: WayPanel) -> None:
    panel.set_groups(N, [group("round", 0, 1), group("every", *range(N))])
    assert offered(panel) == ["mean of all cells", "mean of round"]
    panel.set_groups(0, [])
    assert offered(panel) == []
    assert panel.ends() is None


def test_an_end_is_the_mean_of_its_cells_codes(panel: WayPanel) -> None:
    codes = np.arange(2 * N, dtype=np.float32).reshape(N, 2)
    panel.choose("round", "long")
    ends = panel.ends()
    assert ends is not None
    assert [end.code(codes).tolist() for end in ends] == [[1, 2], [5, 6]]


def test_a_clicked_cell_is_taken_as_either_end(panel: WayPanel) -> None:
    panel.set_clicked(cell(41, 4))
    panel.take_buttons[1].click()
    ends = panel.ends()
    assert ends is not None
    assert [end.name for end in ends] == ["mean of all cells", "cell 41"]
    assert ends[1].members.tolist() == [row == 4 for row in range(N)]


def test_without_a_clicked_cell_its_buttons_say_so(panel: WayPanel) -> None:
    panel.set_clicked(None)
    for side, button in zip("AB", panel.take_buttons, strict=True):
        assert not button.isEnabled()
        assert button.toolTip().endswith("Not now: click a cell first.")
        assert button.accessibleName() == f"Take the clicked cell as {side}"


def test_cells_that_were_taken_go_when_the_cells_are_others(panel: WayPanel) -> None:
    panel.set_clicked(cell(41, 4))
    panel.take(0)
    panel.set_groups(N, [])
    assert "cell 41" in offered(panel)
    panel.set_groups(N - 1, [])
    assert "cell 41" not in offered(panel)
    assert panel.combos[0].column() == MEAN


def test_a_way_from_an_end_to_itself_is_refused_with_the_reason(
    panel: WayPanel,
) -> None:
    panel.choose("round", "round")
    panel.allow("", "")
    why = "Not now: A and B are the same; take another."
    assert panel.walk_button.toolTip().endswith(why)
    panel.choose("round", "long")
    panel.allow("", "")
    assert panel.walk_button.isEnabled()


def test_the_number_of_steps_is_restored(panel: WayPanel, qtbot: Any) -> None:
    panel.steps_box.setValue(5)
    again = WayPanel(lambda: None)
    qtbot.addWidget(again)
    assert again.steps_box.value() == 5
