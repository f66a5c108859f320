"""Errors a user can act on: what is wrong, what was given, what to do.

Each is also a builtin kind, and none is a `RuntimeError`: Qt's worker takes that for a
deleted worker and would swallow it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


class DisentangleError(Exception):
    """Base of all errors that are shown to the user as one sentence."""


class ConfigError(DisentangleError, ValueError):
    """A setting is unknown, missing or out of its range."""


class DataError(DisentangleError, ValueError):
    """An array or a table cannot be used as it is (shape, values, columns)."""


class CropError(DisentangleError, ValueError):
    """No crop can be cut: no labels, wrong shape, nothing left after filtering."""


class NoCellsError(CropError):
    """There is no cell at all, which is a finding about the image."""


class ModelError(DisentangleError, ValueError):
    """A model cannot do what was asked of it, or its folder is damaged."""


class StorageError(DisentangleError, OSError):
    """A file or folder cannot be read or written."""


class MissingExtraError(DisentangleError, ImportError):
    """An optional package is not installed."""


class TaskError(DisentangleError):
    """Work on a background thread failed for a reason outside this package."""


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional `module`, or raise naming the `extra` that installs it.

    Raises
    ------
    MissingExtraError
        If `module` is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{module} is not installed; run: pip install 'napari-disentangle[{extra}]'"
        ) from error
