"""An explanation as a page of cards for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from napari_disentangle.export.card_html import CardPage, CardView, Strip
from napari_disentangle.export.html_charts import Dot, Row
from napari_disentangle.latents.measures import MEASURES, family_of, label_of
from napari_disentangle.latents.response import untold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.recipes.explanation import Explanation, FactorCard
    from napari_disentangle.recipes.traversal import TraversalStack

T = TypeVar("T", Row, Dot)

_MOST = 7  # rows of a chart; what a dimension is named after is always among them
_KNOWN_SHARE = 0.5


def explanation_page(explanation: Explanation) -> CardPage:
    """Return an explanation as a page, to be written by `write_card_html`."""
    known = explanation.in_distribution
    cells = "1 cell" if explanation.n_cells == 1 else f"{explanation.n_cells} cells"
    start = explanation.start_label
    walked = "" if start is None else f", walks start from cell {start}"
    return CardPage(
        title=f"What the factors do: {explanation.subject}",
        subtitle=f"Model {explanation.model_id}, {cells}{walked}.",
        is_known=None if known is None else known.share >= _KNOWN_SHARE,
        notes=explanation.notes,
        cards=tuple(_view(card, explanation.stack) for card in explanation.cards),
    )


def _view(card: FactorCard, stack: TraversalStack | None) -> CardView:
    return CardView(
        title=card.title,
        grade=card.grade,
        reason=card.reason,
        facts=tuple(card_facts(card)),
        steps=() if stack is None else tuple(f"{s:+.2g}" for s in stack.steps_sd),
        strips=_strips(card, stack),
        responses=_rows(card),
        correlations=correlation_dots(card),
    )


def card_facts(card: FactorCard, channels: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return short lines about a dimension: what, and its value.

    Parameters
    ----------
    card : FactorCard
        The card.
    channels : sequence of str
        Names of the channels that crops show as red, green and blue.
    """
    use = "active" if card.active else "not active"
    facts = [
        ("Name", card.naming),
        ("Use", f"{use}: KL {card.kl:.2f} nats, spread {card.sd:.2f}"),
    ]
    if card.direction:
        facts.append(("Higher is", card.direction))
    if card.also_moves:
        told = ", ".join(response.told(channels) for response in card.also_moves)
        facts.append(("Along the walk also move", told))
    if missing := untold(card.decoded):
        told = f"{', '.join(missing)}: look at the real cells"
        facts.append(("Drawn pictures do not show", told))
    if card.drift is not None:
        where = {"source": "Source images", "target": "these cells"}
        told = ", ".join(f"{card.drift[k]:.2f} on {where[k]}" for k in card.drift)
        facts.append(("Agrees with itself before fine-tuning", told))
    if card.calibration is not None:
        facts.append(("In units", card.calibration.sentence))
    if card.truth_rank_correlation is not None:
        told = f"rank correlation {card.truth_rank_correlation:.2f}"
        facts.append(("With the true factor", told))
    return facts


def _strips(card: FactorCard, stack: TraversalStack | None) -> tuple[Strip, ...]:
    if stack is None:
        return ()
    strips = []
    for kind in stack.kinds:
        pictures, info = stack.pictures(kind)
        strips.append(Strip(info.words, pictures[card.dimension]))
    return tuple(strips)


def _rows(card: FactorCard) -> tuple[Row, ...]:
    """Return the effects of the most moved measures."""
    drawn = {r.measure: r.effect for r in card.decoded if r.is_told}
    real = {r.measure: r.effect for r in card.nearest}
    own = family_of(card.name)
    rows = [
        Row(
            MEASURES[name].label,
            drawn.get(name),
            real.get(name),
            MEASURES[name].family == own,
        )
        for name in MEASURES
        if name != "orientation" and (name in drawn or name in real)
    ]
    return tuple(_chosen(rows, [_size(row.drawn, row.real) for row in rows]))


def correlation_dots(card: FactorCard, channels: Sequence[str] = ()) -> tuple[Dot, ...]:
    """Return the largest correlations with classical measures.

    Parameters
    ----------
    card : FactorCard
        The card.
    channels : sequence of str
        Names of the channels that crops show as red, green and blue.
    """
    own = family_of(card.name)
    dots = [
        Dot(
            label_of(c.measure, channels),
            c.found.value,
            c.found.low,
            c.found.high,
            c.family == own,
        )
        for c in card.correlations
    ]
    return tuple(_chosen(dots, [abs(dot.value) for dot in dots]))


def _chosen(rows: list[T], sizes: list[float]) -> list[T]:
    """Return the largest rows in order, at least two of the dimension's own."""
    order = [rows[i] for i in np.argsort(sizes)[::-1]]
    hidden = [row for row in order[_MOST:] if row.is_own]
    n_shown = sum(row.is_own for row in order[:_MOST])
    missing = hidden[: max(0, 2 - n_shown)]
    return order[: _MOST - len(missing)] + missing


def _size(drawn: float | None, real: float | None) -> float:
    known = [abs(v) for v in (drawn, real) if v is not None and np.isfinite(v)]
    return max(known, default=0.0)
