"""Feature scaling, fitted on the training set and saved with the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from napari_disentangle.backbones._checks import check, expect, float32, take
from napari_disentangle.backbones.minmax import MinMaxScaler
from napari_disentangle.backbones.pca import principal
from napari_disentangle.errors import ConfigError, DataError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from numpy.typing import NDArray

    from napari_disentangle.backbones._checks import Array

N_COMPONENTS = 384
"""Width of the default model's input; keeps 94 % of the Source variance."""

_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class FeatureScaler:
    """Standardize each feature, clip, project on half-whitened principal components.

    ``y = clip((x - mean) / sd, -8, 8) @ components * gain``, where `gain` divides each
    component by its eigenvalue to the power 1/4 and scales all of them so that the
    total variance of the fitted values equals the number of components.

    Attributes
    ----------
    mean, sd : array, (D,)
        Of each feature; `sd` is 1 where a feature is constant.
    components : array, (D, K)
        Orthonormal principal directions, the largest first.
    gain : array, (K,)
        Factor of each component, positive.
    """

    mean: Array
    sd: Array
    components: Array
    gain: Array

    CLIP: ClassVar[float] = 8.0

    @property
    def n_features(self) -> int:
        return len(self.mean)

    @property
    def n_components(self) -> int:
        return len(self.gain)

    @classmethod
    def fit(cls, values: Array, n_components: int = N_COMPONENTS) -> Self:
        """Fit on features.

        Parameters
        ----------
        values : array, (N, D)
            At least two rows.
        n_components : int
            Wanted number of components; fewer are kept where the features span fewer
            dimensions (always so when N <= `n_components`).

        Raises
        ------
        DataError
            If the features are not a finite table of two or more differing rows.
        ConfigError
            If `n_components` is below 1.
        """
        if n_components < 1:
            raise ConfigError(
                f"A feature scaler needs at least 1 component; got {n_components}."
            )
        mean, sd = _statistics(values)
        chunks = (_standardized(values[c], mean, sd) for c in _chunks(len(values)))
        variances, components = principal(chunks, values.shape, n_components)
        total = float(np.sum(np.sqrt(variances)))
        gain = variances**-0.25 * np.sqrt(len(variances) / total)
        return cls(mean, sd, float32(components), float32(gain))

    def with_statistics_of(self, values: Array) -> Self:
        """Return this scaler with the mean and sd of other features.

        The components stay, so codes keep their meaning; each feature is standardized
        within the target, which removes the shift between data sets.

        Raises
        ------
        DataError
            If `values` are not a finite table of the right width.
        """
        check(values, self.n_features)
        mean, sd = _statistics(values)
        return replace(self, mean=mean, sd=sd)

    def transform(self, values: Array) -> Array:
        """Return scaled features, (N, K).

        Raises
        ------
        DataError
            If `values` are not a finite (N, D) table.
        """
        check(values, self.n_features)
        scaled = np.empty((len(values), self.n_components), np.float32)
        weights = self.components * self.gain
        for rows in _chunks(len(values)):
            scaled[rows] = _standardized(values[rows], self.mean, self.sd) @ weights
        return scaled

    def inverse(self, scaled: Array) -> Array:
        """Return the features, (N, D), nearest to scaled ones, (N, K).

        Clipping and the dropped components are lost.

        Raises
        ------
        DataError
            If `scaled` is not a finite (N, K) table.
        """
        check(scaled, self.n_components)
        standardized = (scaled / self.gain) @ self.components.T
        return float32(standardized * self.sd + self.mean)

    def to_arrays(self) -> dict[str, Array]:
        """Return what to save; `from_arrays` is the way back."""
        return {
            "mean": self.mean,
            "sd": self.sd,
            "components": self.components,
            "gain": self.gain,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> Self:
        """Return the scaler saved as `arrays` (float16 is welcome).

        Raises
        ------
        ModelError
            If an array is missing, of a wrong shape or not usable.
        """
        mean, sd, components, gain = take(arrays, "mean", "sd", "components", "gain")
        n_features, n_components = (
            components.shape if components.ndim == 2 else (-1, -1)
        )
        expect("mean", mean, (n_features,))
        expect("sd", sd, (n_features,))
        expect("gain", gain, (n_components,))
        if not (np.all(sd > 0) and np.all(gain > 0)):
            raise ModelError("The feature scaler holds a spread that is not positive.")
        return cls(mean, sd, components, gain)


Scaler: TypeAlias = FeatureScaler | MinMaxScaler
"""Either kind; both transform, invert, and save themselves alike."""


def scaler_from_arrays(arrays: Mapping[str, NDArray[np.floating]]) -> Scaler:
    """Return the scaler saved as `arrays`, whichever kind it is.

    Raises
    ------
    ModelError
        If an array is missing, of a wrong shape or not usable.
    """
    kind = MinMaxScaler if "range" in arrays else FeatureScaler
    return kind.from_arrays(arrays)


def _statistics(values: Array) -> tuple[Array, Array]:
    """Return mean and sd of each feature; sd 1 where it is nil beside the largest.

    Both are summed chunk by chunk in float64, so that no second table is needed.
    """
    check(values)
    chunks = [values[rows] for rows in _chunks(len(values))]
    n = max(len(values), 1)
    mean = sum((c.sum(axis=0, dtype=np.float64) for c in chunks), np.zeros(1)) / n
    squares = (np.square(c - mean).sum(axis=0) for c in chunks)
    sd = np.sqrt(sum(squares, np.zeros(1)) / n)
    if not np.any(sd > 0):
        raise DataError(
            f"Features of {len(values)} objects do not differ; at least two different "
            "objects are needed to scale features."
        )
    constant = sd <= 1e-6 * sd.max()
    return float32(mean), float32(np.where(constant, 1.0, sd))


def _standardized(values: Array, mean: Array, sd: Array) -> Array:
    scaled = values - mean
    scaled /= sd
    return np.clip(scaled, -FeatureScaler.CLIP, FeatureScaler.CLIP, out=scaled)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))
