"""What happened to cells since: counted by key, told in one phrase."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.recipes.made_from import MadeFrom, made_before
from napari_disentangle.tables import Embedding


def codes_of(codes: dict[int, float]) -> Embedding:
    """Return one code for each label."""
    labels = np.array(list(codes), np.int64)
    table = pd.DataFrame({"roi_id": "a", "frame": 0, "label": labels, "index": labels})
    mean = np.array(list(codes.values()), np.float32)[:, None]
    return Embedding(mean, np.ones_like(mean), ("scale",), "m-1", table)


def cells(codes: dict[int, float], excluded: tuple[int, ...] = ()) -> MadeFrom:
    found = codes_of(codes)
    out = found.table[found.table["label"].isin(excluded)]
    return MadeFrom.of(found, exclude(Annotations(), out, "debris"))


FIVE = {1: 0.1, 2: 0.2, 3: 0.3, 7: 0.7, 9: 0.9}
"""Five cells and their codes."""


def without(*labels: int) -> dict[int, float]:
    return {label: code for label, code in FIVE.items() if label not in labels}


@pytest.mark.parametrize(
    ("then", "now", "since"),
    [
        (cells(FIVE), cells(FIVE), ""),
        (cells(FIVE, (2,)), cells(FIVE, (2,)), ""),
        (cells(FIVE), cells(FIVE, (2,)), "1 cell was excluded"),
        (cells(FIVE, (2,)), cells(FIVE, (2, 3, 9)), "2 cells were excluded"),
        (cells(FIVE, (2, 3)), cells(FIVE, (3,)), "1 cell was included again"),
        (
            cells(FIVE, (2,)),
            cells(FIVE, (3,)),
            "1 cell was excluded and 1 was included again",
        ),
        (cells(FIVE), cells({**FIVE, 7: 0.8}), "1 cell was edited"),
        (cells(FIVE), cells(without(1, 9)), "2 cells were deleted or merged"),
        (cells(FIVE), cells({**FIVE, 4: 0.0}), "1 cell was drawn or split off"),
        (
            cells(FIVE),
            cells({**without(1), 2: 2.0, 10: 0.0, 11: 0.0}, (3,)),
            "1 cell was excluded, 1 was edited, 1 was deleted or merged and 2 were "
            "drawn or split off",
        ),
        (cells(FIVE), cells({}), "5 cells were deleted or merged"),
    ],
)
def test_each_kind_of_change_is_counted(
    then: MadeFrom, now: MadeFrom, since: str
) -> None:
    assert then.since(now) == since


def test_a_change_to_a_cell_that_did_not_count_is_none() -> None:
    then = cells(FIVE, (2,))
    assert then.since(cells(without(2))) == ""
    assert then.since(cells({**FIVE, 2: 5.0}, (2,))) == ""


def test_rounding_of_another_run_and_another_order_of_rows_are_no_edit() -> None:
    rounded = {label: code + 1e-6 for label, code in reversed(FIVE.items())}
    assert cells(FIVE).since(cells(rounded)) == ""


def test_a_sentence_is_made_of_a_change_only() -> None:
    assert made_before("It was made", "") == ""
    assert made_before("It was made", "1 cell was edited") == (
        "It was made before 1 cell was edited."
    )
