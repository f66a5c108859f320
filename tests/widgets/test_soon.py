from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtCore import QObject, QTimer

from napari_disentangle.widgets._soon import Soon


@pytest.fixture
def parent(qtbot: Any) -> QObject:
    return QObject()


def test_many_wishes_in_one_turn_are_one_call(qtbot: Any, parent: QObject) -> None:
    made: list[int] = []
    soon = Soon(lambda: made.append(1), parent)
    for _ in range(3):
        soon()
    assert soon.due
    assert made == []
    qtbot.waitUntil(lambda: not soon.due)
    qtbot.wait(30)
    assert made == [1]


def test_calls_of_one_turn_get_a_turn_each_in_order(
    qtbot: Any, parent: QObject
) -> None:
    seen: list[str] = []
    ticks = QTimer(parent)
    ticks.timeout.connect(lambda: seen.append("tick"))
    calls = [Soon(lambda name=name: seen.append(name), parent) for name in "abc"]
    ticks.start(0)
    for soon in calls:
        soon()
    qtbot.waitUntil(lambda: "c" in seen)
    assert [name for name in seen if name != "tick"] == ["a", "b", "c"]
    between = seen[seen.index("a") : seen.index("c")]
    assert between.index("b") > 1  # others had their turn


def test_a_flushed_call_is_made_at_once_and_once(qtbot: Any, parent: QObject) -> None:
    made: list[int] = []
    soon = Soon(lambda: made.append(1), parent)
    soon.flush()
    assert made == []  # none waited
    soon()
    soon.flush()
    assert made == [1]
    qtbot.wait(30)
    assert made == [1]


def test_a_call_may_ask_for_itself_again(qtbot: Any, parent: QObject) -> None:
    made: list[int] = []

    def call() -> None:
        made.append(1)
        if len(made) < 3:
            soon()

    soon = Soon(call, parent)
    soon()
    qtbot.waitUntil(lambda: len(made) == 3)


def test_calls_that_wait_end_with_their_parent(qtbot: Any, parent: QObject) -> None:
    made: list[int] = []
    soon = Soon(lambda: made.append(1), parent)
    soon()
    parent.deleteLater()
    qtbot.waitUntil(lambda: not soon.due)
    qtbot.wait(30)
    assert made == []


def test_calls_wished_after_their_parent_is_deleted_are_not_made(
    qtbot: Any, parent: QObject
) -> None:
    """A session outlives its docks, and tells those that were not shut down as well."""
    made: list[int] = []
    gone: list[int] = []
    soon = Soon(lambda: made.append(1), parent)
    parent.destroyed.connect(lambda: gone.append(1))
    parent.deleteLater()
    qtbot.waitUntil(lambda: gone == [1])
    soon()
    assert not soon.due
    qtbot.wait(30)
    assert made == []
