"""Choices about crops."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from napari_disentangle.config import Config

Channel = Annotated[int, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]


class CropConfig(Config):
    """How crops are cut; the same values for every image that is to be compared."""

    window: Literal["common", "fit"] = Field(
        "common",
        description="One window side for all cells, so that Scale compares, or a "
        "window fitted to each cell, so that size is left out.",
    )
    window_px: float = Field(
        0,
        ge=0,
        description="Side of the common window in pixels; 0 finds it: margin times "
        "the 99th percentile of the longer bounding-box side.",
    )
    margin: float = Field(
        1.5, gt=0, le=10, description="Window side over the longer bounding-box side."
    )
    background: Literal["suppress", "keep"] = Field(
        "suppress",
        description="Whether pixels outside the cell are set to 0. Names of factors "
        "hold on suppressed background only.",
    )
    projection: Literal["central", "max"] = Field(
        "central",
        description="What is shown of a z-stack: the cell's central plane, or the "
        "maximum over the cell's planes.",
    )
    channels: tuple[Channel, ...] = Field(
        (),
        max_length=3,
        description="Up to three channels, counted from 0, shown as red, green and "
        "blue; none means the first three. One channel is shown as gray.",
    )
    intensity: Literal["auto", "full", "percentile"] = Field(
        "auto",
        description="Limits of brightness: the full range of the data type, "
        "percentiles of the image, or (auto) full for 8-bit RGB and else percentiles.",
    )
    low_percentile: Percent = Field(0.1, description="Percentile that becomes black.")
    high_percentile: Percent = Field(99.9, description="Percentile that becomes white.")
    min_area_px: int = Field(
        16, ge=1, description="Cells with fewer pixels are skipped."
    )
    clear_border: bool = Field(
        False, description="Whether cells that touch the image border are skipped."
    )

    def shown_channels(self, n_channels: int) -> tuple[int, ...]:
        """Return the channels to show of `n_channels`: those chosen, or the first."""
        return self.channels or tuple(range(min(n_channels, 3)))

    @model_validator(mode="after")
    def _check_percentiles(self) -> Self:
        if self.low_percentile >= self.high_percentile:
            raise ValueError(
                "low_percentile must be below high_percentile; got "
                f"{self.low_percentile} and {self.high_percentile}"
            )
        return self
