"""Feature scaling, fitted on the training set and saved with the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
from scipy.linalg import eigh

from napari_disentangle.errors import DataError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float32]

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
        """
        mean, sd = _statistics(values)
        variances, components = _principal(values, mean, sd, n_components)
        whitening = variances**-0.25
        total = float(np.sum(np.sqrt(variances)))
        gain = whitening * np.sqrt(len(variances) / total)
        return cls(mean, sd, _float32(components), _float32(gain))

    def with_statistics_of(self, values: Array) -> Self:
        """Return this scaler with the mean and sd of other features.

        The components stay, so codes keep their meaning; each feature is standardized
        within the target, which removes the shift between data sets.

        Raises
        ------
        DataError
            If `values` are not a finite table of the right width.
        """
        _check(values, self.n_features)
        mean, sd = _statistics(values)
        return replace(self, mean=mean, sd=sd)

    def transform(self, values: Array) -> Array:
        """Return scaled features, (N, K).

        Raises
        ------
        DataError
            If `values` are not a finite (N, D) table.
        """
        _check(values, self.n_features)
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
        _check(scaled, self.n_components)
        standardized = (scaled / self.gain) @ self.components.T
        return _float32(standardized * self.sd + self.mean)

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
        mean, sd, components, gain = _take(arrays, "mean", "sd", "components", "gain")
        n_features, n_components = (
            components.shape if components.ndim == 2 else (-1, -1)
        )
        _expect("mean", mean, (n_features,))
        _expect("sd", sd, (n_features,))
        _expect("gain", gain, (n_components,))
        if not (np.all(sd > 0) and np.all(gain > 0)):
            raise ModelError("The feature scaler holds a spread that is not positive.")
        return cls(mean, sd, components, gain)


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
        _check(values)
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
        _check(values, self.n_features)
        return self

    def transform(self, values: Array) -> Array:
        """Return ``(values - low) / (high - low)``, (N, D).

        Raises
        ------
        DataError
            If `values` are not a finite (N, D) table.
        """
        _check(values, self.n_features)
        return _float32((values - self.low) / (self.high - self.low))

    def inverse(self, scaled: Array) -> Array:
        """Return the features of scaled ones, exactly.

        Raises
        ------
        DataError
            If `scaled` is not a finite (N, D) table.
        """
        _check(scaled, self.n_features)
        return _float32(scaled * (self.high - self.low) + self.low)

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
        limits, width = _take(arrays, "range", "n_features")
        _expect("range", limits, (2,))
        _expect("n_features", width, (1,))
        low, high = (float(limit) for limit in limits)
        if not low < high:
            raise ModelError(f"The feature scaler's range {low} to {high} is empty.")
        return cls(low, high, int(width[0]))


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
    """Return mean and sd of each feature; sd 1 where it is nil beside the largest."""
    _check(values)
    mean = values.mean(axis=0, dtype=np.float64)
    sd = values.std(axis=0, dtype=np.float64)
    if len(values) < 2 or not np.any(sd > 0):
        raise DataError(
            f"Features of {len(values)} objects do not differ; at least two different "
            "objects are needed to scale features."
        )
    constant = sd <= 1e-6 * sd.max()
    return _float32(mean), _float32(np.where(constant, 1.0, sd))


def _principal(
    values: Array, mean: Array, sd: Array, n_components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return variances (K,) and directions (D, K) of the standardized features.

    The smaller of the two Gram matrices is decomposed: (D, D), summed chunk by chunk,
    or (N, N). Each direction's largest entry is positive, so a fit is repeatable.
    """
    n, width = values.shape
    if n < width:
        rows = _standardized(values, mean, sd).astype(np.float64)
        variances, left = _top(rows @ rows.T / n, n_components)
        directions = rows.T @ left / np.sqrt(n * variances)
    else:
        gram = np.zeros((width, width))
        for chunk in _chunks(n):
            part = _standardized(values[chunk], mean, sd)
            gram += part.T @ part
        variances, directions = _top(gram / n, n_components)
    largest = np.take_along_axis(
        directions, np.abs(directions).argmax(axis=0)[None], axis=0
    )
    return variances, directions * np.sign(largest)


def _top(
    gram: NDArray[np.float64], n_components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest eigenvalues, largest first, and their vectors."""
    size = len(gram)
    first = max(0, size - n_components)
    values, vectors = eigh(gram, subset_by_index=(first, size - 1))
    kept = values > 1e-6 * values[-1]
    return values[kept][::-1], vectors[:, kept][:, ::-1]


def _standardized(values: Array, mean: Array, sd: Array) -> Array:
    scaled = (values - mean) / sd
    return np.clip(scaled, -FeatureScaler.CLIP, FeatureScaler.CLIP, out=scaled)


def _check(values: Array, width: int | None = None) -> None:
    """Refuse anything but a finite table of `width` columns."""
    if values.ndim != 2 or (width is not None and values.shape[1] != width):
        wanted = f"(N, {'D' if width is None else width})"
        raise DataError(f"Features must have shape {wanted}; got {values.shape}.")
    if not np.isfinite(values).all():
        bad = int(np.count_nonzero(~np.isfinite(values).all(axis=1)))
        raise DataError(
            f"Features of {bad} of {len(values)} objects hold NaN or infinity; remove "
            "those objects or repair their image."
        )


def _take(arrays: Mapping[str, NDArray[np.floating]], *names: str) -> list[Array]:
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ModelError(f"The feature scaler lacks {', '.join(missing)}.")
    taken = [_float32(arrays[name]) for name in names]
    if not all(np.isfinite(array).all() for array in taken):
        raise ModelError("The feature scaler holds NaN or infinity.")
    return taken


def _expect(name: str, array: Array, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ModelError(
            f"The feature scaler's {name} has shape {array.shape}, which does not fit "
            f"its other arrays (expected {shape})."
        )


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))


def _float32(array: NDArray[np.floating]) -> Array:
    return np.ascontiguousarray(array, np.float32)
