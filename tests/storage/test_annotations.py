from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import exclude, mark_excluded
from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.errors import StorageError
from napari_disentangle.storage.annotations import (
    annotation_file,
    put_aside,
    read_annotations,
    write_annotations,
)
from napari_disentangle.storage.layout import annotations_beside

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.annotations.marks import Marks

CELLS = pd.DataFrame(
    {
        "roi_id": ["b.png", "a.png", "a.png"],
        "frame": [0, 2, 0],
        "label": [3, 1, 70_000],
        "pos_y": [1.5, 2.25, float("nan")],
        "pos_x": [4.0, 5.0, float("nan")],
    }
)


def placed(marks: Marks) -> dict[tuple[int, int], tuple[str, float, float]]:
    """Return name and place of each mark; NaN of a plane that is not known differs."""
    return {key: (mark.name, mark.y, mark.x) for key, mark in marks.items()}


@pytest.fixture
def value() -> Annotations:
    classes = (CellClass('Größe, "x"', "#cc0000", 1), CellClass("b", "#00cc00"))
    return Annotations(classes).set(CELLS, "b").set(CELLS.iloc[:1], classes[0].name)


def test_what_is_written_is_read(tmp_path: Path, value: Annotations) -> None:
    path = tmp_path / "deep" / "a.json"
    write_annotations(value, path)
    found = read_annotations(path)
    assert found.classes == value.classes
    assert found.names_of(CELLS).tolist() == value.names_of(CELLS).tolist()
    assert placed(found.images["b.png"]) == placed(value.images["b.png"])
    assert [file.name for file in path.parent.iterdir()] == ["a.json"]


def test_excluded_cells_are_read_with_their_reasons(
    tmp_path: Path, value: Annotations
) -> None:
    out = exclude(exclude(value, CELLS, "debris"), CELLS.iloc[:1], 'half, "cut"')
    write_annotations(out, tmp_path / "a.json")
    found = read_annotations(tmp_path / "a.json")
    reasons = mark_excluded(CELLS, found)["exclusion_reason"].tolist()
    assert reasons == ['half, "cut"', "debris", "debris"]
    assert placed(found.excluded["b.png"]) == placed(out.excluded["b.png"])
    assert found.names_of(CELLS).tolist() == value.names_of(CELLS).tolist()


def test_a_file_from_before_cells_could_be_excluded_excludes_none(
    tmp_path: Path, value: Annotations
) -> None:
    path = tmp_path / "a.json"
    write_annotations(value, path)
    assert "excluded" not in path.read_text(encoding="utf-8")
    assert not any(read_annotations(path).excluded.values())


def test_the_plane_of_a_cell_is_kept_in_stacks_only(
    tmp_path: Path, value: Annotations
) -> None:
    path = tmp_path / "a.json"
    write_annotations(value, path)
    assert '["b.png", 0, 3, "Gr\\u00f6\\u00dfe, \\"x\\"", 1.5, 4.0]' in path.read_text()
    write_annotations(value.set(CELLS.iloc[:1].assign(pos_z=6.5), "b"), path)
    assert '["b.png", 0, 3, "b", 1.5, 4.0, 6.5]' in path.read_text()
    (mark,) = read_annotations(path).images["b.png"].values()
    assert (mark.z, mark.y, mark.x) == (6.5, 1.5, 4.0)


def test_classes_without_cells_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_annotations(Annotations((CellClass("new", "#123456", 4),)), path)
    assert read_annotations(path).find("new").key == 4


def test_no_file_is_no_annotations(tmp_path: Path) -> None:
    assert read_annotations(tmp_path / "none.json") == Annotations()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2, "classes": [], "cells": []}',
        '{"classes": [], "cells": [["a", 0, 1, "lost", null, null]]}',
        '{"classes": [{"name": "x", "color": "red"}], "cells": []}',
        '{"classes": [], "cells": [["a", 0]]}',
        '{"classes": [{"name":"x","color":"#ffffff"},{"name":"x","color":"#ffffff"}]'
        ', "cells": []}',
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(StorageError, match=r"a\.json cannot be read: ") as caught:
        read_annotations(path)
    assert "\n" not in str(caught.value)


def test_a_file_put_aside_keeps_what_it_held(tmp_path: Path) -> None:
    path = tmp_path / "a.png.json"
    path.write_text("precious")
    aside = put_aside(path, "damaged")
    assert not path.exists()
    assert aside.read_text() == "precious"
    assert aside.name.startswith("a.png.damaged-")


def test_the_file_lies_beside_the_image(tmp_path: Path) -> None:
    image = tmp_path / "blood.png"
    image.touch()
    found = annotation_file(image, "blood.png", "0")
    assert found == tmp_path / "napari-disentangle/annotations/blood.png.json"
    folder = annotation_file(tmp_path, "folder", "0")
    assert folder.parent == found.parent


def test_without_a_path_it_lies_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path))
    found = annotation_file(None, "my/image: 1", "abcd")
    assert found == tmp_path / "annotations" / "my_image_ 1-abcd.json"


def test_beside_a_folder_that_cannot_be_written_it_does_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path / "home"))
    (tmp_path / "napari-disentangle").write_text("a file where a folder shall be")
    found = annotation_file(tmp_path / "blood.png", "blood.png", "abcd")
    assert found.parent == tmp_path / "home" / "annotations"


def test_images_of_very_long_names_have_a_file_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path))
    names = ["µ" * 120, "µ" * 119 + "aa", "x" * 251, "x" * 235]
    files = [annotation_file(None, name * 2, "") for name in names]
    files += [annotations_beside(tmp_path / name) for name in names]
    assert len(set(files)) == len(files)
    for file in files:
        write_annotations(Annotations(), file)
        assert read_annotations(file) == Annotations()
    assert files[-1].name == f"{names[-1]}.json"
