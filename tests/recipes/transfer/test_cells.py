"""Every arm gives codes of its width, learned from the training part alone."""

from dataclasses import replace

import numpy as np
import pytest

from napari_disentangle.classify.splits import Split
from napari_disentangle.recipes.transfer.arms import finetune_config
from napari_disentangle.recipes.transfer.cells import iter_code, iter_part
from napari_disentangle.recipes.transfer.controls import few_labels
from napari_disentangle.recipes.transfer.open_set import iter_left_out
from napari_disentangle.recipes.transfer.plan import ARMS, BEYOND, WIDER, Arm
from napari_disentangle.tasks import run

ON_FEATURES = [arm for arm in (*ARMS, *BEYOND) if arm.input != "pixels"]


@pytest.fixture(scope="module")
def split(bench):
    return bench.material.splits(bench.config, 0)[0]


@pytest.mark.parametrize("arm", ON_FEATURES, ids=lambda arm: arm.name)
def test_an_arm_gives_codes_of_its_widths(bench, split, arm):
    coded = run(iter_code(arm, bench, split, 0))
    widths = {code: values.shape[1] for code, values in coded.codes.items()}
    assert set(arm.codes) <= set(widths)
    assert all(len(values) == 30 for values in coded.codes.values())
    assert all(np.isfinite(values).all() for values in coded.codes.values())
    if arm.input not in ("classical", "raw"):
        wide = 12 if arm.input == "pca" else 10 + WIDER  # causes of the features
        assert widths["all"] == (wide if arm.variant == "wide" else 10)
        assert widths.get("named", 5) == 5


@pytest.mark.parametrize("arm", ON_FEATURES, ids=lambda arm: arm.name)
def test_test_cells_teach_nothing(bench, split, arm):
    """Codes of training cells stay the same whatever the test cells are."""
    material = bench.material
    features = material.features.copy()
    features[split.test] = np.random.default_rng(9).normal(
        size=(len(split.test), features.shape[1])
    )
    y = material.y.copy()
    y[split.test] = 0
    other = replace(material, features=features, target=replace(material.target, y=y))
    first, second = (
        run(iter_code(arm, replace(bench, material=each), split, 0))
        for each in (material, other)
    )
    for code, values in first.codes.items():
        np.testing.assert_allclose(
            values[split.train], second.codes[code][split.train], rtol=1e-4, atol=1e-5
        )


def test_a_part_tests_every_code_with_every_classifier(bench, split):
    part = run(iter_part(Arm("features", "anchored"), bench, split, 0))
    found = {(test.code, test.classifier) for test in part.tests}
    assert found == {(c, k) for c in ("named", "all") for k in ("gbt", "mlp")}
    assert all(sum(map(sum, test.confusion)) == part.n_test for test in part.tests)
    assert part.dimensions == ("texture", "color", "shape", "scale", "orientation")
    assert part.source is not None
    assert part.source.before == bench.sourced.before
    assert set(part.source.kept) == set(bench.sourced.model.dimensions)
    assert set(part.measures["scale"]) == {"area"}
    assert part.shown is not None
    assert len(part.shown.y) == part.n_test


def test_without_fine_tuning_source_scores_stay(bench, split):
    part = run(iter_part(Arm("features", "none"), bench, split, 0))
    assert part.source is not None
    assert part.source.after == part.source.before
    assert set(part.source.kept.values()) == {1.0}


def test_joined_components_tell_what_named_dimensions_do_not(bench, split):
    arm = Arm("features", "anchored", "joined")
    joined = run(iter_code(arm, bench, split, 0)).codes["all"]
    plain = run(iter_code(Arm("features", "anchored"), bench, split, 0)).codes["named"]
    np.testing.assert_array_equal(joined[:, :5], plain)
    shared = np.corrcoef(joined[split.train].T)[:5, 5:]
    assert np.abs(shared).max() < 1e-3


def test_the_ceiling_reads_separable_features(bench, split):
    part = run(iter_part(Arm("raw"), bench, split, 0))
    (test,) = part.tests
    assert (test.classifier, test.code) == ("linear", "all")
    assert test.balanced_accuracy == 1.0


def test_few_labels_are_few_of_each_class(bench, split):
    rng = np.random.default_rng(0)
    rows = few_labels(bench.material.y, split.train, 2, rng)
    assert set(rows) <= set(split.train)
    assert np.bincount(bench.material.y[rows]).tolist() == [2, 2, 2]


def test_a_class_left_out_is_never_learned(bench):
    found = run(iter_left_out(Arm("pca"), bench, 0))
    assert {each.held_out for each in found} == {"a", "b", "c"}
    assert all(0 <= each.auroc <= 1 for each in found)
    farthest = [each.auroc for each in found if each.held_out == "c"]
    assert max(farthest) > 0.9


def test_fine_tunings_differ_as_the_papers_and_ours_do(tiny):
    full = tiny.replace(epochs=0, most_steps=0)
    paper = finetune_config(Arm("features", "paper"), full, 4, 900)
    ours = finetune_config(Arm("features", "semi"), full, 4, 900)
    assert (paper.epochs, paper.learning_rate, paper.batch) == (20, 1e-4, 128)
    assert not paper.replays
    assert paper.class_weight == 0
    assert ours.replays
    assert (ours.class_weight, ours.labels_per_class) == (200, 20)
    assert paper.seed == ours.seed == 4
    labels = finetune_config(Arm("features", "semi", "labels"), full, 4, 900)
    wide = finetune_config(Arm("features", "anchored", "wide"), full, 4, 900)
    assert (labels.class_weight, labels.labels_per_class) == (200, 0)
    assert wide.residual_dim == WIDER


def test_steps_have_a_limit(tiny):
    capped = tiny.replace(epochs=0, most_steps=400)
    many = finetune_config(Arm("features", "anchored"), capped, 0, 2400)
    steps = many.epochs_of(2160) * -(-2160 // many.batch)
    assert 300 < steps <= 400
    few = finetune_config(Arm("features", "anchored"), capped, 0, 240)
    assert few.epochs_of(216) == 100


def test_splits_keep_groups_whole(bench):
    grouped = replace(
        bench.material, target=replace(bench.material.target, groups=np.arange(30) // 2)
    )
    for split in grouped.splits(bench.config.replace(few=100), 1):
        assert isinstance(split, Split)
        assert not set(split.train // 2) & set(split.test // 2)
