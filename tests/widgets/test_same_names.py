"""Images of one name, from the folders of two wells, say, teach and are predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.annotations.values import COLUMN, Annotations, CellClass
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.tasks import run
from napari_disentangle.widgets._classify.cells import (
    all_cells,
    class_counts,
    n_taught,
    rare_classes,
)
from napari_disentangle.widgets._classify.predictions import show_predictions
from napari_disentangle.widgets._classify.teach import Predictions, iter_teach
from napari_disentangle.widgets._session import session_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.image_cells import ImageCells

CLASSES = CellClass("small", "#ff0000", 1), CellClass("large", "#0000ff", 2)
FAST = ClassifierConfig(kind="linear", folds=2, repeats=1)
EVEN_LARGE = np.array(["large", "small"] * 10, object)


def twin(session: Any, key: str, classes: NDArray[np.object_]) -> ImageCells:
    """Return an image called like the one shown, with classes of its own."""
    (shown,) = (i for i in session.images if i.table is session.table)
    table = session.table.iloc[: len(classes)].assign(**{COLUMN: classes})
    return replace(shown, key=key, table=table.reset_index(drop=True))


def test_each_keeps_its_own_classes_and_gets_its_own_predictions(grid: Any) -> None:
    session = session_of(grid)
    none = np.full(20, np.nan, object)
    session.images = (
        *session.images,
        twin(session, "well2", EVEN_LARGE),
        twin(session, "well3", none),
    )
    cells = all_cells(session)
    assert not cells.duplicated(["roi_id", "frame", "label"]).any()
    counts = cells.groupby("roi_id")[COLUMN].count().to_dict()
    assert counts == {"image": 8, "image#well2": 20, "image#well3": 0}
    events: list[object] = []
    found = run(iter_teach(cells, ["z_scale", "area"], FAST), events.append)
    (told,) = [event for event in events if isinstance(event, Predictions)]
    assert set(found.cells["roi_id"]) == {"image", "image#well2"}
    shown = show_predictions(session, session.table, told.predicted, 0.0)
    by_cell = told.predicted.table.set_index(["roi_id", "label"])["probability"]
    for known in session.images:
        name = "image" if known.table is shown else f"image#{known.key}"
        assert (known.table["roi_id"] == "image").all()
        expected = by_cell[name].loc[known.table["label"]].to_numpy()
        np.testing.assert_array_equal(known.table["probability"], expected)


def test_cells_without_a_crop_teach_nothing_and_are_not_counted(grid: Any) -> None:
    session = session_of(grid)
    table = session.table
    assert table is not None
    codes = [name for name in table if str(name).startswith("z_")]
    lost = table["label"].isin([3, 7])  # two of the four small ones
    session.table = table.assign(
        **{name: table[name].mask(lost) for name in codes},
        model=table["model"].mask(lost),
    )
    cells = all_cells(session)
    assert cells[COLUMN].notna().sum() == 8
    assert class_counts(cells) == {"large": 4, "small": 2}
    assert n_taught(cells) == 6
    some = Annotations(CLASSES).set(table[lost], "small")
    session.annotations = some.set(table.iloc[[1, 3]], "large")
    assert rare_classes(all_cells(session)) == ["small"]
    assert n_taught(all_cells(session)) == 2
