import imageio.v3 as imageio
import numpy as np
import pytest
import tifffile

from napari_disentangle.crops.images import check_image, read_image, read_labels
from napari_disentangle.errors import DataError, StorageError

COLOR = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
STACK = np.random.default_rng(0).integers(0, 60000, (2, 3, 4, 20, 30), np.uint16)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "npy"])
def test_color_comes_back(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "npy":
        np.save(path, COLOR)
    elif suffix == "tif":
        tifffile.imwrite(path, COLOR, photometric="rgb")
    else:
        imageio.imwrite(path, COLOR)
    opened = read_image(path)
    np.testing.assert_array_equal(opened.data, COLOR)
    assert (opened.axes, opened.spacing_um) == ("yxc", None)


def test_gray_pictures_have_two_axes(tmp_path):
    imageio.imwrite(tmp_path / "a.png", COLOR[..., 0])
    opened = read_image(str(tmp_path / "a.png"))
    assert (opened.axes, opened.data.shape) == ("yx", (20, 30))


@pytest.mark.parametrize("unit", ["um", "micron", r"\u00B5m", "nm"])
def test_imagej_files_have_axes_and_pixel_size(tmp_path, unit):
    path = tmp_path / "a.tif"
    factor = 1000 if unit == "nm" else 1
    tifffile.imwrite(
        path,
        STACK,
        imagej=True,
        resolution=(4 / factor, 2 / factor),
        metadata={"axes": "TZCYX", "unit": unit},
    )
    opened = read_image(path)
    np.testing.assert_array_equal(opened.data, STACK)
    assert opened.axes == "tzcyx"
    assert opened.spacing_um == pytest.approx((0.5, 0.25))


def test_ome_files_have_axes_and_pixel_size(tmp_path):
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(
        path,
        STACK[0],
        metadata={
            "axes": "CZYX",
            "PhysicalSizeX": 250.0,
            "PhysicalSizeXUnit": "nm",
            "PhysicalSizeY": 0.5,
            "PhysicalSizeYUnit": "\u00b5m",
        },
    )
    opened = read_image(path)
    assert opened.axes == "czyx"
    assert opened.spacing_um == pytest.approx((0.5, 0.25))


def test_printing_resolutions_are_no_pixel_size(tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif", STACK[0, 0], photometric="minisblack", resolution=(72, 72)
    )
    opened = read_image(tmp_path / "a.tif")
    assert opened.spacing_um is None
    assert opened.data.ndim == len(opened.axes) == 3


def test_labels_come_back(tmp_path):
    labels = np.array([[0, 1], [70000, 5]], np.int32)
    tifffile.imwrite(tmp_path / "a.tif", labels)
    assert read_labels(tmp_path / "a.tif").data.tolist() == labels.tolist()


@pytest.mark.parametrize(
    ("labels", "message"),
    [(COLOR, "3 values a pixel"), (COLOR[..., 0] / 2, "must be integers; got float")],
)
def test_other_files_are_no_labels(tmp_path, labels, message):
    np.save(tmp_path / "a.npy", labels)
    with pytest.raises(DataError, match=message):
        read_labels(tmp_path / "a.npy")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"none\.png cannot be read: No such file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(StorageError, match="cannot be read: Is a directory"):
        read_image(tmp_path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif", "npy"])
def test_damaged_files_give_one_sentence(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "npy":
        np.save(path, COLOR)
    elif suffix == "tif":
        tifffile.imwrite(path, COLOR, photometric="rgb")
    else:
        imageio.imwrite(path, COLOR)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:10], b"no image at all" * 9):
        path.write_bytes(damaged)
        with pytest.raises(StorageError, match=f"{suffix} cannot be read as an image"):
            read_image(path)
    path.write_bytes(b"")
    with pytest.raises(StorageError, match=r"empty \(0 bytes\)"):
        read_image(path)


def test_pickles_are_not_opened(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], object))
    with pytest.raises(StorageError, match="cannot be read"):
        read_image(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "array", [np.zeros(5), np.zeros((0, 4)), np.zeros((4, 4), complex)]
)
def test_what_is_no_image_is_refused(array):
    with pytest.raises(DataError):
        check_image(array)


def test_real_pictures_are_read(shared_data):
    opened = read_image(shared_data / "bccd/images/BloodImage_00000.jpg")
    assert (opened.data.shape, opened.axes) == ((480, 640, 3), "yxc")
