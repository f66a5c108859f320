from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.storage import layout, model_archive
from napari_disentangle.storage.model_archive import unpack_model

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = layout.model_folder("features")


def archive_of(path: Path, home: str = "features/", **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for file in BUNDLED.iterdir():
            if file.suffix in (".json", ".safetensors"):
                out.write(file, home + file.name)
        for name, content in more.items():
            out.writestr(name, content)
    return path


@pytest.mark.parametrize("home", ["", "features/", "deep/er/"])
def test_the_model_is_found_wherever_it_lies_in_the_archive(
    tmp_path: Path, home: str
) -> None:
    unpack_model(archive_of(tmp_path / "m.zip", home), tmp_path / "model")
    for file in (tmp_path / "model").iterdir():
        assert file.read_bytes() == (BUNDLED / file.name).read_bytes()
    assert (tmp_path / "model" / layout.WEIGHTS).is_file()


def test_nothing_but_the_model_is_unpacked(tmp_path: Path) -> None:
    more = {"../escaped.txt": b"x", "features/run.py": b"x", "/abs.txt": b"x"}
    archive = archive_of(tmp_path / "m.zip", **more)
    unpack_model(archive, tmp_path / "out" / "model")
    names = {file.name for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert names <= {layout.CARD, layout.WEIGHTS, layout.DECODER, layout.REPLAY}
    assert not list(tmp_path.rglob("*.txt"))


def test_two_models_in_one_archive_are_refused(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "m.zip", **{"other/model.json": b"{}"})
    with pytest.raises(ModelError, match="2 models"):
        unpack_model(archive, tmp_path / "model")


def test_an_archive_without_a_model_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as out:
        out.writestr("readme.txt", "hello")
    with pytest.raises(ModelError, match="no model"):
        unpack_model(tmp_path / "m.zip", tmp_path / "model")


def test_a_model_without_weights_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as out:
        out.write(BUNDLED / layout.CARD, layout.CARD)
    with pytest.raises(ModelError, match=r"lacks weights\.safetensors"):
        unpack_model(tmp_path / "m.zip", tmp_path / "model")


@pytest.mark.parametrize("length", [0, 10, 5_000, -20])
def test_a_truncated_archive_is_refused_and_leaves_nothing(
    tmp_path: Path, length: int
) -> None:
    archive = archive_of(tmp_path / "m.zip")
    archive.write_bytes(archive.read_bytes()[:length])
    with pytest.raises(ModelError, match="no zip file or is damaged"):
        unpack_model(archive, tmp_path / "model")
    assert list(tmp_path.iterdir()) == [archive]


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "m.zip")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 255
    archive.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        unpack_model(archive, tmp_path / "model")
    assert list(tmp_path.iterdir()) == [archive]


def test_a_file_that_claims_to_be_huge_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_archive, "_LARGEST", 1000)
    with pytest.raises(ModelError, match="above 4 GB"):
        unpack_model(archive_of(tmp_path / "m.zip"), tmp_path / "model")
