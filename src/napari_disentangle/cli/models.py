"""`models`: what is there to encode cells with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from napari_disentangle.storage.card import ModelCard


def models(
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or folder; repeat for more; default: the bundled ones."
        ),
    ] = None,
    get: Annotated[
        str | None,
        typer.Option(help="URL or zip file of a model to unpack for later use."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the whole cards as JSON.")
    ] = None,
) -> None:
    """List models: what they read, their dimensions and scores.

    Example: napari-disentangle models --json models.json
    """
    from napari_disentangle.cli.progress import follow
    from napari_disentangle.recipes.get_model import iter_get_model
    from napari_disentangle.storage.atomic import write_atomic
    from napari_disentangle.storage.card import read_card
    from napari_disentangle.storage.layout import bundled_models

    if get is not None:
        folder = follow(iter_get_model(get))
        typer.echo(f"{folder}\n")
        model = [*(model or ()), str(folder)]
    cards = [read_card(name) for name in model or bundled_models()]
    if json_file is not None:
        document = {"models": [card.model_dump(mode="json") for card in cards]}
        with write_atomic(json_file) as part:
            part.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    typer.echo("\n\n".join(map(_describe, cards)) or "No model is bundled.")


def _describe(card: ModelCard) -> str:
    """Return what a person wants to know of a model, one fact a line."""
    reads = "pixels" if card.model.kind == "pixels" else f"features of {card.backbone}"
    named = [d.name for d in card.dimensions if d.how_named != "unnamed"]
    facts = {
        "reads": reads,
        "dimensions": f"{len(card.dimensions)}, named: {', '.join(named) or 'none'}",
        "sharing": card.sharing,
        "trained on": card.data,
        "pictures": card.picture_source,
        "parent": card.parent,
        "license": card.license,
        **{name: f"{score.value:.3g}" for name, score in card.scores.items()},
    }
    lines = [f"  {name}: {fact}" for name, fact in facts.items() if fact]
    return "\n".join([card.name, *lines])
