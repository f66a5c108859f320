"""Cells of several images in one table, keyed by image and label id."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.image_cells import (
    ALWAYS,
    ImageCells,
    combine,
    list_images,
    list_skipped,
    with_image,
)


def cells(roi_id: str, *labels: int, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame({"label": labels, "index": labels})
    table = table.assign(roi_id=roi_id, frame=0, pos_y=1.0, pos_x=2.0)
    codes = {"z_scale": 0.5, "z_scale_sd": 0.1, "area": 9.0, "model": "m-1"}
    return table.assign(**{**codes, **columns})


def image(
    roi_id: str, table: pd.DataFrame, key: str = "", **known: object
) -> ImageCells:
    skipped = pd.DataFrame({"roi_id": [], "frame": [], "label": [], "reason": []})
    known = {"n_frames": 1, "skipped": skipped, "crop": CropConfig(), **known}
    return ImageCells(roi_id=roi_id, key=key or roi_id, table=table, **known)


def test_images_with_the_same_ids_stay_apart() -> None:
    table = combine(
        [image("b", cells("b", 1, 5)), image("a", cells("a", 5, annotation=["x"]))]
    )
    assert table[["roi_id", "label"]].to_numpy().tolist() == [
        ["a", 5],
        ["b", 1],
        ["b", 5],
    ]
    assert table["annotation"].tolist()[0] == "x"
    assert table["annotation"].isna().tolist() == [False, True, True]
    assert list(table)[:4] == ["label", "index", "roi_id", "frame"]


def test_every_row_has_the_columns_that_are_always_there() -> None:
    table = combine([image("a", cells("a", 1))])
    assert set(ALWAYS) <= set(table)
    assert table["probability"].dtype == float
    assert table[["pos_y_um", "annotation", "prediction"]].isna().all(axis=None)
    assert list(table)[-6:] == [
        *("annotation", "prediction", "probability"),
        *("excluded", "exclusion_reason", "model"),
    ]
    assert table["excluded"].tolist() == [False]


def test_images_of_one_name_are_told_apart_by_their_key() -> None:
    found = [image("a", cells("a", 1), "k1"), image("a", cells("a", 1), "k2")]
    assert combine(found)["roi_id"].tolist() == ["a#k1", "a#k2"]
    assert list_images(found)["roi_id"].tolist() == ["a#k1", "a#k2"]


def test_an_image_and_a_frame_without_cells_are_listed() -> None:
    empty = ImageCells.without_cells("empty", "e")
    movie = image("movie", cells("movie", 1, 2).assign(frame=[0, 2]), n_frames=3)
    found = list_images([movie, empty])
    assert found["roi_id"].tolist() == ["movie"] * 3 + ["empty"]
    assert found["n_cells"].tolist() == [1, 0, 1, 0]
    assert found["n_encoded"].tolist() == [1, 0, 1, 0]
    assert found["model"].isna().tolist() == [False, False, False, True]


def test_only_images_without_cells_give_a_table_without_rows() -> None:
    table = combine([ImageCells.without_cells("empty", "e")])
    assert len(table) == 0
    assert set(ALWAYS) <= set(table)


def test_skipped_objects_keep_their_reasons() -> None:
    skipped = pd.DataFrame(
        {"roi_id": ["a"], "frame": [0], "label": [9], "reason": ["smaller than 16 px"]}
    )
    one = image("a", cells("a", 1), skipped=skipped)
    assert list_skipped([one])["label"].tolist() == [9]
    assert list_images([one])["n_skipped"].tolist() == [1]
    assert list(list_skipped([])) == ["roi_id", "frame", "label", "reason"]


def test_codes_of_two_models_are_refused() -> None:
    other = image("b", cells("b", 1, model="m-2"))
    with pytest.raises(DataError, match=r"'a' was encoded with m-1, 'b' with m-2"):
        combine([image("a", cells("a", 1)), other])


def test_without_images_one_is_asked_for() -> None:
    with pytest.raises(DataError, match="no image with cells"):
        combine([])


def test_an_image_encoded_anew_takes_its_own_place() -> None:
    one, other = image("a", cells("a", 1)), image("b", cells("b", 1))
    new = image("a", cells("a", 1, 2))
    assert with_image([one, other], new) == (new, other)
    assert with_image([one], other) == (one, other)


def test_a_cell_without_a_crop_keeps_its_row() -> None:
    table = cells("a", 1, 2)
    table.loc[1, ["z_scale", "z_scale_sd"]] = np.nan
    table.loc[1, "model"] = None
    found = image("a", table)
    assert combine([found])["z_scale"].isna().tolist() == [False, True]
    assert list_images([found])[["n_cells", "n_encoded"]].iloc[0].tolist() == [2, 1]


def test_what_is_known_of_images_is_a_column_of_cells_and_of_images() -> None:
    found = [
        image("b", cells("b", 1, 5), info={"b": {"dose": "10", "day": "2"}}),
        image("a", cells("a", 1), info={"a": {"slide": "S1"}}),
        ImageCells.without_cells("c", "c"),
    ]
    table = combine(found)
    assert table["day"].fillna("-").tolist() == ["-", "2", "2"]
    assert table["slide"].fillna("-").tolist() == ["S1", "-", "-"]
    assert list(table)[-9:-6] == ["slide", "day", "dose"]
    images = list_images(found)
    assert list(images)[:5] == ["roi_id", "frame", "slide", "day", "dose"]
    assert images["day"].isna().tolist() == [False, True, True]


def test_information_follows_images_of_one_name() -> None:
    found = [
        image("a", cells("a", 1), "k1", info={"a": {"day": "1"}}),
        image("a", cells("a", 1), "k2", info={"a": {"day": "2"}}),
    ]
    assert combine(found)["day"].tolist() == ["1", "2"]


def folder(name: str, *files: str, key: str = "k") -> ImageCells:
    """Return a folder with one cell a file, its last file skipped."""
    table = pd.concat([cells(file, 1) for file in files[:-1]], ignore_index=True)
    table["index"] = range(1, len(table) + 1)
    skipped = pd.DataFrame({"roi_id": files[-1:], "frame": 0, "label": 1})
    return image(name, table, key, skipped=skipped.assign(reason="no mask"))


def test_the_cells_of_a_folder_have_their_image_and_label() -> None:
    table = combine([folder("x/", "a/1.png", "a/2.png", "b/1.png")])
    assert table["roi_id"].tolist() == ["a/1.png", "a/2.png"]
    assert table["label"].tolist() == table["index"].tolist() == [1, 1]


def test_each_image_of_a_folder_is_listed_those_without_cells_too() -> None:
    found = list_images([folder("x/", "a/1.png", "b/1.png"), image("i", cells("i", 1))])
    assert found["roi_id"].tolist() == ["a/1.png", "b/1.png", "i"]
    assert found["n_cells"].tolist() == [1, 0, 1]
    assert found["n_skipped"].tolist() == [0, 1, 0]


def test_files_of_one_name_in_two_folders_stay_apart() -> None:
    both = [folder("x/", "a/1.png", "b/1.png"), folder("y/", "a/1.png", "c/1.png")]
    assert combine(both)["roi_id"].tolist() == ["x#k/a/1.png", "y#k/a/1.png"]
    assert list_skipped(both)["roi_id"].tolist() == ["x#k/b/1.png", "y#k/c/1.png"]
