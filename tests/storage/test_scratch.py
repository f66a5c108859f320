from __future__ import annotations

import numpy as np

from napari_disentangle.storage.scratch import scratch_bytes


def test_a_large_array_lies_in_a_file_and_a_small_one_in_memory() -> None:
    small, large = scratch_bytes((4, 5), 20), scratch_bytes((4, 6), 20)
    assert not isinstance(small, np.memmap)
    assert isinstance(large, np.memmap)
    for array in (small, large):
        assert array.sum() == 0
        array[2] = 7
        assert array[2:].sum() == 7 * array.shape[1]
