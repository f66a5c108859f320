"""What can be undone after images were cut again, or others were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.values import CellClass
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.windows import plan_windows
from napari_disentangle.storage.annotations import read_annotations
from napari_disentangle.widgets._book import Book
from napari_disentangle.widgets._session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

KIND, OTHER = CellClass("kind", "#cc0000", 1), CellClass("other", "#00cc00", 2)


@dataclass
class Cells:
    """Crops as far as annotations look at them."""

    table: pd.DataFrame
    window_px: float = 20.0

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        raise NotImplementedError


def cells(roi_id: str, labels: tuple[int, ...] = (1, 2, 3)) -> Cells:
    places = np.arange(len(labels)) * 50.0
    table = pd.DataFrame({"roi_id": roi_id, "frame": 0, "label": labels})
    return Cells(table.assign(pos_y=places, pos_x=places))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def book(session: Session, tmp_path: Path) -> Book:
    """Image a is open; cell 1 got its class, then cell 2."""
    book = Book(session)
    book.open(cells("a"), lambda _: tmp_path / "a.json")
    book.apply(book.value.with_class(KIND), "class kind")
    for row in (0, 1):
        book.apply(book.value.set(cells("a").table.iloc[[row]], "kind"), f"cell {row}")
    return book


def labels_in(path: Path, roi_id: str) -> list[int]:
    return sorted(label for _, label in read_annotations(path).images.get(roi_id, {}))


def test_steps_can_be_undone_after_another_image_was_read(
    book: Book, session: Session, tmp_path: Path
) -> None:
    other = tmp_path / "b.json"
    for name in ("b", "c"):
        book.open(cells(name), lambda roi_id: tmp_path / f"{roi_id}.json")
    book.apply(book.value.set(cells("b").table, "kind"), "all of b")
    assert book.undoable == "all of b"
    book.undo()
    assert labels_in(other, "b") == []
    book.redo()
    assert labels_in(other, "b") == [1, 2, 3]
    book.undo()
    assert book.undoable == "cell 1"
    book.undo()
    assert labels_in(tmp_path / "a.json", "a") == [1]
    assert session.annotations is book.value
    book.redo()
    assert labels_in(tmp_path / "a.json", "a") == [1, 2]


def test_classes_that_another_image_brings_stay_when_steps_are_undone(
    book: Book, tmp_path: Path
) -> None:
    writer = Book(Session())
    writer.open(cells("b"), lambda _: tmp_path / "b.json")
    writer.apply(writer.value.with_class(OTHER), "")
    writer.apply(writer.value.set(cells("b").table, "other"), "")
    book.open(cells("b"), lambda _: tmp_path / "b.json")
    while book.undoable:
        book.undo()
    assert [known.name for known in book.value.classes] == ["other"]
    assert labels_in(tmp_path / "b.json", "b") == [1, 2, 3]
    assert labels_in(tmp_path / "a.json", "a") == []


def test_steps_can_be_undone_after_the_same_cells_were_cut_again(
    book: Book, tmp_path: Path
) -> None:
    book.undo()
    book.open(cells("a"), lambda _: tmp_path / "a.json")
    assert (book.undoable, book.redoable) == ("cell 0", "cell 1")
    book.redo()
    assert labels_in(tmp_path / "a.json", "a") == [1, 2]


def test_nothing_can_be_undone_once_cells_have_other_ids(
    book: Book, tmp_path: Path
) -> None:
    book.open(cells("a", (7, 8, 9)), lambda _: tmp_path / "a.json")
    assert (book.undoable, book.redoable) == ("", "")
    assert labels_in(tmp_path / "a.json", "a") == [7, 8]


def test_steps_of_an_image_never_reach_another_of_the_same_name(
    book: Book, tmp_path: Path
) -> None:
    book.open(cells("a"), lambda _: tmp_path / "elsewhere.json")
    assert book.undoable == ""
    assert len(book.value) == 0
    assert labels_in(tmp_path / "a.json", "a") == [1, 2]


def test_two_windows_on_one_image_keep_the_classes_of_both(
    book: Book, session: Session, tmp_path: Path, notes: list[str]
) -> None:
    path = tmp_path / "a.json"
    other = Book(Session())
    other.open(cells("a"), lambda _: path)
    other.apply(other.value.with_class(OTHER), "class other")
    other.apply(other.value.set(cells("a").table.iloc[[2]], "other"), "cell 2")
    book.apply(book.value.clear(cells("a").table.iloc[[0]]), "none")
    assert labels_in(path, "a") == [2, 3]
    assert [known.name for known in book.value.classes] == ["kind", "other"]
    assert session.annotations is book.value
    assert any("1 cell was changed in another window" in note for note in notes)
    book.undo()
    book.undo()
    assert labels_in(path, "a") == [1, 3], "undo takes back the own step only"
    other.undo()
    assert labels_in(path, "a") == [1]


def test_windows_that_number_points_otherwise_join_their_classes_by_place(
    tmp_path: Path, notes: list[str]
) -> None:
    path = tmp_path / "points.json"
    centers = np.array([[10.0, 10], [14, 10], [30, 40], [40, 40]])

    def window(rows: list[int]) -> tuple[Book, Session]:
        """Open some of the points, in this order."""
        session = Session()
        image = np.random.default_rng(0).random((1, 1, 1, 50, 50))
        crops = plan_windows(image, centers[rows], 30, CropConfig(), roi_id="points")
        session.crops = crops
        book = Book(session)
        book.open(crops, lambda _: path)
        return book, session

    def classes(book: Book) -> dict[tuple[float, float], str]:
        return {(m.y, m.x): m.name for m in book.value.images["points"].values()}

    def give(book: Book, session: Session, row: int, name: str) -> None:
        assert session.crops is not None
        book.apply(book.value.set(session.crops.table.iloc[[row]], name), name)

    mine = window([0, 1, 2])
    mine[0].apply(mine[0].value.with_class(KIND).with_class(OTHER), "classes")
    give(*mine, 0, "kind")
    theirs = window([2, 3, 1])  # one was deleted there, and another added
    give(*theirs, 1, "kind")
    give(*theirs, 2, "other")
    give(*mine, 2, "kind")
    wanted = {(10.0, 10.0): "kind", (14.0, 10.0): "other", (30.0, 40.0): "kind"}
    assert classes(mine[0]) == wanted
    table = mine[1].crops.table  # type: ignore[union-attr]
    assert mine[0].value.names_of(table).tolist() == ["kind", "other", "kind"]
    assert any("1 of them found no cell here" in note for note in notes)
    (aside,) = tmp_path.glob("points.before-other-cells-*.json")
    kept = read_annotations(aside).images["points"].values()
    assert {(m.y, m.x): m.name for m in kept}[40.0, 40.0] == "kind"
    give(*theirs, 0, "other")
    table = theirs[1].crops.table  # type: ignore[union-attr]
    assert theirs[0].value.names_of(table).tolist() == ["other", "kind", "other"]


def test_what_nobody_else_wrote_is_not_told(
    book: Book, tmp_path: Path, notes: list[str]
) -> None:
    book.undo()
    book.redo()
    book.apply(book.value.with_class(OTHER), "class other")
    assert notes == []
    assert labels_in(tmp_path / "a.json", "a") == [1, 2]


def test_a_file_that_was_damaged_meanwhile_is_kept_aside_and_written_anew(
    book: Book, tmp_path: Path, notes: list[str]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("{ half")
    book.undo()
    assert labels_in(path, "a") == [1]
    (aside,) = tmp_path.glob("a.damaged-*.json")
    assert aside.read_text() == "{ half"
    assert any(aside.name in note for note in notes)
