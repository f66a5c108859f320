"""One table of files about cells, used by the command line, the docks and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.recipes.outputs import (
    iter_write_files,
    iter_write_stack,
    iter_write_table,
    stack_writers,
)
from napari_disentangle.recipes.traversal import make_traversal
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model

TABLE = pd.DataFrame({"label": [1, 5], "z_scale": [0.5, np.nan]})


@pytest.fixture
def stack(pixel_model: Model) -> TraversalStack:
    return make_traversal(pixel_model, factors=["scale"])


def test_a_stack_of_two_kinds_goes_to_two_files(
    stack: TraversalStack, tmp_path: Path
) -> None:
    from dataclasses import replace

    both = replace(stack, nearest=stack.decoded)
    files = run(iter_write_stack(both, tmp_path / "walk.tif"))
    assert [file.name for file in files] == ["walk.tif", "walk_nearest.tif"]
    kinds = [read_traversal(file)[1].picture for file in files]
    assert kinds == ["decoded", "nearest"]


def test_a_stack_of_one_kind_is_one_file(stack: TraversalStack) -> None:
    assert list(stack_writers(stack)) == ["traversal.tif"]


def test_a_table_of_unknown_format_is_refused_before_writing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.csv"):
        run(iter_write_table(TABLE, tmp_path / "cells.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_cancel_between_two_files_leaves_whole_files_only(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_text("all")

    task = iter_write_files(tmp_path, {"a": write, "b": write, "c": write})
    next(task)
    next(task)
    task.close()
    assert [file.read_text() for file in tmp_path.iterdir()] == ["all"]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        run(iter_write_table(TABLE, tmp_path / "none" / "cells.csv"))
