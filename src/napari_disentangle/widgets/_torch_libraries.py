"""One trap of large libraries: while Python loads one, no window can draw.

Python keeps its lock while it loads an extension module. That of PyTorch needs
libraries of a gigabyte: 0.2 s from memory, 0.6 s from a disk. A function called through
`ctypes` runs without the lock, so they are loaded that way just before; Python then
finds them there. On Windows PyTorch itself does so.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_EXTENSION = "torch._C"
_LIBRARIES = ("libtorch_cpu", "libtorch_cuda")
_SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"


class _LoadsAhead(MetaPathFinder):
    """Finds no module; loads the libraries of the one that needs them.

    By then PyTorch has chosen among several copies of CUDA, which is left to it.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname == _EXTENSION:
            for folder in path or ():
                load_libraries(Path(folder) / "lib")
        return None


_AHEAD = _LoadsAhead()


def load_torch_ahead() -> None:
    """Have the libraries of PyTorch loaded without the lock, once it is imported."""
    wanted = sys.platform != "win32" and _EXTENSION not in sys.modules
    if wanted and _AHEAD not in sys.meta_path:
        sys.meta_path.insert(0, _AHEAD)


def load_libraries(folder: Path) -> None:
    """Load those that are in `folder`; what fails is left for Python to report."""
    with suppress(AttributeError):  # where a C library lacks dlopen
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.argtypes = ctypes.c_char_p, ctypes.c_int
        dlopen.restype = ctypes.c_void_p
        for name in _LIBRARIES:
            file = folder / f"{name}{_SUFFIX}"
            if file.is_file():
                dlopen(os.fsencode(file), sys.getdlopenflags())
