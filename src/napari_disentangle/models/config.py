"""What a model looks like. Free of torch, so that forms open quickly."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from napari_disentangle.config import Config

Reconstruction = Literal["squared_error", "bernoulli", "paper_features"]


class ModelConfig(Config):
    """Architecture of a variational autoencoder.

    The papers' exact networks are ``variant="paper"``: for features with
    ``input_dim=768, hidden=(512, 1024, 1536), reconstruction="paper_features"``, for
    pixels with ``image_size`` 224 or 64 and ``reconstruction="bernoulli"``.
    """

    kind: Literal["features", "pixels"] = Field(
        "features", description="What the model reads: backbone features or pixels"
    )
    variant: Literal["default", "paper"] = Field(
        "default", description="Our networks, or those of the papers layer by layer"
    )
    input_dim: int = Field(
        384, ge=1, description="Numbers in a scaled feature vector (features only)"
    )
    image_size: int = Field(
        64, ge=16, description="Side of an input image in pixels (pixels only)"
    )
    latent_dim: int = Field(10, ge=1, description="Numbers in a code")
    hidden: tuple[int, ...] = Field(
        (256, 512, 768),
        min_length=1,
        description="Widths of the hidden layers, first to last (features only)",
    )
    filters: int = Field(
        128, ge=4, multiple_of=4, description="Filters of the last stage (pixels only)"
    )
    reconstruction: Reconstruction = Field(
        "squared_error", description="Error of a reconstruction"
    )

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        if any(width < 1 for width in self.hidden):
            raise ValueError(f"hidden widths must be at least 1; got {self.hidden}")
        factor = 8 if self.variant == "paper" else 16
        if self.kind == "pixels" and self.image_size % factor:
            raise ValueError(
                f"image_size must be a multiple of {factor}; got {self.image_size}"
            )
        return self

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one input, without the batch."""
        if self.kind == "features":
            return (self.input_dim,)
        return (3, self.image_size, self.image_size)
