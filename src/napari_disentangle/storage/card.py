"""The card of a model: what it is, how it was made, and how good it is.

Free of torch, so that a list of models opens quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, JsonValue, model_validator

from napari_disentangle.config import Config, read_config
from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.layout import CARD, model_folder

if TYPE_CHECKING:
    from pathlib import Path

FORMAT_VERSION = 1
"""Version of the model folder; raised when an older reader would misread it."""

PictureSource = Literal["none", "synthetic", "own cells"]
"""What the pictures of a model were learned from."""

HowNamed = Literal["by construction", "measured", "unnamed"]


class DimensionCard(Config):
    """One latent dimension."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="Name, as in the column z_<name>"
    )
    how_named: HowNamed = Field("unnamed", description="How the dimension got its name")
    direction: str = Field("", description="What a higher value means, where known")
    associations: dict[str, float] = Field(
        default_factory=dict,
        description="S of OMES with each factor of unseen Source images: 1 follows the "
        "factor, 0 ignores it; empty for a dimension that is silent",
    )


class ScoreCard(Config):
    """One measured number."""

    value: float = Field(description="The measured value")
    ceiling: float | None = Field(
        None, description="The best value that this protocol can give, if known"
    )
    chance: float | None = Field(
        None, description="The value of codes that know nothing, if known"
    )
    protocol: str = Field("", description="On what data and how it was measured")


class ModelCard(Config):
    """Everything about a model but its numbers; `model.json` in its folder."""

    format_version: int = Field(FORMAT_VERSION, ge=1, le=FORMAT_VERSION)
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    model: ModelConfig = Field(description="Architecture")
    backbone: str = Field("", description="Backbone of the features; empty for pixels")
    taps: tuple[str, ...] = Field((), description="Layers the features come from")
    dimensions: tuple[DimensionCard, ...] = Field(description="In order of the code")
    factors: dict[str, int] = Field(
        default_factory=dict,
        description="Factors of the Source data, with their numbers of values",
    )
    sharing: str = Field("", description="Sharing mode that the model was trained with")
    training: dict[str, JsonValue] = Field(
        default_factory=dict, description="The whole training config"
    )
    seed: int = 0
    scores: dict[str, ScoreCard] = Field(default_factory=dict)
    data: str = Field("", description="What it was trained on")
    license: str = Field("BSD-3-Clause", description="License of the weights")
    parent: str = Field("", description="Id of the model it was fine-tuned from")
    versions: dict[str, str] = Field(
        default_factory=dict, description="Versions of the packages that made it"
    )
    picture_source: PictureSource = "none"
    picture_note: str = Field(
        "", description="What must be said of pictures that were learned from own cells"
    )

    @model_validator(mode="after")
    def _check_dimensions(self) -> Self:
        names = self.dimension_names
        if len(names) != self.model.latent_dim or len(set(names)) != len(names):
            raise ValueError(
                f"{self.model.latent_dim} dimensions need as many distinct names; "
                f"got {names}"
            )
        if self.model.kind == "features" and not self.backbone:
            raise ValueError("a model of features must name its backbone")
        return self

    @property
    def dimension_names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)


def read_card(name_or_dir: str | Path) -> ModelCard:
    """Return the card of a model, given by bundled name or by folder.

    Raises
    ------
    ModelError
        If there is no such model, or its card is missing or damaged.
    """
    path = model_folder(name_or_dir) / CARD
    if not path.is_file():
        raise ModelError(
            f"{path.parent} is not a model folder: it has no {CARD}; choose a folder "
            "that a training wrote."
        )
    try:
        return read_config(ModelCard, path)
    except ConfigError as error:
        raise ModelError(f"Model card {path} is damaged: {error}") from error


def write_card(path: Path, card: ModelCard) -> None:
    """Write `card` as indented JSON to `path`."""
    path.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
