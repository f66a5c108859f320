"""The page of drawn pictures tells every number, and the figure shows every drawer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.picture_report import (
    picture_figure,
    picture_report,
    write_picture_report,
)
from napari_disentangle.metrics.pictures import Likeness
from napari_disentangle.recipes.picture_benchmark import PictureRecord, PictureRows

if TYPE_CHECKING:
    from pathlib import Path

LIKE = Likeness(0.1234, 0.9, 0.5, 0.75, 12)
MORE = Likeness(0.1434, 0.7, 0.3, 0.25, 14)
RECORDS = [
    PictureRecord("BCCD", "image decoder", "trained on sprites", 0, LIKE),
    PictureRecord("BCCD", "image decoder", "fine-tuned on cells", 300, LIKE),
]


def test_every_drawer_is_a_row_with_what_it_learned_from(tmp_path: Path) -> None:
    write_picture_report(tmp_path / "p.md", RECORDS, "make it", "p.png")
    text = (tmp_path / "p.md").read_text()
    row = "| image decoder | trained on sprites | 0.123 | 0.500 | 0.900 | 75% |"
    assert row in text
    assert "| image decoder | fine-tuned on cells (300) |" in text
    assert "12 tested" in text
    assert "without a spread" in text
    assert "```sh\nmake it\n```" in text
    assert "](p.png)" in text


def test_repeats_are_told_by_mean_and_spread() -> None:
    again = PictureRecord("BCCD", "image decoder", "fine-tuned on cells", 320, MORE, 1)
    other = PictureRecord("BCCD", "pixel model", "fine-tuned on cells", 320, MORE, 1)
    text = picture_report([*RECORDS, again, other], "make it")
    row = "| image decoder | fine-tuned on cells (300 to 320) | 0.133 ± 0.014 | "
    assert row + "0.400 ± 0.141 | 0.800 ± 0.141 | 50 ± 35% |" in text
    assert "over 2 repeats" in text
    assert "12 to 14 tested" in text
    assert (
        "**Fine-tuned on cells**, the image decoder draws the cell better (SSIM 0.40; "
        "the pixel model 0.30) and keeps 50% of the cells apart (the pixel model 25%)."
    ) in text


def test_the_figure_has_a_line_for_each_drawer() -> None:
    pictures = np.zeros((3, 8, 8, 3), np.float32)
    rows = (("real", pictures), ("image decoder, as bundled", pictures[:2]))
    figure = picture_figure([PictureRows("BCCD", rows)])
    words = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert words == ["BCCD\nreal", "image decoder\nas bundled"]


def test_nothing_to_report_is_refused() -> None:
    with pytest.raises(DataError, match="no pictures"):
        picture_report([], "make it")
