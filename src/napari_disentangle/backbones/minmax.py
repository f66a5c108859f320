"""The papers' feature scaling: one range for all features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.backbones._checks import check, expect, float32, take
from napari_disentangle.errors import DataError, ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from numpy.typing import NDArray

    from napari_disentangle.backbones._checks import Array


@dataclass(frozen=True, slots=True)
class MinMaxScaler:
    """The papers' scaling: one minimum and one maximum for all features.

    Attributes
    ----------
    low, high : float
        Values that become 0 and 1; values beyond them are not clipped.
    n_features : int
        Width of the features.
    """

    low: float
    high: float
    n_features: int

    @property
    def n_components(self) -> int:
        return self.n_features

    @classmethod
    def fit(cls, values: Array) -> Self:
        """Fit on features, (N, D).

        Raises
        ------
        DataError
            If the features are not finite or are all equal.
        """
        check(values)
        low, high = float(values.min()), float(values.max())
        if not low < high:
            raise DataError("Features are all equal; nothing can be scaled.")
        return cls(low, high, values.shape[1])

    @classmethod
    def of_papers(cls) -> Self:
        """Return the papers' constants for ``timm:vit_base_patch16_224.dino+raw``.

        They were measured on Texture-dSprites by Dapueto et al., IJCNN 2025.
        """
        return cls(-14.5106125, 19.817413, 768)

    def with_statistics_of(self, values: Array) -> Self:
        """Return this scaler: the papers keep the Source constants on every target.

        Raises
        ------
        DataError
            If `values` are not a finite table of the right width.
        """
        check(values, self.n_features)
        return self

    def transform(self, values: Array) -> Array:
        """Return ``(values - low) / (high - low)``, (N, D).

        Raises
        ------
        DataError
            If `values` are not a finite (N, D) table.
        """
        check(values, self.n_features)
        return float32((values - self.low) / (self.high - self.low))

    def inverse(self, scaled: Array) -> Array:
        """Return the features of scaled ones, exactly.

        Raises
        ------
        DataError
            If `scaled` is not a finite (N, D) table.
        """
        check(scaled, self.n_features)
        return float32(scaled * (self.high - self.low) + self.low)

    def to_arrays(self) -> dict[str, Array]:
        """Return what to save; `from_arrays` is the way back."""
        return {
            "range": np.array([self.low, self.high], np.float32),
            "n_features": np.array([self.n_features], np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> Self:
        """Return the scaler saved as `arrays`.

        Raises
        ------
        ModelError
            If an array is missing, of a wrong shape or not usable.
        """
        limits, width = take(arrays, "range", "n_features")
        expect("range", limits, (2,))
        expect("n_features", width, (1,))
        low, high = (float(limit) for limit in limits)
        if not low < high:
            raise ModelError(f"The feature scaler's range {low} to {high} is empty.")
        return cls(low, high, int(width[0]))
