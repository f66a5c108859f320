from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.classify.classifier import decide, fit_classifier
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.errors import DataError, ModelError

CONFIG = ClassifierConfig(kind="linear")
RNG = np.random.default_rng


@pytest.fixture
def classifier(cells):
    return fit_classifier(cells, cells["annotation"], CONFIG, RNG(0))


def test_it_reads_all_codes_and_remembers_what_it_learned(cells, classifier):
    assert classifier.columns == ("z_scale", "z_color", "z_shape")
    assert classifier.classes == ("basophil", "lymphocyte", "monocyte")
    assert classifier.counts == (60, 60, 60)
    assert classifier.model == "tiny-0123abcd"
    predicted = classifier.predict(cells)
    assert list(predicted) == ["roi_id", "frame", "label", "prediction", "probability"]
    assert (predicted["prediction"] == cells["annotation"]).mean() > 0.85
    np.testing.assert_array_equal(
        predicted["probability"], classifier.predict_proba(cells).max(axis=1)
    )


def test_columns_are_found_by_name_not_by_place(cells, classifier):
    turned = cells[list(cells)[::-1]].assign(z_residual_1=99.0)
    np.testing.assert_array_equal(
        classifier.predict_proba(turned), classifier.predict_proba(cells)
    )


def test_an_improbable_cell_gets_no_prediction_but_its_probability(cells, classifier):
    free = classifier.predict(cells)
    strict = classifier.predict(cells, 0.8)
    withheld = strict["prediction"].isna()
    np.testing.assert_array_equal(withheld, free["probability"] < 0.8)
    assert 0 < withheld.sum() < len(cells)
    pd.testing.assert_series_equal(strict["probability"], free["probability"])


def test_a_cell_without_codes_gets_nothing(cells, classifier):
    holes = cells.copy()
    holes.loc[3, "z_scale"] = np.nan
    row = classifier.predict(holes).loc[3]
    assert row[["prediction", "probability"]].isna().all()
    assert row["label"] == 4


def test_a_missing_column_is_named(cells, classifier):
    with pytest.raises(DataError, match="no column 'z_color', which the classifier"):
        classifier.predict(cells.drop(columns="z_color"))
    with pytest.raises(DataError, match="no column 'frame'"):
        classifier.predict(cells.drop(columns="frame"))
    with pytest.raises(DataError, match="'z_color' does not hold numbers"):
        classifier.predict(cells.assign(z_color="red"))
    with pytest.raises(DataError, match="reads 3 numbers a cell"):
        classifier.predict_proba(np.zeros((4, 2)))


def test_codes_of_another_model_are_refused(cells, classifier):
    with pytest.raises(ModelError, match=r"trained on codes of tiny-0123abcd; these"):
        classifier.predict(cells.assign(model="other-1"))
    mixed = cells.assign(model=np.where(cells.index < 5, "other-1", "tiny-0123abcd"))
    with pytest.raises(DataError, match="mixes codes of the models other-1 and tiny"):
        classifier.predict(mixed)


def test_measurements_compare_whatever_the_model(cells):
    classifier = fit_classifier(
        cells, cells["annotation"], CONFIG, RNG(0), columns="area"
    )
    assert classifier.columns == ("area",)
    assert classifier.model == ""
    classifier.predict(cells.assign(model="other-1"))


def test_arrays_and_positions_do_as_well(cells):
    values = cells[["z_scale", "z_color", "z_shape"]].to_numpy()
    names = ("basophil", "eosinophil", "lymphocyte", "monocyte")
    y = cells["annotation"].map(names.index).to_numpy()
    of_array = fit_classifier(values, y, CONFIG, RNG(0), classes=names)
    of_table = fit_classifier(cells, cells["annotation"], CONFIG, RNG(0))
    assert of_array.columns == ("value_1", "value_2", "value_3")
    assert of_array.counts == (60, 0, 60, 60)
    np.testing.assert_allclose(
        of_array.predict_proba(values)[:, [0, 2, 3]], of_table.predict_proba(cells)
    )


def test_cells_without_a_class_are_told(cells):
    annotation = cells["annotation"].where(cells.index > 3)
    with pytest.raises(DataError, match="4 cells have no class"):
        fit_classifier(cells, annotation, CONFIG, RNG(0))


def test_deciding():
    chosen, chance = decide(np.array([[0.2, 0.8], [0.5, 0.5], [np.nan] * 2]), 0.6)
    assert chosen.tolist() == [1, -1, -1]
    np.testing.assert_array_equal(chance, [0.8, 0.5, np.nan])
