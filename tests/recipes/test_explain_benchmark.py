"""The benchmark of cards: every named dimension, on known factors and WBC1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from napari_disentangle.recipes.explain_benchmark import (
    KNOWN,
    WBC1,
    explain_benchmark,
)
from napari_disentangle.tables import NAMED_FACTORS

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.models import Model


@pytest.mark.slow
def test_every_named_dimension_is_held_against_the_truth(pixel_model: Model) -> None:
    claims = explain_benchmark({"a": pixel_model}, n_fields=1)
    assert [claim.factor for claim in claims] == list(NAMED_FACTORS)
    for claim in claims:
        assert claim.data == KNOWN
        assert claim.truth is not None
        assert claim.real_own is not None or claim.factor == "orientation"
        assert claim.real_other is not None
        json.dumps(claim.to_json(), allow_nan=False)


@pytest.mark.slow
def test_real_cells_have_no_truth_but_masks(
    pixel_model: Model, shared_data: Path
) -> None:
    claims = explain_benchmark(
        {"a": pixel_model}, n_fields=0, wbc1=shared_data / "wbc1"
    )
    assert {claim.data for claim in claims} == {WBC1}
    assert {claim.truth for claim in claims} == {None}
    shape = next(claim for claim in claims if claim.factor == "shape")
    assert shape.solidity is not None
