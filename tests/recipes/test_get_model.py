from __future__ import annotations

import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.places import user_folder
from napari_disentangle.recipes.get_model import get_model, iter_get_model
from napari_disentangle.storage.layout import WEIGHTS, model_folder
from napari_disentangle.storage.models import read_model
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from napari_disentangle.tasks import Progress


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "web" / "model.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as out:
        for file in model_folder("features").iterdir():
            out.write(file, f"features/{file.name}")
    return path


@pytest.fixture
def address(archive: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    serve = partial(Quiet, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_model_of_the_web_is_the_one_that_was_published(
    address: str, tmp_path: Path
) -> None:
    events: list[Progress] = []
    task = iter_get_model(f"{address}/model.zip", tmp_path / "models")
    folder = run(task, events.append)
    assert read_model(folder).id == read_model("features").id
    assert list((tmp_path / "models").iterdir()) == [folder]
    assert events[0].stage.startswith("Downloading")


def test_the_same_file_gives_the_same_folder(archive: Path, tmp_path: Path) -> None:
    first = get_model(str(archive), tmp_path / "models")
    (first / WEIGHTS).write_bytes(b"damaged")
    again = get_model(str(archive), tmp_path / "models")
    assert again == first
    assert read_model(again).card.name == "features"


def test_models_lie_in_the_folder_of_the_user(archive: Path) -> None:
    assert get_model(str(archive)).parent == user_folder() / "models"


def test_stopping_a_download_leaves_nothing(address: str, tmp_path: Path) -> None:
    task = iter_get_model(f"{address}/model.zip", tmp_path / "models")
    next(task)
    task.close()
    assert list((tmp_path / "models").iterdir()) == []


def test_what_cannot_be_got_is_told_in_a_sentence(
    address: str, archive: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="could not be downloaded"):
        get_model(f"{address}/none.zip", tmp_path / "models")
    with pytest.raises(ModelError, match="There is no zip file"):
        get_model(str(tmp_path / "none.zip"), tmp_path / "models")
    with zipfile.ZipFile(archive, "w") as out:
        out.write(model_folder("features") / "model.json", "model.json")
        out.writestr("weights.safetensors", b"no weights")
    with pytest.raises(ModelError, match="truncated or damaged"):
        get_model(str(archive), tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []
