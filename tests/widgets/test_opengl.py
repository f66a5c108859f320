from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.widgets import _opengl

if TYPE_CHECKING:
    from pathlib import Path

WINDOW_THEN_TORCHVISION = """
import napari
from qtpy.QtWidgets import QApplication
from napari_disentangle.widgets._opengl import keep_triton_out

viewer = napari.Viewer(show=True)
QApplication.processEvents()
keep_triton_out()
import torchvision
viewer.close()
print("alive")
"""

TEXT_REMOVED_AND_DRAWN_ON = """
import numpy as np
import napari
from qtpy.QtTest import QTest
from napari_disentangle.widgets.crops import CropsWidget

viewer = napari.Viewer()
canvas = viewer.window._qt_viewer.canvas.native
viewer.window.add_dock_widget(CropsWidget(viewer))
viewer.add_image(np.random.default_rng(0).random((64, 64)))
for _ in range(4):
    at = np.random.default_rng(1).uniform(0, 60, (30, 2))
    text = viewer.add_points(at, features={"a": np.arange(30)}, text="a")
    QTest.qWait(150)
    viewer.layers.remove(text)
    for _ in range(6):
        canvas.update()
        QTest.qWait(30)
viewer.close()
print("alive")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [WINDOW_THEN_TORCHVISION, TEXT_REMOVED_AND_DRAWN_ON],
    ids=["torchvision is loaded after a window was drawn", "text is removed"],
)
def test_the_process_lives_on_with_a_driver_in_software(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "alive" in done.stdout


@pytest.mark.parametrize(("mapped", "kept_out"), [("libLLVM-15.so", True), ("", False)])
def test_triton_is_kept_out_only_where_it_would_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: str, kept_out: bool
) -> None:
    maps = tmp_path / "maps"
    maps.write_text(f"7f00-7f01 r-xp 0 /usr/lib/{mapped}\n")
    monkeypatch.setattr(_opengl, "_MAPS", maps)
    monkeypatch.delitem(sys.modules, "triton", raising=False)
    _opengl.keep_triton_out()
    assert ("triton" in sys.modules) == kept_out
    sys.modules.pop("triton", None)


def test_a_system_without_maps_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_opengl, "_MAPS", tmp_path / "none")
    monkeypatch.delitem(sys.modules, "triton", raising=False)
    _opengl.keep_triton_out()
    assert "triton" not in sys.modules
