from __future__ import annotations

import dask.array as da
import numpy as np
import pytest

from napari_disentangle.crops.edits import compare_sections, iter_find_edits
from napari_disentangle.crops.regions import iter_sections
from napari_disentangle.tasks import run


def cells(n=5, size=12, depth=1, frames=1):
    """Squares in a row, ids 1, 4, 7 ..., the same in all planes."""
    plane = np.zeros((20, n * 16), np.int32)
    for i in range(n):
        plane[4 : 4 + size, 16 * i + 2 : 16 * i + 2 + size] = 3 * i + 1
    return np.tile(plane, (frames, depth, 1, 1))


def edited(before, after):
    found = compare_sections(run(iter_sections(before)), run(iter_sections(after)))
    return sorted(map(tuple, found.to_numpy().tolist()))


def test_nothing_edited_is_nothing_found():
    assert edited(cells(), cells()) == []


@pytest.mark.parametrize(
    ("at", "value", "expected"),
    [
        ((0, 0, 4, 2), 0, [1]),  # a pixel erased
        ((0, 0, 3, 2), 1, [1]),  # a pixel more
        ((0, 0, slice(4, 9), 3), 4, [1, 4]),  # painted over by another
        ((0, 0, 0, 0), 50, [50]),  # new
        ((0, 0, slice(None), slice(0, 16)), 0, [1]),  # deleted
        ((0, 0, slice(None), slice(0, 32)), 9, [1, 4, 9]),  # merged to a new id
    ],
)
def test_the_cells_of_an_edit_are_found_and_no_others(at, value, expected):
    after = cells()
    after[at] = value
    assert edited(cells(), after) == [(0, 0, label) for label in expected]


def test_a_cell_of_the_same_area_center_and_box_is_found():
    before, after = cells(), cells()
    before[0, 0, 5, 5] = before[0, 0, 5, 10] = 0
    before[0, 0, 10, 5] = before[0, 0, 10, 10] = 0
    after[0, 0, 7, 4] = after[0, 0, 8, 11] = after[0, 0, 8, 4] = after[0, 0, 7, 11] = 0
    sections = [run(iter_sections(labels)).iloc[0] for labels in (before, after)]
    for name in ("y0", "x0", "y1", "x1", "area", "sum_y", "sum_x"):
        assert sections[0][name] == sections[1][name]
    assert edited(before, after) == [(0, 0, 1)]


def test_two_cells_that_swap_their_ids_are_both_found():
    after = cells()
    after[cells() == 1], after[cells() == 7] = 7, 1
    assert edited(cells(), after) == [(0, 0, 1), (0, 0, 7)]


def test_only_the_frame_and_plane_of_an_edit_are_found():
    after = cells(depth=3, frames=2)
    after[1, 2, 4, 2] = 0
    assert edited(cells(depth=3, frames=2), after) == [(1, 2, 1)]


def test_chunks_do_not_change_a_digest():
    labels = np.kron(cells(), np.ones((1, 1, 40, 20), np.int32))
    lazy = da.from_array(labels, chunks=(1, 1, 300, 300))
    assert run(iter_sections(lazy)).equals(run(iter_sections(labels)))


def test_only_the_planes_asked_for_are_read():
    read = []

    def block(block_info):
        read.append(tuple(block_info[None]["chunk-location"][:2]))
        return cells()

    labels = da.map_blocks(
        block,
        chunks=((1,) * 3, (1,) * 2, (20,), (80,)),
        dtype=np.int32,
        meta=np.zeros((0,) * 4, np.int32),
    )
    before = run(iter_sections(cells(depth=2, frames=3)))
    read.clear()
    assert run(iter_find_edits(labels, before, {(1, 0), (2, 1)})).empty
    assert sorted(set(read)) == [(1, 0), (2, 1)]


def test_no_planes_asked_for_is_nothing_found():
    before = run(iter_sections(cells()))
    assert run(iter_find_edits(cells(), before, ())).empty


def test_large_objects_are_told_apart_exactly():
    before = np.ones((1, 1, 3000, 3000), np.uint8)
    after = before.copy()
    after[0, 0, 1500, 1500] = 0
    assert edited(before, after) == [(0, 0, 1)]
