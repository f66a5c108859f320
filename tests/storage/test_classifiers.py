from __future__ import annotations

import json

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from napari_disentangle.classify.classifier import fit_classifier
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.stored import to_stored
from napari_disentangle.errors import ModelError, StorageError
from napari_disentangle.storage.classifiers import read_stored, write_stored


@pytest.fixture
def codes():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 3)) + 2 * np.repeat(np.eye(3), 20, axis=0)


@pytest.fixture
def stored(codes):
    config = ClassifierConfig(kind="linear")
    return to_stored(fit_classifier(codes, np.repeat(list("abc"), 20), config, RNG(0)))


RNG = np.random.default_rng


@pytest.mark.parametrize("kind", ["gbt", "mlp", "linear"])
def test_each_kind_comes_back_as_it_was(codes, kind, tmp_path):
    config = ClassifierConfig(kind=kind, trees=5, hidden=(8,), mlp_epochs=3)
    whole = to_stored(fit_classifier(codes, np.repeat(list("abc"), 20), config, RNG(0)))
    write_stored(whole, tmp_path / "c")
    back = read_stored(tmp_path / "c")
    np.testing.assert_array_equal(
        back.estimator.predict_proba(codes), whole.estimator.predict_proba(codes)
    )
    assert back.card.replace(versions={}) == whole.card
    assert back.card.versions["scikit-learn"]
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == [
        "classifier.json",
        "classifier.skops",
    ]


def test_what_lies_there_is_replaced_only_if_it_is_a_classifier(stored, tmp_path):
    write_stored(stored, tmp_path / "c")
    write_stored(stored, tmp_path / "c")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(StorageError, match="is not a classifier"):
        write_stored(stored, tmp_path / "mine")
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep"


def test_foreign_types_are_never_loaded(stored, tmp_path):
    folder = tmp_path / "c"
    write_stored(stored, folder)
    evil = Pipeline([("a", FunctionTransformer(print)), ("b", StandardScaler())])
    (folder / "classifier.skops").write_bytes(skops.io.dumps(evil))
    with pytest.raises(ModelError, match=r"holds builtins\.print.*was not opened"):
        read_stored(folder)
    harmless = Pipeline([("a", StandardScaler()), ("b", StandardScaler())])
    (folder / "classifier.skops").write_bytes(skops.io.dumps(harmless))
    with pytest.raises(ModelError, match="does not hold a classifier"):
        read_stored(folder)


@pytest.mark.parametrize("size", [0, 10, 1000, -40])
def test_a_truncated_file_is_named(stored, tmp_path, size):
    write_stored(stored, tmp_path)
    path = tmp_path / "classifier.skops"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelError, match=r"classifier\.skops is damaged"):
        read_stored(tmp_path)


def test_a_missing_file_or_folder_is_named(stored, tmp_path):
    with pytest.raises(ModelError, match="not a classifier folder"):
        read_stored(tmp_path / "none")
    write_stored(stored, tmp_path)
    (tmp_path / "classifier.skops").unlink()
    with pytest.raises(ModelError, match=r"classifier\.skops cannot be read"):
        read_stored(tmp_path)


def test_a_card_that_does_not_fit_is_refused(stored, tmp_path):
    write_stored(stored, tmp_path)
    path = tmp_path / "classifier.json"
    card = json.loads(path.read_text())
    for change, message in (
        ({"columns": ["a"]}, "does not fit its card: it reads 3 columns"),
        ({"classes": ["a"]}, "1 classes, 3 counts"),
        ({"format_version": 99}, "format_version = 99"),
        ({"extra": 1}, "Unknown setting 'extra'"),
    ):
        path.write_text(json.dumps(card | change))
        with pytest.raises(ModelError, match=message):
            read_stored(tmp_path)
    path.write_text("{")
    with pytest.raises(ModelError, match="malformed"):
        read_stored(tmp_path)
