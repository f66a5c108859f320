"""A classifier learns from annotated cells, and its scores can be believed."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.errors import DataError, ModelError, StorageError
from napari_disentangle.export.tabular import read_table
from napari_disentangle.recipes.classify import (
    iter_predict,
    iter_train_classifier,
    predict,
    train_classifier,
)
from napari_disentangle.recipes.classify_files import (
    open_classifier,
    save_classifier,
    save_report,
)
from napari_disentangle.recipes.classify_result import Trained
from napari_disentangle.tasks import Progress

LINEAR = ClassifierConfig(kind="linear", folds=3, repeats=2)


def make_cells(n: int = 150, images: int = 6) -> pd.DataFrame:
    """Return cells of three classes; Scale and Color tell them, Shape does not."""
    rng = np.random.default_rng(0)
    kind = np.arange(n) % 3
    return pd.DataFrame(
        {
            "label": np.arange(n) + 1,
            "index": np.arange(n) + 1,
            "roi_id": [f"slide_{k}.tif" for k in np.arange(n) * images // n],
            "frame": 0,
            "z_color": rng.normal(size=n) + 4.0 * (kind == 2),
            "z_shape": rng.normal(size=n),
            "z_scale": rng.normal(size=n) + 4.0 * (kind == 1),
            "z_residual_1": rng.normal(size=n),
            "area": rng.normal(size=n),
            "annotation": np.array(["basophil", "lymphocyte", "monocyte"])[kind],
            "model": "tiny-0123abcd",
        }
    )


@pytest.fixture(scope="module")
def result():
    return train_classifier(make_cells(), config=LINEAR)


def test_the_classifier_comes_first_then_how_good_it_is() -> None:
    events = list(iter_train_classifier(make_cells(), config=LINEAR))
    kinds = [type(event) for event in events]
    assert set(kinds) == {Progress, Trained}
    at = kinds.index(Trained)
    assert str(events[at]) == "Trained on 150 cells of 3 classes"
    assert events[at].classifier.predict_proba(make_cells()).shape == (150, 3)
    stages = list(dict.fromkeys(e.stage for e in events if isinstance(e, Progress)))
    assert stages == [
        "Fitting logistic regression",
        "Cross-validating",
        "Measuring importances",
        "Leaving classes out",
    ]


def test_named_factors_are_read_and_scores_are_those_of_unseen_images(result) -> None:
    assert result.classifier.columns == ("z_color", "z_shape", "z_scale")
    assert result.parts.grouped_by == "roi_id"
    assert result.notes == ()
    assert result.classifier.scores["balanced_accuracy"] > 0.9
    assert result.importances.permutation.argmin() == 1
    assert result.open_set.mean("neighbors").min() > 0.8
    images = result.cells["roi_id"]
    for split in result.found.splits:
        assert not set(images[split.train]) & set(images[split.test])


def test_each_annotated_cell_is_judged_without_having_been_seen(result) -> None:
    right = result.cells["prediction"] == result.cells["annotation"]
    assert right.mean() == result.found.scores.accuracy
    np.testing.assert_array_equal(
        result.cells["probability"], result.found.out_of_fold.max(axis=1)
    )


def test_the_seed_fixes_every_number(result) -> None:
    again = train_classifier(make_cells(), config=LINEAR)
    assert again.to_json() == result.to_json()


def test_classes_dealt_at_random_are_told_by_chance() -> None:
    cells = make_cells(600)
    cells["annotation"] = np.random.default_rng(1).permutation(cells["annotation"])
    found = train_classifier(cells, "all", config=LINEAR).found
    assert found.balanced_accuracy.mean == pytest.approx(1 / 3, abs=0.06)


def test_cells_without_class_or_codes_are_left_out_and_told() -> None:
    cells = make_cells()
    cells.loc[:9, "annotation"] = None
    cells.loc[8:11, "z_scale"] = np.nan
    result = train_classifier(cells, config=LINEAR)
    assert result.notes[:2] == (
        "10 cells left out: no annotation.",
        "2 cells left out: codes are missing.",
    )
    assert len(result.cells) == 138
    assert result.left_out["label"].tolist() == list(range(1, 13))
    assert result.to_json()["left_out"] == {
        "no annotation": 10,
        "codes are missing": 2,
    }


def test_few_images_make_fewer_folds_and_one_image_none() -> None:
    two = train_classifier(make_cells(images=2), config=LINEAR)
    assert (two.parts.grouped_by, two.parts.folds) == ("roi_id", 2)
    assert two.notes == ("2 folds instead of 3: as many values of roi_id.",)
    one = train_classifier(make_cells(images=1), config=LINEAR)
    assert (one.parts.grouped_by, one.parts.folds) == ("", 3)
    assert "not for new images" in one.notes[0]


def test_images_are_kept_together_on_request_or_it_is_said_why_not() -> None:
    cells = make_cells(images=6)
    cells.loc[cells["annotation"] == "monocyte", "roi_id"] = "only.tif"
    assert (
        "some class is annotated in one image only"
        in (train_classifier(cells, config=LINEAR).notes[0])
    )
    with pytest.raises(DataError, match="'monocyte' occurs in one image only"):
        train_classifier(cells, config=LINEAR, group="roi_id")
    with pytest.raises(DataError, match="no column 'slide' to group by"):
        train_classifier(cells, config=LINEAR, group="slide")
    by_cell = train_classifier(make_cells(), config=LINEAR, group="cell")
    assert by_cell.parts.grouped_by == ""
    assert by_cell.notes == ()


def test_copies_are_never_parted_and_told() -> None:
    cells = make_cells(images=1)
    copies = cells.iloc[:20].assign(label=np.arange(200, 220), annotation="basophil")
    result = train_classifier(pd.concat([cells, copies]), config=LINEAR, group="cell")
    assert result.notes[0].startswith("20 cells have the very codes of another")
    assert result.notes[1].startswith("13 of these copies have another class")
    for split in result.found.splits:
        seen = set(split.train)
        assert all((k in seen) == (k + 150 in seen) for k in range(20))


def test_what_cannot_be_learned_is_one_sentence() -> None:
    cells = make_cells()
    for wrong, message in (
        (cells.assign(annotation="rbc"), r"All 150 cells are of one class \(rbc\)"),
        (cells.assign(annotation=None), "No cell has a class in column 'annotation'"),
        (cells.assign(z_scale=np.nan), "No cell with a class has all codes"),
        (cells.drop(columns="annotation"), "no column 'annotation'"),
        (cells.drop(columns="roi_id"), "no column 'roi_id'"),
    ):
        with pytest.raises(DataError, match=message):
            train_classifier(wrong, config=LINEAR)
    one = cells.assign(annotation=["rare", *cells["annotation"][1:]])
    with pytest.raises(DataError, match="'rare' has one cell only"):
        train_classifier(one, config=LINEAR)
    with pytest.raises(DataError, match="both class and input"):
        train_classifier(cells.assign(kind=1), "kind,area", "kind", LINEAR)


def test_predictions_join_the_table_before_its_model(result) -> None:
    cells = make_cells()
    cells.loc[3, "z_scale"] = np.nan
    told = predict(cells.assign(prediction="old"), result.classifier, 0.7)
    assert list(told.table)[-5:] == [
        "prediction",
        "probability",
        "novelty",
        "in_distribution",
        "model",
    ]
    assert told.n_missing == 1
    withheld = told.table["prediction"].isna()
    assert told.n_abstained == withheld.sum() - 1
    assert told.notes[0] == "1 cells not predicted: codes are missing."
    assert told.table.loc[3, ["probability", "novelty"]].isna().all()
    assert told.table["in_distribution"].isna().sum() == 1
    assert told.table["in_distribution"].mean() > 0.95
    far = predict(cells.assign(z_shape=30.0), result.classifier).table
    assert not far["in_distribution"].drop(3).any()


def test_an_empty_table_is_predicted_empty(result) -> None:
    told = predict(make_cells().iloc[:0], result.classifier)
    assert len(told.table) == 0
    assert "prediction" in told.table


def test_large_tables_are_predicted_in_steps(result) -> None:
    many = pd.concat([make_cells()] * 80, ignore_index=True)
    assert len(list(iter_predict(many, result.classifier))) == 4
    whole = predict(many, result.classifier).table
    part = predict(make_cells(), result.classifier).table
    pd.testing.assert_frame_equal(whole.iloc[-150:].reset_index(drop=True), part)


def test_a_saved_classifier_predicts_the_same(result, tmp_path) -> None:
    save_report(result, tmp_path / "c")
    assert {path.name for path in (tmp_path / "c").iterdir()} == {
        *("classifier.json", "classifier.skops", "novelty.npz"),
        *("confusion.png", "importances.png", "calibration.png", "out_of_fold.csv"),
    }
    pd.testing.assert_frame_equal(
        read_table(tmp_path / "c" / "out_of_fold.csv"), result.cells
    )
    back = open_classifier(tmp_path / "c")
    assert back.scores == result.classifier.scores
    assert back.config == LINEAR
    pd.testing.assert_frame_equal(
        predict(make_cells(), back).table,
        predict(make_cells(), result.classifier).table,
    )
    with pytest.raises(ModelError, match="trained on codes of tiny-0123abcd"):
        next(iter_predict(make_cells().assign(model="other-1"), back))


def test_damaged_parts_of_a_classifier_are_named(result, tmp_path) -> None:
    save_classifier(result.classifier, tmp_path)
    np.savez(tmp_path / "novelty.npz", centers=np.zeros((3, 3)))
    with pytest.raises(ModelError, match="novelty does not fit its card"):
        open_classifier(tmp_path)
    (tmp_path / "novelty.npz").write_bytes(b"PK")
    with pytest.raises(ModelError, match=r"novelty\.npz is damaged"):
        open_classifier(tmp_path)
    card = json.loads((tmp_path / "classifier.json").read_text())
    (tmp_path / "novelty.npz").unlink()
    (tmp_path / "classifier.json").write_text(
        json.dumps(card | {"config": {"kind": "forest"}})
    )
    with pytest.raises(ModelError, match="kind = 'forest' is wrong"):
        open_classifier(tmp_path)
    with pytest.raises(StorageError, match="is not a classifier"):
        save_classifier(result.classifier, tmp_path.parent)


@pytest.mark.slow
def test_real_blood_cells_are_told_apart_in_images_that_were_not_seen(
    shared_data, tmp_path
) -> None:
    from napari_disentangle.recipes.encode import cell_table, encode
    from napari_disentangle.recipes.targets import open_bccd
    from napari_disentangle.storage.models import read_model

    for part in ("images", "annotations"):
        (tmp_path / part).mkdir()
        for path in sorted((shared_data / "bccd" / part).iterdir())[:30]:
            shutil.copy(path, tmp_path / part)
    target = open_bccd(tmp_path, "masked", 72)
    codes = encode(target.crops, read_model("features"), device="cpu")
    cells = cell_table(codes, crops=target.crops)
    config = ClassifierConfig(trees=30, repeats=1)
    result = train_classifier(cells, config=config)
    assert result.parts.grouped_by == "roi_id"
    assert result.classifier.classes == ("Platelets", "RBC", "WBC")
    assert result.found.balanced_accuracy.mean > 0.8
    best = result.importances.permutation.argmax()
    assert result.importances.columns[best] == "z_scale"
