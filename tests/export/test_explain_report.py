"""The report tells mean and spread of every claim, and what was never measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.explain_report import (
    explain_report,
    write_explain_report,
)
from napari_disentangle.recipes.explain_benchmark import KNOWN, WBC1, ClaimRecord

if TYPE_CHECKING:
    from pathlib import Path


def _claim(data: str, seed: int, truth: float | None, grade: str = "A") -> ClaimRecord:
    return ClaimRecord(
        data=data,
        family="features",
        model="seed_0",
        seed=seed,
        factor="scale",
        grade=grade,
        truth=truth,
        measure="area",
        follows=0.9 + 0.02 * seed,
        solidity=None,
        drawn_own=4.0,
        drawn_other=1.0,
        real_own=None,
        real_other=None,
        drawn_most="intensity_mean",
        real_most=None,
        known=0.5,
        n_cells=300,
    )


CLAIMS = [_claim(KNOWN, 0, 0.96), _claim(KNOWN, 1, 1.0, "B"), _claim(WBC1, 0, None)]


def test_mean_and_spread_over_seeds_and_data_apart(tmp_path: Path) -> None:
    write_explain_report(tmp_path / "explain.md", CLAIMS, "make it")
    text = (tmp_path / "explain.md").read_text()
    assert "| scale | 0.98 ± 0.03 | 0.96 | 0.91 ± 0.01 | area | 1 x A, 1 x B |" in text
    assert "| scale | 0.90 | area | - | area: 0.90 | 1 x A |" in text
    assert "| scale | 4.00 ± 0.00 | 1.00 ± 0.00 | intensity mean | - | - | - |" in text
    assert text.count("## ") == 2
    assert "```sh\nmake it\n```" in text


def test_models_of_another_kind_stand_apart() -> None:
    other = replace(CLAIMS[0], family="pixels")
    text = explain_report([*CLAIMS[:2], other])
    assert f"## {KNOWN}, `features`" in text
    assert f"## {KNOWN}, `pixels`" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "**Scale** holds: it follows the true factor by 0.96"),
        ({"truth": 0.5}, "**Scale** fails"),
        ({"truth": 0.5}, "trust it (A or B) in 1 of 1, wrongly in 1."),
        ({"grade": "D"}, "1 refuse it (D) although it is true"),
        ({"drawn_own": None}, "do not show it at all"),
        ({"drawn_own": 0.4}, "hardly show it (0.4 sd)"),
        ({"drawn_other": 5.0}, "moves intensity mean more (5.0 sd)"),
        ({"factor": "orientation"}, "judged by eye"),
    ],
)
def test_what_fails_is_said_in_words(change: dict[str, Any], said: str) -> None:
    assert said in explain_report([replace(CLAIMS[0], **change)])


def test_a_name_is_earned_by_its_grades() -> None:
    good, bad = CLAIMS[2], replace(CLAIMS[2], grade="D")
    assert "earns its name (1 of 1 cards" in explain_report([good])
    assert "The target, area by 0.90, is reached (0.90)." in explain_report([good])
    assert "does not earn its name (0 of 1 cards" in explain_report([bad])
    untested = replace(CLAIMS[2], grade="none")
    assert "cannot be tested" in explain_report([untested])


def test_nothing_to_report_is_refused() -> None:
    with pytest.raises(DataError, match="no factor cards"):
        explain_report([])
