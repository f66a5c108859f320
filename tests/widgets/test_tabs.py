from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget

from napari_disentangle.widgets._tabs import Tabs, dock_of

if TYPE_CHECKING:
    from collections.abc import Callable

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Content(QWidget):
    """A dock's content that looks after its tab."""

    def __init__(self) -> None:
        super().__init__()
        Tabs(self, Content)


@pytest.fixture
def main(qtbot: Any) -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def add(qtbot: Any, main: QMainWindow) -> Callable[[str], QDockWidget]:
    def one(title: str, kind: type[QWidget] = Content) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setWidget(kind())
        main.addDockWidget(RIGHT, dock)
        qtbot.wait(50)
        return dock

    return one


def is_in_front(dock: QDockWidget) -> bool:
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


def test_docks_opened_one_after_the_other_become_tabs(
    main: QMainWindow, add: Callable[[str], QDockWidget]
) -> None:
    docks = [add(f"{name} (Disentangle)") for name in ("Crops", "Factors", "Explore")]
    assert set(main.tabifiedDockWidgets(docks[0])) == set(docks[1:])
    assert [is_in_front(dock) for dock in docks] == [False, False, True]
    assert docks[0].windowTitle() == "Crops"


def test_docks_of_others_and_docks_side_by_side_are_left_alone(
    qtbot: Any, main: QMainWindow, add: Callable[..., QDockWidget]
) -> None:
    other = add("other", QWidget)
    first = add("first")
    assert main.tabifiedDockWidgets(other) == []
    main.removeDockWidget(other)
    beside = QDockWidget("beside")
    beside.setWidget(Content())
    main.splitDockWidget(first, beside, Qt.Orientation.Horizontal)
    qtbot.wait(50)
    assert main.tabifiedDockWidgets(first) == []


def test_a_dock_that_is_chosen_again_comes_to_front_instead_of_closing(
    qtbot: Any, add: Callable[[str], QDockWidget]
) -> None:
    first, second = add("first"), add("second")
    first.setVisible(False)  # what napari's menu does to a dock that is open
    qtbot.waitUntil(lambda: is_in_front(first))
    first.setVisible(False)
    qtbot.wait(50)
    assert first.isHidden()
    assert is_in_front(second)
    first.setVisible(True)
    qtbot.waitUntil(lambda: is_in_front(first))


def test_tabs_that_were_arranged_stay_as_they_are(
    qtbot: Any, main: QMainWindow, add: Callable[[str], QDockWidget]
) -> None:
    first = add("first")
    second = QDockWidget("second")
    second.setWidget(Content())
    main.tabifyDockWidget(first, second)
    first.raise_()
    qtbot.wait(50)
    assert is_in_front(first)
    assert main.tabifiedDockWidgets(first) == [second]


def test_a_dock_that_is_removed_stays_away(
    qtbot: Any, main: QMainWindow, add: Callable[[str], QDockWidget]
) -> None:
    first, _ = add("first"), add("second")
    main.removeDockWidget(first)
    qtbot.wait(50)
    assert not first.isVisible()


def test_the_dock_of_a_widget_is_found_or_none(
    qtbot: Any, add: Callable[[str], QDockWidget]
) -> None:
    dock = add("first")
    content = dock.widget()
    assert content is not None
    assert dock_of(content) is dock
    assert dock_of(dock) is None
