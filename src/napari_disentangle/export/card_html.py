"""Factor cards as one HTML page that needs nothing else: no network, no other file."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.html_charts import Dot, Row, bar_chart, dot_chart
from napari_disentangle.export.html_style import STYLE
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GRADES = {
    "A": "follows what it is named after closely",
    "B": "follows it well",
    "C": "follows it weakly, or follows something else more",
    "D": "does not deserve its name on these cells",
    "none": "has no name, is dead, or cannot be tested here",
}
"""What each grade says of a dimension."""

_UPSCALE = 2  # strips are drawn twice as large, so that small pictures stay crisp


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Pictures along a walk.

    Attributes
    ----------
    words : str
        What they are: ``drawn, synthetic`` or ``real``.
    pictures : array, (T, H, W, 3), in [0, 1]
        One a step.
    """

    words: str
    pictures: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class CardView:
    """What a page shows of one dimension.

    Attributes
    ----------
    title : str
        Its name for a reader.
    grade, reason : str
        One of `GRADES`, and why.
    facts : tuple of (str, str)
        Short lines: what, and its value.
    steps : tuple of str
        Labels of the steps of the strips.
    strips : tuple of Strip
        Rows of pictures.
    responses : tuple of Row
        Effects of measures along the walk, in sd of the cells.
    correlations : tuple of Dot
        Rank correlations with measures, with intervals.
    """

    title: str
    grade: str
    reason: str
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()
    strips: tuple[Strip, ...] = ()
    responses: tuple[Row, ...] = ()
    correlations: tuple[Dot, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CardPage:
    """One page of cards.

    Attributes
    ----------
    title : str
        Headline.
    subtitle : str
        Model, cells, how many.
    is_known : bool or None
        Whether the cells are like what the model knows; None if that is not told.
    notes : tuple of str
        Sentences to read before the cards; the first stands out.
    cards : tuple of CardView
        One a dimension.
    """

    title: str
    subtitle: str
    is_known: bool | None
    notes: tuple[str, ...]
    cards: tuple[CardView, ...] = field(default_factory=tuple)


def card_html(page: CardPage) -> str:
    """Return the page as HTML, pictures and style within."""
    notes = "".join(f"<li>{escape(note)}</li>" for note in page.notes[1:])
    legend = "".join(
        f"<li>{_badge(grade)} {escape(words)}</li>" for grade, words in GRADES.items()
    )
    overview = "".join(
        f'<a href="#{_anchor(card)}">{_badge(card.grade)} {escape(card.title)}</a>'
        for card in page.cards
    )
    mood = {True: "good", False: "bad", None: "unsure"}[page.is_known]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(page.title)}</title><style>{STYLE}</style></head><body>",
            f"<header><h1>{escape(page.title)}</h1>",
            f'<p class="sub">{escape(page.subtitle)}</p>',
            f'<p class="known {mood}">{escape(page.notes[0])}</p>' * bool(page.notes),
            f'<ul class="notes">{notes}</ul>' * bool(notes),
            f'<nav>{overview}</nav><ul class="legend">{legend}</ul></header>',
            *(_card(card) for card in page.cards),
            "<footer>Made by napari-disentangle. Drawn pictures are a decoder's, not "
            "a microscope's; real ones are the nearest cells along the walk. Effects "
            "and steps are in sd of these cells.</footer></body></html>",
            "",
        ]
    )


def write_card_html(path: Path, page: CardPage) -> None:
    """Write the page to one file.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    with write_atomic(path) as part:
        part.write_text(card_html(page), encoding="utf-8")


def _card(card: CardView) -> str:
    facts = "".join(
        f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>" for what, value in card.facts
    )
    return (
        f'<section id="{_anchor(card)}"><h2>{_badge(card.grade)} '
        f'{escape(card.title)}</h2><p class="reason">{escape(card.reason)}</p>'
        f"{_walk(card)}<div class=columns>"
        f"<dl>{facts}</dl>"
        f"{_figure('Goes with (rank correlation)', dot_chart(card.correlations))}"
        f"{_figure('Moves along the walk (sd)', bar_chart(card.responses))}"
        f"</div></section>"
    )


def _walk(card: CardView) -> str:
    if not card.strips:
        return ""
    steps = "".join(f"<span>{escape(step)}</span>" for step in card.steps)
    rows = "".join(
        f"<figure><img alt='{escape(card.title)}: {escape(strip.words)} pictures' "
        f"src='{_data_uri(strip.pictures)}'><figcaption>{escape(strip.words)}"
        "</figcaption></figure>"
        for strip in card.strips
    )
    return f'<div class="walk"><div class="steps">{steps}</div>{rows}</div>'


def _figure(title: str, chart: str) -> str:
    return f'<div class="chart"><h3>{escape(title)}</h3>{chart}</div>' if chart else ""


def _badge(grade: str) -> str:
    shown = "&ndash;" if grade == "none" else escape(grade)
    words = escape(GRADES[grade])
    return f'<b class="badge g-{escape(grade)}" title="{words}">{shown}</b>'


def _anchor(card: CardView) -> str:
    return escape(card.title.lower().replace(" ", "-"))


def _data_uri(pictures: NDArray[np.float32]) -> str:
    """Return pictures, (T, H, W, 3), side by side as a PNG within the page."""
    from PIL import Image

    row = np.concatenate(list(np.clip(pictures, 0, 1)), axis=1)
    image = Image.fromarray(np.round(row * 255).astype(np.uint8))
    size = (image.width * _UPSCALE, image.height * _UPSCALE)
    buffer = io.BytesIO()
    image.resize(size, Image.Resampling.BICUBIC).quantize(256).save(
        buffer, "PNG", optimize=True
    )
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
