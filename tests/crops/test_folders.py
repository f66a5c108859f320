"""A folder of class folders is read whole, lazily, and nothing is left out silently."""

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from napari_disentangle.crops.class_folder import read_class_folder
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.files import cut_padded
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.errors import CropError, DataError, StorageError

RNG = np.random.default_rng(0)


def noise(*shape, dtype=np.uint8):
    return RNG.integers(1, np.iinfo(dtype).max, shape, dtype)


def write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    iio.imwrite(path, image)
    return image


@pytest.fixture
def two_classes(tmp_path):
    """Return a folder with classes a (2 images) and b (1 image), 30 x 40 pixels."""
    for name in ("a/1.png", "a/2.png", "b/1.png"):
        write(tmp_path / name, noise(30, 40, 3))
    return tmp_path


def everything(crops, size=16):
    return crops.cut(np.arange(len(crops)), size)


def test_each_image_is_one_object_named_by_its_path(two_classes):
    crops = FolderCrops(read_class_folder(two_classes), CropConfig())
    assert crops.table["roi_id"].tolist() == ["a/1.png", "a/2.png", "b/1.png"]
    assert crops.table["annotation"].tolist() == ["a", "a", "b"]
    ids = crops.table[["frame", "label", "index"]].to_numpy()
    assert (ids == [0, 1, 1]).all()
    assert crops.table.loc[0, ["pos_y", "pos_x"]].tolist() == [14.5, 19.5]
    assert crops.window_px == 40
    assert crops.skipped.empty


def test_an_image_as_wide_as_the_window_is_shown_as_it_is(tmp_path):
    image = write(tmp_path / "a/1.png", noise(40, 40, 3))
    write(tmp_path / "b/1.png", noise(20, 40, 3))
    crops = FolderCrops(read_class_folder(tmp_path), CropConfig())
    expected = image.transpose(2, 0, 1) / 255
    np.testing.assert_allclose(everything(crops, 40)[0], expected, atol=1e-6)


def test_relative_size_is_kept_by_a_common_window_and_lost_by_a_fitted_one(tmp_path):
    for side in (20, 40):
        image = np.full((side, side), 200, np.uint8)
        image[:, 0] = 199  # not constant
        write(tmp_path / f"{side}/x.png", image)
        image[2:-2, 2:-2] = 10
        write(tmp_path / f"{side}/y.png", image)
    folder = read_class_folder(tmp_path)
    dark = [
        (everything(FolderCrops(folder, CropConfig(window=kind)), 40)[1::2] < 0.3)
        .mean((1, 2, 3))
        .round(2)
        .tolist()
        for kind in ("common", "fit")
    ]
    assert dark[0] == [0.16, 0.81]
    assert dark[1][0] == pytest.approx(dark[1][1], abs=0.2)


def test_modes_and_depths_become_comparable(tmp_path):
    gray = noise(24, 24)
    write(tmp_path / "a/gray.png", gray)
    write(tmp_path / "a/gray.bmp", gray[::-1])
    write(tmp_path / "b/color.png", np.dstack([gray.T] * 3))
    write(tmp_path / "b/clear.png", np.dstack([gray[:, ::-1], noise(24, 24)]))
    write(tmp_path / "b/clear_color.png", np.dstack([gray[::-1].T] * 4))
    write(tmp_path / "b/yes_no.png", gray > 100)
    folder = read_class_folder(tmp_path)
    assert folder.skipped.empty
    crops = FolderCrops(folder, CropConfig())
    shown = dict(zip(crops.table["roi_id"], everything(crops, 24), strict=True))
    expected = gray / 255
    for name, values in {
        "a/gray.png": expected,
        "a/gray.bmp": expected[::-1],
        "b/color.png": expected.T,
        "b/clear.png": expected[:, ::-1],
        "b/clear_color.png": expected[::-1].T,
        "b/yes_no.png": gray > 100,
    }.items():
        np.testing.assert_allclose(shown[name], np.stack([values] * 3), atol=1e-6)


def test_a_cmyk_jpeg_is_shown_in_its_colors(tmp_path):
    red = Image.new("RGB", (32, 32), (250, 10, 10))
    red.paste((10, 10, 10), (0, 0, 16, 32))
    for name, mode in (("a/1.jpg", "CMYK"), ("b/1.jpg", "RGB")):
        (tmp_path / name).parent.mkdir()
        red.convert(mode).save(tmp_path / name, quality=95, subsampling=0)
    crops = FolderCrops(read_class_folder(tmp_path), CropConfig())
    np.testing.assert_allclose(*everything(crops, 32), atol=0.1)


def test_deeper_images_share_one_pair_of_limits_a_channel(tmp_path):
    for at, name in enumerate(("a/1.tif", "a/2.tif", "b/1.tif")):
        image = np.full((20, 20), 1000 * (at + 1), np.uint16)
        image[::2] += 500
        (tmp_path / name).parent.mkdir(exist_ok=True)
        tifffile.imwrite(tmp_path / name, image)
    crops = FolderCrops(read_class_folder(tmp_path), CropConfig())
    means = everything(crops).mean((1, 2, 3))
    np.testing.assert_allclose(means, [0.1, 0.5, 0.9], atol=1e-3)


def test_a_z_stack_shows_its_central_plane_or_its_maximum(tmp_path):
    stack = np.zeros((3, 16, 16), np.uint8)
    stack[1, :8], stack[2, 8:] = 100, 200
    for name in ("a/1.tif", "b/1.tif"):
        (tmp_path / name).parent.mkdir()
        tifffile.imwrite(tmp_path / name, stack, imagej=True, metadata={"axes": "ZYX"})
    folder = read_class_folder(tmp_path)
    for projection, bottom in (("central", 0), ("max", 200)):
        crops = FolderCrops(folder, CropConfig(projection=projection))
        np.testing.assert_allclose(everything(crops)[0, 0, 12], bottom / 255, atol=1e-6)


def test_what_cannot_be_used_is_listed_with_its_reason(two_classes):
    whole = (two_classes / "a/1.png").read_bytes()
    (two_classes / "a/cut short.png").write_bytes(whole[:600])
    (two_classes / "a/empty.jpg").touch()
    (two_classes / "b/text.bmp").write_text("not an image")
    write(two_classes / "b/blank.png", np.full((9, 9), 7, np.uint8))
    write(two_classes / "stray.png", noise(9, 9))
    movie = two_classes / "b/movie.tif"
    tifffile.imwrite(movie, noise(4, 9, 9), photometric="minisblack")
    (two_classes / "a/.hidden.png").write_bytes(b"")
    (two_classes / ".cache").mkdir()
    (two_classes / ".cache/x.png").write_bytes(b"")
    (two_classes / "a/notes.txt").write_text("ignored")
    folder = read_class_folder(two_classes)
    assert len(folder.files) == 3
    reasons = folder.skipped.set_index("roi_id")["reason"]
    assert reasons.index.tolist() == [
        *("a/cut short.png", "a/empty.jpg", "b/blank.png", "b/movie.tif"),
        *("b/text.bmp", "stray.png"),
    ]
    assert reasons["a/cut short.png"].startswith("cannot be read as an image")
    assert reasons["a/empty.jpg"].startswith("is empty")
    assert reasons["b/blank.png"] == "every pixel has the same value"
    assert reasons["b/movie.tif"].startswith("holds 4 time points")
    assert reasons["stray.png"] == "not in a class folder"
    assert FolderCrops(folder, CropConfig()).skipped.equals(folder.skipped)


def test_copies_are_reported_and_share_a_group(two_classes):
    image = iio.imread(two_classes / "a/1.png")
    write(two_classes / "b/9.bmp", image)
    folder = read_class_folder(two_classes)
    assert folder.duplicates.to_numpy().tolist() == [["b/9.bmp", "b", "a/1.png", "a"]]
    crops = FolderCrops(folder, CropConfig())
    assert crops.groups.tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize("mask_name", ["{}-mask.png", "masks/{}.tif", "{}.png"])
def test_masks_suppress_the_background_and_set_the_window(tmp_path, mask_name):
    images = {}
    for name in ("a/1", "b/2"):
        images[name] = write(tmp_path / f"{name}.bmp", noise(50, 60, 3))
        mask = np.zeros((50, 60), np.uint8)
        mask[10:30, 20:40], mask[12:14, 22:24] = 128, 255
        kind, stem = name.split("/")
        target = tmp_path / kind / mask_name.format(stem)
        target.parent.mkdir(parents=True, exist_ok=True)
        iio.imwrite(target, mask)
    folder = read_class_folder(tmp_path)
    assert folder.has_masks
    assert len(folder.files) == 2
    crops = FolderCrops(folder, CropConfig())
    assert crops.window_px == 30
    crop = everything(crops, 30)[0]
    inside = images["a/1"][10:30, 20:40].transpose(2, 0, 1) / 255
    np.testing.assert_allclose(crop[:, 5:25, 5:25], inside, atol=1e-6)
    assert crop.sum() == pytest.approx(inside.sum(), rel=1e-5)
    kept = FolderCrops(folder, CropConfig(background="keep"))
    assert kept.window_px == 60
    assert everything(kept).min() > 0


def test_a_png_beside_a_bmp_that_is_no_mask_is_an_image_of_its_own(two_classes):
    write(two_classes / "a/1.bmp", noise(30, 40, 3))
    folder = read_class_folder(two_classes)
    assert folder.files["mask"].eq("").all()
    assert len(folder.files) == 4


def test_images_whose_mask_is_missing_or_wrong_are_skipped_only_when_masked(tmp_path):
    mask = np.zeros((20, 20), np.uint8)
    mask[5:15, 5:15] = 1
    for n, name in enumerate(["a/1", "a/2", "a/3", "a/4", "b/1"]):
        write(tmp_path / f"{name}.jpg", noise(20, 20, 3))
        wrong = {1: mask[:10], 2: mask * 0}.get(n, mask)
        if n != 3:
            write(tmp_path / f"{name}_mask.png", wrong)
    folder = read_class_folder(tmp_path)
    assert folder.skipped.empty
    skipped = FolderCrops(folder, CropConfig()).skipped
    assert skipped["roi_id"].tolist() == ["a/2.jpg", "a/3.jpg", "a/4.jpg"]
    assert "shape (10, 20)" in skipped["reason"][0]
    assert skipped["reason"][1] == "its mask is empty"
    assert skipped["reason"][2].startswith("no mask")
    assert len(FolderCrops(folder, CropConfig(background="keep"))) == 5


def test_a_look_alike_of_lensless_is_masked_by_its_second_tree(tmp_path):
    for part in ("TRAIN_IMAGE", "TEST_IMAGE"):
        for kind in ("VOLVOX", "DILEPTUS"):
            image, mask = noise(32, 48, 3), np.zeros((32, 48), np.uint8)
            mask[8:24, 8:40] = 255
            write(tmp_path / part / part / kind / "1.jpg", image)
            write(tmp_path / part / f"{part}BIN" / kind / "1.jpg", mask)
    folder = read_class_folder(tmp_path)
    assert folder.layout == "lensless"
    assert folder.classes == ("DILEPTUS", "VOLVOX")
    crops = FolderCrops(folder, CropConfig())
    assert len(crops) == 4
    assert crops.window_px == pytest.approx(48, abs=4)  # masks are JPEG


def test_a_look_alike_of_sipakmed_is_masked_by_its_outlines(tmp_path):
    for kind in ("im_Parabasal", "im_Koilocytotic"):
        home = tmp_path / kind / kind
        write(home / "001.bmp", noise(60, 60, 3))
        for cell in ("001_01", "001_02"):
            write(home / f"CROPPED/{cell}.bmp", noise(40, 40, 3))
            outline = "10.2,5.1\n30.3,5.2\n30.1,35.5\n10.4,35.2\n"
            (home / f"CROPPED/{cell}_cyt.dat").write_text(outline)
    folder = read_class_folder(tmp_path)
    assert folder.layout == "sipakmed"
    assert folder.classes == ("Koilocytotic", "Parabasal")
    assert len(folder.skipped) == 2
    crops = FolderCrops(folder, CropConfig())
    assert crops.groups.tolist() == [0, 0, 1, 1]
    assert crops.table.loc[0, "pos_y"] == pytest.approx(20.5, abs=1)
    assert crops.window_px == pytest.approx(45, abs=2)


def test_a_look_alike_of_whoi15_has_one_scale_for_all_classes(tmp_path):
    home = tmp_path / "WHOI15_2007-2010"
    bar = np.full((20, 60), 180, np.uint8)
    bar[8:12, 10:50] = 60
    for kind, around in {"Ditylum": 0, "pennate": 30}.items():
        write(home / f"2007/train/{kind}/IFCB1_2007_001.png", bar)
        wide = np.pad(bar, around, constant_values=181)
        write(home / f"2007/train/{kind}/IFCB1_2007_002.png", wide)
        write(home / f"2008/train/{kind}/IFCB1_2008_001.png", bar)
    folder = read_class_folder(home)
    assert folder.layout == "whoi15-2007"
    assert folder.classes == ("Ditylum", "pennate")
    assert folder.skipped["reason"].tolist() == ["not in 2007/train of WHOI15"] * 2
    assert len(folder.duplicates) == 2
    crops = FolderCrops(folder, CropConfig())
    dark = (everything(crops, 120) < 0.4).mean((1, 2, 3))
    np.testing.assert_allclose(dark, dark[0], rtol=0.1)


def test_a_look_alike_of_vacuoles_fills_its_window(tmp_path):
    for part, kinds in {
        "train_annotated": ("condensed", "multiple", "negative", "positive"),
        "test": ("condensed", "positive"),
    }.items():
        for kind in kinds:
            write(tmp_path / f"images/{part}/{kind}/7.png", noise(80, 80, 3))
    write(tmp_path / "images/train/8.png", noise(80, 80, 3))
    folder = read_class_folder(tmp_path)
    assert folder.layout == "vacuoles"
    assert folder.classes == ("condensed", "multiple", "negative", "positive")
    assert len(folder.files) == 6
    assert folder.skipped["roi_id"].tolist() == ["images/train/8.png"]
    crops = FolderCrops(folder, CropConfig())
    assert crops.window_px == 80
    image = iio.imread(tmp_path / crops.table["roi_id"][0]).transpose(2, 0, 1)
    np.testing.assert_allclose(everything(crops, 80)[0], image / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "holds no images"),
        (["1.png", "2.png"], "1.png: not in a class folder"),
        (["a/1.png", "a/2.png"], "only one class, 'a'"),
        (["a/1-mask.png"], "no usable image in a class folder;"),
    ],
)
def test_a_folder_without_classes_is_refused(tmp_path, names, message):
    for name in names:
        write(tmp_path / name, noise(9, 9))
    with pytest.raises(DataError, match=message):
        read_class_folder(tmp_path)


def test_a_class_of_damaged_images_only_counts_as_none(tmp_path):
    write(tmp_path / "a/1.png", noise(9, 9))
    (tmp_path / "b").mkdir()
    (tmp_path / "b/1.png").write_bytes(b"x")
    with pytest.raises(DataError, match=r"only one class, 'a' \(b/1.png: .*damaged"):
        read_class_folder(tmp_path)


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(StorageError, match="does not exist"):
        read_class_folder(tmp_path / "nowhere")


def test_a_channel_that_images_lack_is_refused(two_classes):
    folder = read_class_folder(two_classes)
    with pytest.raises(CropError, match="no channel 5"):
        FolderCrops(folder, CropConfig(channels=(5,)))
    blue = everything(FolderCrops(folder, CropConfig(channels=(2,), intensity="full")))
    full = everything(FolderCrops(folder, CropConfig()))
    np.testing.assert_allclose(blue[:, 0], full[:, 2], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 40), st.integers(3, 40), st.floats(5, 80), st.integers(4, 32))
def test_padding_brings_no_value_that_the_image_has_not(height, width, side, size):
    image = np.random.default_rng(height * 41 + width).random((3, height, width))
    image = image.astype(np.float32) * 0.5 + 0.25
    center = ((height - 1) / 2, (width - 1) / 2)
    crop = cut_padded(image, center, side, size)
    assert crop.shape == (3, size, size)
    low, high = image.min((1, 2)), image.max((1, 2))
    assert (crop.min((1, 2)) >= low - 1e-5).all()
    assert (crop.max((1, 2)) <= high + 1e-5).all()
