from __future__ import annotations

from napari_disentangle.annotations.history import DEPTH, History, Step


def test_undo_and_redo_walk_through_what_was() -> None:
    history = History(Step(0)).push(1, "one").push(2, "two")
    back = history.undo()
    assert back.present == Step(1, "one")
    assert back.undo().present.value == 0
    assert back.undo().undo().present.value == 0
    assert back.redo() == history
    assert history.redo() is history


def test_a_new_step_forgets_what_was_undone() -> None:
    history = History(Step(0)).push(1, "").undo().push(5, "")
    assert history.redo().present.value == 5
    assert history.undo().present.value == 0


def test_only_so_many_steps_are_kept() -> None:
    history = History(Step(0))
    for number in range(DEPTH + 20):
        history = history.push(number, "")
    assert len(history.past) == DEPTH


def test_all_steps_can_be_changed_alike() -> None:
    history = History(Step(0)).push(1, "one").push(2, "two").undo()
    found = history.map(lambda number: number + 10)
    assert found.present == Step(11, "one")
    assert found.undo().present.value == 10
    assert found.redo().present == Step(12, "two")
