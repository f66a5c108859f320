"""What is known of images survives on the disk, beside what others wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_disentangle.annotations.image_info import COLUMNS
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.storage.image_info import (
    image_info_file,
    read_image_info,
    read_info_table,
    write_image_info,
)
from napari_disentangle.storage.layout import image_info_of_user

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read_and_other_images_stay(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "image_info.json"
    write_image_info(path, {"a.png": {"day": "1", "größe": "9"}}, (*COLUMNS, "größe"))
    write_image_info(path, {"b.png": {"slide": "ä"}}, (*COLUMNS, "dose"))
    found = read_image_info(path)
    first = {"day": "1", "größe": "9"}
    assert found.images == {"a.png": first, "b.png": {"slide": "ä"}}
    assert found.columns == (*COLUMNS, "dose", "größe")
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_column_that_was_removed_stays_while_other_images_have_a_value(
    tmp_path: Path,
) -> None:
    path = tmp_path / "image_info.json"
    write_image_info(path, {"a": {"dose": "1"}, "b": {"dose": "2"}}, (*COLUMNS, "dose"))
    write_image_info(path, {"a": {}}, COLUMNS)
    assert read_image_info(path).columns == (*COLUMNS, "dose")
    assert read_image_info(path).images == {"a": {}, "b": {"dose": "2"}}
    write_image_info(path, {"b": {}}, COLUMNS)
    assert read_image_info(path).columns == COLUMNS


def test_a_column_is_renamed_in_all_images_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "image_info.json"
    write_image_info(path, {"a": {"well": "1"}, "b": {"well": "2"}}, COLUMNS)
    renamed = ("slide", "patient", *COLUMNS[2:])
    write_image_info(path, {"a": {"patient": "1"}}, renamed, {"well": "patient"})
    assert read_image_info(path).columns == renamed
    assert read_image_info(path).images == {
        "a": {"patient": "1"},
        "b": {"patient": "2"},
    }


def test_a_missing_file_knows_nothing(tmp_path: Path) -> None:
    assert read_image_info(tmp_path / "none.json").images == {}


@pytest.mark.parametrize(
    "text", ["{", '{"format": 2}', '{"columns": ["z_scale"]}', '{"images": {"a": 1}}']
)
def test_a_damaged_file_is_one_sentence_and_is_never_written_over(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "image_info.json"
    path.write_text(text)
    with pytest.raises(StorageError, match="cannot be read"):
        read_image_info(path)
    with pytest.raises(StorageError, match="cannot be read"):
        write_image_info(path, {"a": {}}, COLUMNS)
    assert path.read_text() == text


def test_the_file_lies_beside_the_images_and_asking_makes_no_folder(
    tmp_path: Path,
) -> None:
    image = tmp_path / "a.png"
    found = image_info_file(image)
    assert found == tmp_path / "napari-disentangle" / "image_info.json"
    assert list(tmp_path.iterdir()) == []
    assert image_info_file(None) == image_info_of_user()


def test_a_csv_gives_texts_by_image_and_column(tmp_path: Path) -> None:
    path = tmp_path / "plate.csv"
    path.write_text("Day;File Name;Cell line\n01;a.png;HeLa\n;b.png;NA\n")
    assert read_info_table(path) == {
        "a.png": {"day": "01", "cell_line": "HeLa"},
        "b.png": {"cell_line": "NA"},
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("image\na.png\n", "others of different names"),
        ("image,day,Day\na,1,2\n", "others of different names"),
        ("image,day\na,1\na,2\n", "'a' twice"),
        ("image,area\na,1\n", "'area'"),
    ],
)
def test_a_csv_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, text: str, what: str
) -> None:
    path = tmp_path / "plate.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=what):
        read_info_table(path)
