"""Weights come over the network whole, or not at all."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.download import iter_fetch, weights_url
from napari_disentangle.errors import ModelError
from napari_disentangle.tasks import Progress, run

BODY = bytes(range(256)) * 10_000  # 2.5 MB: three chunks


class Server(BaseHTTPRequestHandler):
    """Serve BODY, a part of it, or an error."""

    def do_GET(self):
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(BODY[:1000] if self.path == "/cut" else BODY)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_download_is_kept_and_its_progress_told(server, tmp_path):
    events = []
    target = tmp_path / "new" / "weights.pth"
    assert run(iter_fetch(f"{server}/whole", target), events.append) == target
    assert target.read_bytes() == BODY
    assert events[-1] == Progress("Downloading weights", len(BODY), len(BODY))
    assert [e.done for e in events] == sorted(e.done for e in events)


def test_a_kept_file_is_not_downloaded_again(tmp_path):
    target = tmp_path / "weights.pth"
    target.write_bytes(b"kept")
    assert run(iter_fetch("http://127.0.0.1:1/nobody", target)) == target
    assert target.read_bytes() == b"kept"


@pytest.mark.parametrize("path", ["cut", "missing"])
def test_a_failed_download_leaves_nothing_behind(server, tmp_path, path):
    with pytest.raises(ModelError, match="give a local file"):
        run(iter_fetch(f"{server}/{path}", tmp_path / "weights.pth"))
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_download_leaves_nothing_behind(server, tmp_path):
    task = iter_fetch(f"{server}/whole", tmp_path / "weights.pth")
    next(task)
    assert list(tmp_path.iterdir())
    task.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_one_sentence_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"refused.*go online once, or give a local"):
        run(iter_fetch("http://127.0.0.1:1/weights.pth", tmp_path / "weights.pth"))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="could not be downloaded"):
        run(iter_fetch("http://127.0.0.1:1/w", tmp_path / "file" / "w.pth"))


def test_the_addresses_are_those_of_the_weights_makers():
    dino = weights_url(backbone_info("timm:vit_base_patch16_224.dino"))
    assert dino == (
        "https://huggingface.co/timm/vit_base_patch16_224.dino"
        "/resolve/main/model.safetensors"
    )
    resnet = weights_url(backbone_info("resnet50"))
    assert resnet.startswith("https://download.pytorch.org/models/resnet50-")
