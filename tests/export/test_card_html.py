"""The card page stands alone: pictures within, nothing to load, nothing injected."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np

from napari_disentangle.export.card_html import (
    GRADES,
    CardPage,
    CardView,
    Strip,
    write_card_html,
)
from napari_disentangle.export.html_charts import Dot, Row, bar_chart, dot_chart

if TYPE_CHECKING:
    from pathlib import Path


class _Reader(HTMLParser):
    """Collects text and attributes, and checks that tags are closed."""

    VOID = frozenset({"meta", "img", "line", "circle", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.sources += [v for k, v in attrs if k == "src" and v]
        self.links += [known["href"]] if known.get("href") else []
        self.ids += [known["id"]] if known.get("id") else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _page() -> CardPage:
    pictures = np.random.default_rng(0).random((4, 16, 16, 3), np.float32)
    card = CardView(
        title="Scale",
        grade="A",
        reason="It follows area <closely>.",
        facts=(("Use", "active"),),
        steps=("-1", "+0", "+1", "+2"),
        strips=(Strip("drawn", pictures), Strip("real", pictures)),
        responses=(Row("area", 3.1, float("nan"), True), Row("blue", None, None)),
        correlations=(Dot("area", 0.98, 0.97, 0.99, True),),
    )
    bare = CardView("Residual 1", "none", "It has no name.")
    return CardPage("Cells & factors", "Model m", False, ("Be careful.",), (card, bare))


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


def test_the_page_is_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "card.html"
    write_card_html(path, _page())
    reader = _read(path)
    assert len(reader.sources) == 2
    assert all(source.startswith("data:image/png;base64,") for source in reader.sources)
    assert {link.removeprefix("#") for link in reader.links} == set(reader.ids)
    assert not re.search(r"https?://|@import|<script|url\(", path.read_text())


def test_strips_are_the_pictures(tmp_path: Path) -> None:
    path = tmp_path / "card.html"
    write_card_html(path, _page())
    data = _read(path).sources[0].partition(",")[2]
    image = iio.imread(io.BytesIO(base64.b64decode(data)))
    assert image.shape[:2] == (32, 4 * 32)
    picture = _page().cards[0].strips[0].pictures[0]
    block = image[:32, :32, :3].reshape(16, 2, 16, 2, 3).mean((1, 3)) / 255
    assert np.abs(block - picture).mean() < 0.12


def test_words_are_shown_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "card.html"
    write_card_html(path, _page())
    text = _read(path).text
    for words in ("Cells & factors", "Be careful.", "<closely>", *GRADES.values()):
        assert words in text


def test_charts_leave_out_what_is_not_known() -> None:
    assert dot_chart(()) == bar_chart(()) == ""
    assert bar_chart((Row("blue", None, float("nan")),)) == ""
    chart = bar_chart(_page().cards[0].responses)
    assert chart.count("<rect") == 1
    assert "blue" not in chart
