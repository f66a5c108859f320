import dask.array
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.crops import planes as planes_module
from napari_disentangle.crops.planes import Planes


def counted(array, chunks):
    """Return a dask array and the list of the chunks that were computed."""
    reads = []

    def note(block, block_info=None):
        reads.append(block_info[0]["chunk-location"])
        return block

    lazy = dask.array.from_array(array, chunks=chunks)
    lazy = lazy.map_blocks(note, dtype=array.dtype, meta=np.array((), array.dtype))
    return lazy, reads


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_window_of_a_chunked_array_is_the_same_as_of_an_array(data):
    array = np.arange(2 * 3 * 4 * 90 * 70).reshape(2, 3, 4, 90, 70)
    lazy = dask.array.from_array(array, chunks=(1, 2, 2, 33, 20))
    y0 = data.draw(st.integers(0, 89))
    x0 = data.draw(st.integers(0, 69))
    ys = slice(y0, data.draw(st.integers(y0 + 1, 90)))
    xs = slice(x0, data.draw(st.integers(x0 + 1, 70)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planes_module, "LEAST_TILE_PX", 30)
        window = Planes(lazy, [3, 1]).read(1, 2, ys, xs)
    np.testing.assert_array_equal(window, array[1, 2, [3, 1], ys, xs])
    np.testing.assert_array_equal(Planes(array, [3, 1]).read(1, 2, ys, xs), window)


def test_only_the_needed_chunks_are_read_and_each_once():
    array = np.arange(3 * 2 * 1024 * 1024, dtype=np.uint16)
    array = array.reshape(1, 1, 6, 1024, 1024)
    lazy, reads = counted(array, (1, 1, 1, 512, 512))
    planes = Planes(lazy, [4])
    for x0 in (10, 40, 90):
        planes.read(0, 0, slice(600, 650), slice(x0, x0 + 50))
    assert reads == [(0, 0, 4, 1, 0)]
    planes.read(0, 0, slice(500, 600), slice(0, 9))
    assert sorted(reads) == [(0, 0, 4, 0, 0), (0, 0, 4, 1, 0)]


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(planes_module, "CACHE_BYTES", 2 * 256 * 256)
    lazy, reads = counted(np.zeros((1, 4, 256, 256), np.uint8), (1, 1, 256, 256))
    planes = Planes(lazy)
    whole = slice(0, 256)
    for z in (0, 1, 2, 0, 2):
        planes.read(0, z, whole, whole)
    assert [place[1] for place in reads] == [0, 1, 2, 0]


@pytest.mark.parametrize("lazy", [False, True])
def test_tiles_cover_every_pixel_once(lazy, monkeypatch):
    monkeypatch.setattr(planes_module, "TILE_PX", 17)
    monkeypatch.setattr(planes_module, "LEAST_TILE_PX", 20)
    array = np.zeros((2, 2, 40, 50), int)
    tiles = Planes(dask.array.from_array(array, chunks=9) if lazy else array).tiles()
    for frame, z, ys, xs in tiles:
        array[frame, z, ys, xs] += 1
    assert (array == 1).all()
    assert len(tiles) > 8
