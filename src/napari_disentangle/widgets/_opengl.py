"""Two ways in which OpenGL ends the process with a segmentation fault, kept shut.

Mesa's drivers (software rendering, AMD) load LLVM for OpenGL. Triton, which the default
torch wheel brings and torchvision loads, has an LLVM of its own, and loading it second
ends the process. Nothing here compiles with Triton, and torch does well without it.

When a layer is removed, napari 0.9 deletes its programs and buffers at once, in
whichever OpenGL context is current: mostly Qt's, which composes the window. If one of
these programs was the last that the canvas drew, as that of text beside points, Mesa
goes on without a vertex shader in the canvas's own context, and the next draw or the
one after it ends the process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_MAPS = Path("/proc/self/maps")


def keep_triton_out() -> None:
    """Make ``import triton`` fail politely if it would crash the process."""
    if "triton" not in sys.modules and _is_llvm_loaded():
        sys.modules["triton"] = None  # type: ignore[assignment]


def make_canvas_current(viewer: Any) -> None:
    """Let what is deleted next be deleted in the context of the canvas of `viewer`.

    To be called just before a layer is removed; a canvas that was never drawn has none,
    and a viewer without a window has no canvas.
    """
    shown = getattr(getattr(viewer, "window", None), "_qt_viewer", None)
    canvas = getattr(getattr(shown, "canvas", None), "native", None)
    if canvas is not None and canvas.isValid():
        canvas.makeCurrent()


def _is_llvm_loaded() -> bool:
    try:
        return "libLLVM" in _MAPS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
