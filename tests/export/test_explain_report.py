"""The report tells mean and spread of every claim, and what was never measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        known=0.5,
        n_cells=300,
    )


CLAIMS = [_claim(KNOWN, 0, 0.96), _claim(KNOWN, 1, 1.0, "B"), _claim(WBC1, 0, None)]


def test_mean_and_spread_over_seeds_and_data_apart(tmp_path: Path) -> None:
    write_explain_report(tmp_path / "explain.md", CLAIMS)
    text = (tmp_path / "explain.md").read_text()
    assert "| scale | 0.98 ± 0.03 | 0.91 ± 0.01 | area | 1 x A, 1 x B |" in text
    assert "| scale | 0.90 | area | - | area: .90 | 1 x A |" in text
    assert "| scale | 4.00 ± 0.00 | 1.00 ± 0.00 | - | - |" in text
    assert text.count("## ") == 2


def test_nothing_to_report_is_refused() -> None:
    with pytest.raises(DataError, match="no factor cards"):
        explain_report([])
