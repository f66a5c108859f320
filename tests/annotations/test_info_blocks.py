"""Blocks of a spreadsheet: read as it writes them, written as it reads them."""

from __future__ import annotations

import pytest

from napari_disentangle.annotations.image_info import ImageInfo
from napari_disentangle.annotations.info_blocks import (
    fill_fields,
    paste_block,
    read_block,
    write_block,
)

A, B = ("a.png", "k1"), ("b.png", "k2")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("A1\tdrug\r\nA2\tnone\r\n", [["A1", "drug"], ["A2", "none"]]),
        ("\tx\n\n y ", [["", "x"], [""], ["y"]]),
        ('"two\nlines"\t"5"" dish"', [["two lines", '5" dish']]),
        ('"not closed\tx', [['"not closed', "x"]]),
        ('5" dish', [['5" dish']]),
        ("", [[""]]),
    ],
)
def test_fields_are_those_of_the_spreadsheet(
    text: str, fields: list[list[str]]
) -> None:
    assert read_block(text) == fields


def test_what_is_copied_is_read_back() -> None:
    info = ImageInfo().set([A], "day", '5" dish\tx').set([B], "slide", "S1")
    text = write_block(info, [A, B], ["slide", "well", "day"])
    assert read_block(text) == [["", "", '5" dish x'], ["S1", "", ""]]


def test_a_block_fills_from_its_first_field_and_tells_how_much_did_not_fit() -> None:
    before = ImageInfo().set([A], "well", "A1").set([A], "slide", "S1")
    block = [["", "drug", "out"], ["A2"], ["out", "out"]]
    after, left = paste_block(before, block, [A, B], ["well", "condition"])
    assert after.rows == {A: {"slide": "S1", "condition": "drug"}, B: {"well": "A2"}}
    assert left == 3


def test_a_text_goes_into_some_fields_only() -> None:
    info = ImageInfo().set([A, B], "day", "1")
    after = fill_fields(info, [(A, "slide"), (B, "day")], "9")
    assert after.rows == {A: {"day": "1", "slide": "9"}, B: {"day": "9"}}
