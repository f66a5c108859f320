"""Random clicks on all docks do no harm, and the tool that clicks sees what would."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.utils.notifications import show_error

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets._session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(__file__).parents[2] / "scripts"


def clicked(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Click in a process of its own: a driver that ends it shall not end the tests."""
    command = [sys.executable, SCRIPTS / "random_clicks.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_random_clicks_raise_nothing_and_lose_no_class() -> None:
    done = clicked("--data", "movie", "--seed", "1", "--steps", "20", "--check-draws")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gray", "pyramid", "points"])
def test_random_clicks_on_other_kinds_of_data_do_no_harm(kind: str) -> None:
    done = clicked("--data", kind, "--seed", "2", "--steps", "40", "--check-draws")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What looks for harm, while it looks."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from clicks.watch import Watch

    with Watch() as watch:
        yield watch


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What looks at each draw."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from clicks import draws

    return draws


def test_an_error_that_is_raised_is_harm_and_told_with_the_steps_before(
    watch: Any,
) -> None:
    watch.step("Crops: Cut")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    (fault,) = watch.faults
    assert "ZeroDivisionError" in str(fault)
    assert str(fault).endswith("after:\n    Crops: Cut")


def test_one_of_our_sentences_is_no_harm(watch: Any, qapp: Any) -> None:
    show_error("There are no cells yet; cut crops in the Crops dock.")
    assert watch.faults == []


@pytest.mark.parametrize(
    "text", ["KeyError: 'label'", "It went wrong.\nTraceback of the call:"]
)
def test_an_error_that_tells_a_user_nothing_is_harm(
    watch: Any, qapp: Any, text: str
) -> None:
    show_error(text)
    assert len(watch.faults) == 1


def test_a_draw_that_raised_is_harm_though_vispy_goes_on(watch: Any) -> None:
    logging.getLogger("vispy").warning("Error drawing visual %r", "text")
    logging.getLogger("vispy").warning("Program has unset variables")
    assert [fault.what for fault in watch.faults] == ["Error drawing visual 'text'"]


def test_a_class_that_is_gone_after_a_step_that_takes_none_is_harm(
    watch: Any, grid: Any, tmp_path: Path
) -> None:
    session, book = session_of(grid), book_of(session_of(grid))
    cells = session.crops.table.iloc[:3]
    classes = Annotations((CellClass("round", "#ff0000", 1),))
    book.apply(classes.set(cells, "round"), "3 cells as round")
    watch.look_at(session)
    watch.step("Annotate: take one back", may_take=True)
    book.apply(book.value.clear(cells.iloc[:1]), "1 cell without a class")
    watch.look_at(session)
    assert watch.faults == []
    watch.step("Explore: select")
    book.apply(book.value.clear(cells), "all cells without a class")
    watch.look_at(session)
    (fault,) = watch.faults
    assert fault.what == "2 classes of cells are lost."


def test_a_class_that_is_not_in_its_file_is_harm(watch: Any, grid: Any) -> None:
    session, book = session_of(grid), book_of(session_of(grid))
    (path,) = set(book._files.places.values())
    cells = session.crops.table.iloc[:3]
    classes = Annotations((CellClass("round", "#ff0000", 1),))
    book.apply(classes.set(cells, "round"), "3 cells as round")
    path.unlink()
    watch.look_at(session)
    assert f"The classes in {path.name} are not" in watch.faults[0].what


def test_a_draw_that_reads_what_is_not_there_is_told(draws: Any, qapp: Any) -> None:
    from vispy import app, gloo

    canvas = app.Canvas(size=(50, 50), show=True, app="pyqt6")
    program = gloo.Program(
        "attribute vec2 a; void main() { gl_Position = vec4(a, 0, 1); }",
        "void main() { gl_FragColor = vec4(1); }",
    )
    corners = gloo.VertexBuffer(np.zeros((6, 2), np.float32))
    indices = gloo.IndexBuffer(np.array([0, 1, 5], np.uint32))
    program["a"] = corners
    found: list[str] = []
    with draws.checked_draws(found.append):
        program.draw("triangles")
        program.draw("triangles", indices)
    assert found == []
    drawn = canvas.context.shared.parser.get_object(program.id)
    by_index = indices.id, "UNSIGNED_INT", 3
    assert [*draws.missing(drawn, (0, 7), 1)] == ["7 of a are read, 6 are there."]
    canvas.context.shared.parser.get_object(corners.id).set_size(40)
    assert [*draws.missing(drawn, by_index, 1)] == ["6 of a are read, 5 are there."]
    canvas.context.shared.parser._objects.pop(corners.id)
    assert [*draws.missing(drawn, by_index, 1)] == ["the buffer of a is gone."]
    canvas.close()
