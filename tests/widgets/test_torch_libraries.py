from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.widgets import _torch_libraries
from napari_disentangle.widgets._torch_libraries import load_libraries, load_torch_ahead

if TYPE_CHECKING:
    from pathlib import Path

MAPPED_WHEN_ASKED_FOR = """
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from napari_disentangle.widgets._torch_libraries import load_torch_ahead

def is_mapped():
    return "libtorch_cpu" in Path("/proc/self/maps").read_text()

class Asked(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "torch._C":
            print("when Python looks for it:", is_mapped())

load_torch_ahead()
sys.meta_path.insert(1, Asked())
print("before:", is_mapped())
import torch
print("sum:", int(torch.ones(3).sum()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_libraries_are_there_before_python_loads_the_module() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAPPED_WHEN_ASKED_FOR],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [
        "before: False",
        "when Python looks for it: True",
        "sum: 3",
    ]


def test_it_is_asked_once_however_many_workers_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, "torch._C", raising=False)
    load_torch_ahead()
    load_torch_ahead()
    assert sys.meta_path.count(_torch_libraries._AHEAD) == 1


def test_where_torch_is_loaded_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.setitem(sys.modules, "torch._C", sys)
    load_torch_ahead()
    assert sys.meta_path == []


def test_a_damaged_library_is_left_for_python_to_report(tmp_path: Path) -> None:
    for suffix in (".so", ".dylib"):
        (tmp_path / f"libtorch_cpu{suffix}").write_bytes(b"no library")
    load_libraries(tmp_path)
    load_libraries(tmp_path / "none")
