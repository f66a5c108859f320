from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tifffile

from napari_disentangle.widgets._reader import get_reader

if TYPE_CHECKING:
    from pathlib import Path


def test_files_of_others_are_left_to_other_readers(tmp_path: Path) -> None:
    plain = tmp_path / "plain.tif"
    tifffile.imwrite(plain, np.zeros((4, 4), np.uint8), imagej=True)
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"")
    for path in (plain, broken, tmp_path / "missing.tif", tmp_path):
        assert get_reader(str(path)) is None
    assert get_reader([str(plain), str(broken)]) is None
