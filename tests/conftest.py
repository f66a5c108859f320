"""Fixtures used by more than one room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder with the real data sets, or skip."""
    home = os.environ.get("NAPARI_DISENTANGLE_SHARED")
    data = (Path(home) if home else ROOT.parent / "shared") / "data"
    if not data.is_dir():
        pytest.skip(f"no real data at {data}; set NAPARI_DISENTANGLE_SHARED")
    return data
