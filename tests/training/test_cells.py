from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.training.cells import Cells
from napari_disentangle.training.finetune_config import FinetuneConfig

VALUES = np.zeros((100, 3), np.float32)
CONFIG = FinetuneConfig(validation=0.2)


def test_cells_are_learned_from_or_kept_out() -> None:
    cells = Cells.split(VALUES, CONFIG)
    assert len(cells.validation) == 20
    both = np.concatenate([cells.train, cells.validation])
    assert np.array_equal(np.sort(both), np.arange(100))
    again = Cells.split(VALUES, CONFIG.replace(learning_rate=1e-2))
    assert np.array_equal(again.train, cells.train)
    other = Cells.split(VALUES, CONFIG.replace(seed=1))
    assert not np.array_equal(other.train, cells.train)


def test_whole_images_are_kept_out() -> None:
    groups = np.arange(100) % 10
    cells = Cells.split(VALUES, CONFIG, groups=groups)
    assert not set(groups[cells.train]) & set(groups[cells.validation])
    assert len(set(groups[cells.validation])) == 2


def test_cells_of_few_images_are_split_one_by_one() -> None:
    cells = Cells.split(VALUES, CONFIG, groups=np.arange(100) % 3)
    assert len(cells.validation) == 20


def test_batches_cover_the_training_cells_once() -> None:
    cells = Cells.split(VALUES, CONFIG)
    batches = list(cells.batches(32, np.random.default_rng(0)))
    assert [len(batch) for batch in batches] == [27, 27, 26]
    assert np.array_equal(np.sort(np.concatenate(batches)), cells.train)


def test_a_few_labels_of_each_class_are_used_and_none_of_those_kept_out() -> None:
    labels = np.repeat([0, 1, 3, -1], 25)
    config = CONFIG.replace(class_weight=1.0, labels_per_class=5)
    cells = Cells.split(VALUES, config, labels)
    assert np.bincount(cells.classes).tolist() == [5, 5, 0, 5]
    assert cells.n_classes == 4
    assert set(cells.annotated) <= set(cells.train)
    assert np.array_equal(labels[cells.annotated], cells.classes)
    places = cells.draw_annotated(3000, np.random.default_rng(0))
    drawn = np.bincount(cells.classes[places], minlength=4)
    assert drawn[2] == 0
    assert drawn[[0, 1, 3]].min() > 900


def test_all_labels_are_used_if_no_number_is_given() -> None:
    labels = np.arange(100) % 2
    config = CONFIG.replace(class_weight=1.0, labels_per_class=0)
    assert len(Cells.split(VALUES, config, labels).annotated) == 80
    assert Cells.split(VALUES, CONFIG, labels).n_classes == 0


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "two classes"),
        (np.zeros(100, np.int64), "two classes"),
        (np.full(100, -1), "got 0"),
        (np.zeros(99, np.int64), "99 labels"),
    ],
)
def test_labels_that_cannot_teach_are_refused(labels, message) -> None:
    with pytest.raises(DataError, match=message):
        Cells.split(VALUES, CONFIG.replace(class_weight=1.0), labels)


def test_one_cell_is_too_few() -> None:
    with pytest.raises(DataError, match="at least two cells"):
        Cells.split(VALUES[:2], CONFIG)
