"""Recipes can be imported, and models listed, without the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "statement",
    [
        "from napari_disentangle.recipes import encode, pictures, traversal, export",
        "from napari_disentangle.storage.card import read_card; "
        "from napari_disentangle.storage.layout import bundled_models; "
        "[read_card(name) for name in bundled_models()]",
    ],
)
def test_torch_napari_and_matplotlib_wait_until_they_are_needed(
    statement: str,
) -> None:
    heavy = "torch", "timm", "openvino", "sklearn", "napari", "qtpy", "matplotlib"
    code = f"import sys; {statement}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
