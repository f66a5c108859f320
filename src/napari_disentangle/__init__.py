"""Named, interpretable factors of cells: the engine behind the napari plugin."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("napari-disentangle")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "unknown"

__all__ = ["__version__"]
