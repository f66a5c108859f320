from __future__ import annotations

import pytest

from napari_disentangle.export.speed_report import speed_report
from napari_disentangle.recipes.speed import speed


@pytest.mark.slow
def test_each_stage_is_timed_over_its_own_amount() -> None:
    paces = speed(50, part=1 / 16)
    amounts = {pace.stage: (pace.amount, pace.unit) for pace in paces}
    assert amounts["draw_64"] == (256, "images")
    assert amounts["features"] == (16, "images")
    assert amounts["finetune"] == (50, "cells")
    assert amounts["dci"] == (938, "codes")
    for pace in paces:
        assert pace.wall_s > 0
        assert pace.to_json()["per_s"] == pytest.approx(pace.amount / pace.wall_s)
    page = speed_report(paces)
    assert page.count("\n| ") == len(paces) + 1
    assert "| fine-tune on features, 30 epochs | 50 cells |" in page
