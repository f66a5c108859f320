from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.widgets._classify.cells import (
    all_cells,
    class_counts,
    n_taught,
    other_images,
    rare_classes,
)
from napari_disentangle.widgets._session import Session

NONE = pd.DataFrame(columns=["roi_id", "frame", "label", "reason"])
CLASSES = CellClass("small", "#ff0000", 1), CellClass("large", "#0000ff", 2)


def image_of(roi_id: str, n: int = 3, model: str = "m") -> ImageCells:
    labels = np.arange(1, n + 1)
    table = pd.DataFrame({"label": labels, "roi_id": roi_id, "frame": 0})
    table = table.assign(model=model, z_scale=1.0, prediction="small", probability=0.9)
    return ImageCells(roi_id, f"key of {roi_id}", 1, table, NONE)


@pytest.fixture
def session() -> Session:
    """An image that is shown, one of its model and one of another model."""
    images = image_of("a"), image_of("b"), image_of("c", model="another")
    return Session(table=images[0].table, images=images)


def test_before_cells_are_encoded_there_are_none() -> None:
    assert all_cells(Session()).empty
    assert n_taught(all_cells(Session())) == 0


def test_cells_of_another_model_neither_teach_nor_are_predicted(
    session: Session,
) -> None:
    assert session.table is not None
    assert set(all_cells(session)["roi_id"]) == {"a", "b"}
    others = [known.roi_id for known, _ in other_images(session, session.table)]
    assert others == ["b"]


def test_classes_come_from_the_user_and_never_from_an_older_prediction(
    session: Session,
) -> None:
    cells = session.images[1].table.iloc[[0]]
    session.annotations = Annotations(CLASSES).set(cells, "large")
    found = all_cells(session)
    assert "prediction" not in found
    given = found[found["annotation"].notna()]
    assert given[["roi_id", "label", "annotation"]].to_numpy().tolist() == [
        ["b", 1, "large"]
    ]


def test_images_of_one_name_are_told_apart_by_their_key(session: Session) -> None:
    twin = replace(session.images[1], roi_id="a", key="elsewhere")
    twin = replace(twin, table=twin.table.assign(roi_id="a"))
    session.images = (session.images[0], twin)
    names = all_cells(session)["roi_id"].unique().tolist()
    assert names[0] == "a"
    assert "elsewhere" in names[1]


def test_only_cells_with_codes_that_count_are_taught() -> None:
    cells = pd.DataFrame(
        {
            "annotation": ["small", "small", "large", "large", "rare", np.nan],
            "model": ["m", "m", "m", None, "m", "m"],
            "excluded": [False, False, False, False, False, False],
        }
    )
    assert class_counts(cells) == {"small": 2, "large": 1, "rare": 1}
    assert n_taught(cells) == 2
    assert rare_classes(cells) == ["large", "rare"]
    cells.loc[0, "excluded"] = True
    assert n_taught(cells) == 0
    assert rare_classes(cells) == ["large", "rare", "small"]
