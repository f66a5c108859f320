"""Layouts are told by paths alone; public data sets as their sites ship them."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.crops.layouts import WHOI15, find_layout


def layout_of(*paths, root="data"):
    return find_layout([PurePosixPath(path) for path in paths], root)


def classes_of(layout):
    return {str(e.path): e.annotation for e in layout.entries if not e.skip}


def test_the_outermost_folder_is_the_class_however_deep_the_image():
    layout = layout_of("b/1.png", "a/x/y/2.TIF", "a/notes.txt", "stray.jpg")
    assert layout.name == "class folders"
    assert classes_of(layout) == {"b/1.png": "b", "a/x/y/2.TIF": "a"}
    stray = layout.entries[-1]
    assert (str(stray.path), stray.skip) == ("stray.jpg", "not in a class folder")


def test_train_and_test_folders_are_no_classes():
    layout = layout_of("train/a/1.png", "train/b/2.png", "Test/a/3.png")
    assert set(classes_of(layout).values()) == {"a", "b"}
    mixed = layout_of("train/a/1.png", "other/b/2.png")
    assert set(classes_of(mixed).values()) == {"train", "other"}


def test_masks_are_named_or_in_a_folder_of_their_own():
    layout = layout_of(
        *("a/1.jpg", "a/1-mask.png", "a/2.jpg", "a/2_mask.tif", "a/3.jpg"),
        *("b/images/4.jpg", "b/masks/4.png", "b/5.jpg"),
    )
    masks = {str(e.path): e.mask and str(e.mask) for e in layout.entries}
    assert masks == {
        "a/1.jpg": "a/1-mask.png",
        "a/2.jpg": "a/2_mask.tif",
        "a/3.jpg": None,
        "b/images/4.jpg": "b/masks/4.png",
        "b/5.jpg": None,
    }
    apart = layout_of("images/a/1.jpg", "images/b/1.jpg", "masks/a/1.png")
    assert [(e.annotation, e.mask and str(e.mask)) for e in apart.entries] == [
        ("a", "masks/a/1.png"),
        ("b", None),
    ]


def test_lensless_brings_its_masks_in_a_second_tree():
    train, test = "TRAIN_IMAGE/TRAIN_IMAGE", "TEST_IMAGE/TEST_IMAGE"
    layout = layout_of(
        f"{train}/VOLVOX/1.jpg",
        f"{train}BIN/VOLVOX/1.jpg",
        f"{train}/PARAMECIUM  BURSARIA/2.jpg",
        f"{test}/DILEPTUS/3.jpg",
        f"{test}BIN/DILEPTUS/3.jpg",
        "overview.jpg",
    )
    assert layout.name == "lensless"
    assert classes_of(layout) == {
        f"{train}/VOLVOX/1.jpg": "VOLVOX",
        f"{train}/PARAMECIUM  BURSARIA/2.jpg": "PARAMECIUM BURSARIA",
        f"{test}/DILEPTUS/3.jpg": "DILEPTUS",
    }
    masks = {str(e.path): str(e.mask) for e in layout.entries}
    assert masks[f"{test}/DILEPTUS/3.jpg"] == f"{test}BIN/DILEPTUS/3.jpg"
    assert masks[f"{train}/PARAMECIUM  BURSARIA/2.jpg"] == "None"
    assert [e.skip for e in layout.entries if e.skip] == [
        "not in a class folder of Lensless"
    ]


def test_whoi15_is_the_train_folder_of_2007():
    home = "WHOI15_2007-2010"
    layout = layout_of(
        f"{home}/2007/train/Ditylum/1.png",
        f"{home}/2007/train/detritus/2.png",
        f"{home}/2007/test/Ditylum/3.png",
        f"{home}/2008/train/Ditylum/4.png",
    )
    assert layout.name == "whoi15-2007"
    assert sorted(classes_of(layout).values()) == ["Ditylum", "detritus"]
    assert sum(e.skip != "" for e in layout.entries) == 2
    inner = layout_of("train/Ditylum/1.png", "test/Ditylum/3.png", root="2007")
    assert classes_of(inner) == {"train/Ditylum/1.png": "Ditylum"}
    assert len(WHOI15) == 15


def test_vacuoles_are_the_annotated_images():
    layout = layout_of(
        "images/train_annotated/condensed/1.png",
        "images/test/negative/2.png",
        "images/train/3.png",
    )
    assert layout.name == "vacuoles"
    assert classes_of(layout) == {
        "images/train_annotated/condensed/1.png": "condensed",
        "images/test/negative/2.png": "negative",
    }


def test_sipakmed_cells_keep_their_cluster_image_and_outline():
    home = "im_Parabasal/im_Parabasal"
    layout = layout_of(
        f"{home}/001.bmp",
        f"{home}/CROPPED/001_01.bmp",
        f"{home}/CROPPED/001_01_cyt.dat",
        f"{home}/CROPPED/001_01_nuc.dat",
        f"{home}/CROPPED/001_02.bmp",
        f"{home}/CROPPED/002_01.bmp",
        "im_Dyskeratotic/CROPPED/001_01.bmp",
    )
    assert layout.name == "sipakmed"
    assert [(e.annotation, e.origin) for e in layout.entries if not e.skip] == [
        ("Dyskeratotic", "Dyskeratotic/001"),
        ("Parabasal", "Parabasal/001"),
        ("Parabasal", "Parabasal/001"),
        ("Parabasal", "Parabasal/002"),
    ]
    outlined = next(e for e in layout.entries if e.path.name == "001_01.bmp" and e.mask)
    assert str(outlined.mask) == f"{home}/CROPPED/001_01_cyt.dat"
    assert [e.skip for e in layout.entries if e.skip] == [
        "cluster image of SIPaKMeD, not one cell"
    ]


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "train", "images", "masks"]), max_size=3),
        max_size=8,
    )
)
def test_every_image_is_used_or_left_out_with_a_reason(folders):
    paths = [PurePosixPath(*parts, f"{n}.png") for n, parts in enumerate(folders)]
    layout = find_layout(paths)
    masks = {path for path in paths if "masks" in path.parts}
    assert {e.path for e in layout.entries} == set(paths) - masks
    assert all(bool(e.annotation) != bool(e.skip) for e in layout.entries)
