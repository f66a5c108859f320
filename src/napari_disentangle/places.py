"""Where is kept what belongs to the user, not to a data set."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PROJECT = "napari-disentangle"

HOME_VARIABLE = "NAPARI_DISENTANGLE_HOME"
"""Environment variable that names one folder for all of it."""

_chosen_cache = ""


def user_folder() -> Path:
    """Return the folder of the user's own work."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) if home else platformdirs.user_config_path(PROJECT)


def cache_folder() -> Path:
    """Return the folder of what can be computed or downloaded again.

    By the environment variable, else as chosen by `keep_cache_in`, else where the
    operating system keeps such things.
    """
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home) / "cache"
    if _chosen_cache:
        return Path(_chosen_cache).expanduser()
    return platformdirs.user_cache_path(PROJECT)


def keep_cache_in(folder: str) -> None:
    """Choose the cache folder of this process; an empty text: as it was at first."""
    global _chosen_cache
    _chosen_cache = folder.strip()
