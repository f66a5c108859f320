"""The page of a benchmark says what the numbers say, whichever way they came out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.export.transfer_beyond import beyond_table
from napari_disentangle.export.transfer_claims import claims_table
from napari_disentangle.export.transfer_plots import (
    Importance,
    class_scatter,
    persistence_boxes,
    transfer_importances,
)
from napari_disentangle.export.transfer_question import open_question
from napari_disentangle.export.transfer_report import transfer_report
from napari_disentangle.export.transfer_rows import (
    AccuracyRow,
    BeyondRow,
    DisentanglementRow,
    NameRow,
    OpenSetRow,
    TargetRow,
    TransferRows,
)
from napari_disentangle.export.transfer_tables import (
    accuracy_table,
    control_table,
    target_table,
)


def _accuracy(
    kind: str, finetune: str, classifier: str, code: str, mean: float, sd: float = 0.01
) -> AccuracyRow:
    return AccuracyRow(
        "bccd",
        "window",
        kind,
        finetune,
        classifier=classifier,
        code=code,
        balanced_accuracy_mean=mean,
        balanced_accuracy_sd=sd,
        balanced_accuracy_by_seed=(mean,) * 3,
        balanced_accuracy_plain_mean=mean,
        accuracy_mean=mean,
        macro_f1_mean=mean,
        n=90,
        n_test=18,
        parts=3,
        seeds=3,
    )


@pytest.fixture
def rows() -> TransferRows:
    accuracy = [
        _accuracy("features", "none", "gbt", "named", 0.65),
        _accuracy("features", "anchored", "gbt", "all", 0.834),
        _accuracy("features", "anchored", "mlp", "all", 0.86),
        _accuracy("features", "semi", "mlp", "all", 0.88),
        _accuracy("pca", "none", "mlp", "all", 0.9),
        _accuracy("raw", "none", "linear", "all", 0.983),
        _accuracy("raw", "semi", "linear", "all", 0.84),
        _accuracy("chance", "none", "linear", "all", 0.3333, 0.0),
    ]
    scored = DisentanglementRow(
        "bccd",
        "window",
        "features",
        "anchored",
        omes_before=0.7,
        omes_after=0.67,
        omes_after_sd=0.01,
        dci_before=0.9,
        dci_after=0.882,
        dci_after_sd=0.01,
        dci_retained=0.98,
        dci_without_orientation_before=0.99,
        dci_without_orientation_after=0.99,
        mig_before=0.7,
        mig_after=0.69,
        mig_after_sd=0.01,
        persistence={"texture": 0.99, "scale": 0.95, "residual_1": 0.2},
        swapped=0,
        silent=0,
        seconds=30.0,
        n_train=3000,
        fine_tunings=3,
        seeds=3,
    )
    name = NameRow(
        "bccd", "window", "features", "anchored", "scale", "area", -0.9, 0.01, 0.9
    )
    novel = OpenSetRow(
        "bccd",
        "window",
        "WBC",
        "pca none all neighbors",
        "pca",
        "none",
        "all",
        "neighbors",
        0.91,
        0.02,
        3,
    )
    counts, lost = {"RBC": 60, "WBC": 30}, {"too small": 2, "of no format.": 1}
    target = TargetRow("bccd", "window", counts, 20, lost, 4, 1)
    return TransferRows((*accuracy,), (scored,), (name,), (novel,), (target,))


def test_arms_stand_side_by_side_in_percent(rows: TransferRows) -> None:
    head, _, line, _ = accuracy_table(rows, "all")
    assert "anchored + few labels, MLP" in head
    assert "| 83.4 ± 1.0 | 86.0 ± 1.0 | - | 88.0 ± 1.0 |" in line


def test_each_control_has_a_row(rows: TransferRows) -> None:
    text = "\n".join(control_table(rows))
    assert "| principal components of the target | - | - | - | 90.0 ± 1.0 |" in text
    assert "ceiling), 20 labels a class |  |  | 84.0 ± 1.0 |" in text
    assert "| chance |  |  | 33.3 |" in text
    assert "scratch" not in text


def test_a_loss_against_controls_is_told(rows: TransferRows) -> None:
    answer, *table = open_question(rows)
    assert "higher in 0, lower in 1" in answer
    assert "| -4.0 ± 1.4 | lower |" in table[3]


def test_a_way_that_beats_the_controls_is_named(rows: TransferRows) -> None:
    untuned = _accuracy("pixels", "none", "gbt", "all", 0.95)
    more = replace(rows, accuracy=(*rows.accuracy, untuned))
    *_, features, pixels, _ = open_question(more)
    assert features == "| features | anchored | 0 | 1 | 0 | - |"
    where = "bccd window, all: 95.0 against 90.0 (pca)"
    assert pixels == f"| pixels | no fine-tuning | 1 | 0 | 0 | {where} |"


def test_aims_are_judged(rows: TransferRows) -> None:
    text = "\n".join(claims_table(rows))
    assert "windows without labels: balanced accuracy | 0.85 | 0.860 | yes |" in text
    assert "windows with few labels: balanced accuracy | 0.9 | 0.880 | **no** |" in text
    assert "OMES lost, at most | 0.02 | 0.030 | **no** |" in text
    assert (
        "processor seconds for 1,500 crops, 15 s of two cores | 30 | 15.000 | yes |"
        in text
    )


def test_the_page_has_all_that_there_is(rows: TransferRows) -> None:
    page = transfer_report(rows, [("Box plots", "transfer/boxes.png")])
    for part in ("-0.90 area", "0.91 ± 0.02", "scale 0.95", "2 too small", "98%"):
        assert part in page
    assert "![Box plots](transfer/boxes.png)" in page
    bare = transfer_report(replace(rows, disentanglement=(), names=(), open_set=()))
    assert "Do names hold" not in bare
    assert "unknown class" not in bare


def test_copies_and_losses_are_told(rows: TransferRows) -> None:
    line = target_table(rows)[2]
    assert (
        "| 20 | 4, 1 of them in another class | 2 too small, 1 of no format |" in line
    )


def test_arms_beyond_the_table_stand_beside_controls_as_wide(
    rows: TransferRows,
) -> None:
    assert beyond_table(rows) == []
    ours = BeyondRow(
        "bccd",
        "window",
        "features",
        "anchored",
        "joined",
        10,
        "mlp",
        0.91,
        0.01,
        (0.9, 0.92),
        0.98,
        90,
        2,
    )
    text = "\n".join(beyond_table(replace(rows, beyond=(ours,))))
    assert "| principal components | 10 | - | 90.0 ± 1.0 |  |" in text
    assert (
        "joined: named and principal components | 10 | - | 91.0 ± 1.0 | 98% |" in text
    )


def test_a_table_without_rows_is_nothing() -> None:
    assert markdown_table(["a"], []) == []


def test_figures_hold_the_numbers() -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(3), 4)
    panel = Importance("set", ("texture", "color", "shape"), {"anchored": shares})
    first, second = panel.two_most
    assert shares.mean(axis=0)[first] >= shares.mean(axis=0)[second]
    figure = transfer_importances([panel])
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    np.testing.assert_allclose(heights, shares.mean(axis=0))
    scatter = class_scatter(
        rng.normal(size=(9, 2)), np.arange(9) % 3, "abc", ("scale", "color"), "set"
    )
    assert len(scatter.axes[0].collections) == 3
    boxes = persistence_boxes(
        {"DCI": {"features": {"set, paper": np.array([0.8, 0.9])}}},
        {"DCI": {"features": 0.95}},
    )
    assert boxes.axes[0].get_ylabel() == "DCI"
