"""How OpenGL ends the process with a segmentation fault, and how it is kept from it.

Mesa's drivers (software rendering, AMD) load LLVM for OpenGL. Triton, which the default
torch wheel brings and torchvision loads, has an LLVM of its own, and loading it second
ends the process. Nothing here compiles with Triton, and torch does well without it.
"""

from __future__ import annotations

import sys
from pathlib import Path

_MAPS = Path("/proc/self/maps")


def keep_triton_out() -> None:
    """Make ``import triton`` fail politely if it would crash the process."""
    if "triton" not in sys.modules and _is_llvm_loaded():
        sys.modules["triton"] = None  # type: ignore[assignment]


def _is_llvm_loaded() -> bool:
    try:
        return "libLLVM" in _MAPS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
