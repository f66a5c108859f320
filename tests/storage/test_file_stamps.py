from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import zarr

from napari_disentangle.storage.file_stamps import iter_stamp
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_chunk_written_anew_changes_the_stamp_and_metadata_do_not(
    tmp_path: Path,
) -> None:
    group = zarr.open_group(tmp_path / "a.zarr", mode="w")
    array = group.create_array("0", shape=(40, 40), chunks=(20, 20), dtype="uint8")
    array[:] = np.tile(np.arange(1, 41, dtype=np.uint8), (40, 1))
    before = run(iter_stamp([tmp_path / "a.zarr"]))
    assert before is not None
    assert before.n_files == 4
    group.attrs["omero"] = {"channels": []}
    labels = group.create_group("labels").create_array("x", shape=(9,), dtype="uint8")
    labels[:] = 1
    assert run(iter_stamp([tmp_path / "a.zarr"])) == before
    array[:20, :20] = 7
    assert run(iter_stamp([tmp_path / "a.zarr"])) != before


def test_a_file_with_another_time_is_another_one_also_if_it_is_older(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.tif"
    file.write_bytes(b"abc")
    before = run(iter_stamp([file]))
    assert run(iter_stamp([file])) == before
    os.utime(file, ns=(1, 1))
    assert run(iter_stamp([file])) != before
    file.unlink()
    assert run(iter_stamp([file])) is None
