"""The card of a fine-tuned model: what it came from, and how far its names hold."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_disentangle.recipes.finetune_run import PACKAGES
from napari_disentangle.storage.card import DimensionCard, ModelCard

if TYPE_CHECKING:
    from napari_disentangle.recipes.persistence import NamePersistence
    from napari_disentangle.storage.card import HowNamed
    from napari_disentangle.storage.models import Model
    from napari_disentangle.training.finetune import FinetuneResult
    from napari_disentangle.training.finetune_config import FinetuneConfig

_RESIDUAL = "residual_"
_KEPT = 0.5
"""Least correlation with itself before, of a dimension that keeps its name."""


def finetuned_card(
    model: Model,
    config: FinetuneConfig,
    result: FinetuneResult,
    found: NamePersistence,
    *,
    name: str,
    data: str,
) -> ModelCard:
    """Return the card of a fine-tuned model.

    Parameters
    ----------
    model : Model
        The model before fine-tuning.
    config : FinetuneConfig
        How it was fine-tuned.
    result : FinetuneResult
        What came out.
    found : NamePersistence
        What became of the names.
    name : str
        Wished name; characters that a name cannot have become underscores.
    data : str
        What the cells are.
    """
    old = model.card
    known = {key: old.training[key] for key in ("data", "train") if key in old.training}
    return ModelCard(
        name=re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip("._-") or "finetuned",
        model=old.model.replace(latent_dim=result.vae.latent_dim),
        backbone=old.backbone,
        taps=old.taps,
        dimensions=_dimensions(old, config, found),
        factors=old.factors,
        sharing=old.sharing,
        training={
            **known,
            "finetune": config.model_dump(mode="json"),
            "best_epoch": result.best_epoch,
        },
        seed=config.seed,
        scores=found.scores(),
        data=f"{data}, fine-tuned from: {old.data}",
        license=old.license,
        parent=model.id,
        versions={package: version(package) for package in PACKAGES},
        picture_source=old.picture_source,
        picture_note=old.picture_note,
    )


def _dimensions(
    old: ModelCard, config: FinetuneConfig, found: NamePersistence
) -> tuple[DimensionCard, ...]:
    """Return the old dimensions, as far as their names hold, and the new ones."""
    judge = found.source or found.target
    kept = [
        _still(card, float(judge.kept[j]), j in judge.swapped, config)
        for j, card in enumerate(old.dimensions)
    ]
    taken = sum(card.name.startswith(_RESIDUAL) for card in old.dimensions)
    new = [
        DimensionCard(name=f"{_RESIDUAL}{taken + number}")
        for number in range(1, config.residual_dim + 1)
    ]
    return (*kept, *new)


def _still(
    card: DimensionCard, kept: float, swapped: bool, config: FinetuneConfig
) -> DimensionCard:
    """Return a dimension after fine-tuning.

    Replay holds names by construction; without it a name that still agrees with itself
    is a measured one, and any other is gone. Associations with factors are those of the
    model before, so they are dropped.
    """
    holds = kept >= _KEPT and not swapped
    how: HowNamed = card.how_named
    if how != "unnamed" and not (config.replays and holds):
        how = "measured" if holds else "unnamed"
    direction = card.direction if holds else ""
    return card.replace(how_named=how, direction=direction, associations={})
