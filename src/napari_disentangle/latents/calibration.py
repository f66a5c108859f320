"""From codes to units: Scale in micrometers, Orientation in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.latents.measures import ELONGATED

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

MIN_CELLS = 20
"""Fewer cells give no calibration."""

_POWERS = {"diameter": 1, "orientation": 3}
_HALF_TURN = 180.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a code reads in a unit.

    Attributes
    ----------
    quantity : str
        ``diameter`` (of the disk of the same area) or ``orientation`` (of the long
        axis, as scikit-image has it, up to half a turn).
    unit : str
        ``um``, ``px`` or ``deg``.
    residual : float
        Error to expect of a new cell, in `unit`: root mean square of the diameter, mean
        absolute of the angle; each cell is read off a fit without it.
    chance : float
        The same error of a code that knows nothing.
    n : int
        Cells it rests on.
    coefficients : tuple of tuple of float
        Polynomials of the code, lowest power first: one of the diameter, or two, of
        cosine and sine of the doubled angle.
    """

    quantity: str
    unit: str
    residual: float
    chance: float
    n: int
    coefficients: tuple[tuple[float, ...], ...]

    @property
    def sentence(self) -> str:
        """What the code reads, and how well."""
        if self.residual > 0.8 * self.chance:
            return f"It tells the {self.quantity} no better than a guess would."
        unit = {"deg": "°", "um": " µm", "px": " px"}[self.unit]
        told = f"± {self.residual:.3g}{unit} (a guess: ± {self.chance:.3g}{unit})"
        if self.quantity == "diameter":
            start, slope = self.coefficients[0]
            sign = "+" if slope >= 0 else "-"
            return (
                f"Diameter = {start:.3g}{unit} {sign} {abs(slope):.3g} · code, {told}."
            )
        return f"It tells the orientation {told}, of elongated cells only."

    def read(self, codes: ArrayLike) -> Array:
        """Return what codes, (N,), mean in `unit`; angles in -90 to 90."""
        found = (
            _powers(np.asarray(codes, np.float64), self.quantity)
            @ np.array(self.coefficients).T
        )
        return found[:, 0] if self.quantity == "diameter" else _angle(found)


def calibrate_scale(
    codes: ArrayLike, area_px: ArrayLike, pixel_um: float | None = None
) -> Calibration | None:
    """Return how a code reads as a diameter, None for fewer than `MIN_CELLS`.

    Parameters
    ----------
    codes : array, (N,)
        Codes of the Scale dimension.
    area_px : array, (N,)
        Area of each cell in pixels of the image.
    pixel_um : float, optional
        Side of a pixel in micrometers; diameters are in pixels without.
    """
    area = np.asarray(area_px, np.float64)
    diameter = 2 * np.sqrt(area / np.pi) * (pixel_um or 1.0)
    x = np.asarray(codes, np.float64)
    known = np.isfinite(x) & np.isfinite(diameter)
    x, y = x[known], diameter[known, None]
    if len(x) < MIN_CELLS or np.ptp(x) == 0:
        return None
    weights, expected = _fit(x, y, "diameter")
    off = y - expected
    return Calibration(
        quantity="diameter",
        unit="um" if pixel_um else "px",
        residual=float(np.sqrt(np.square(off).mean())),
        chance=float(y.std(ddof=1)),
        n=len(x),
        coefficients=_as_tuples(weights),
    )


def calibrate_orientation(
    codes: ArrayLike, angle: ArrayLike, eccentricity: ArrayLike
) -> Calibration | None:
    """Return how a code reads as the direction of a cell's long axis.

    Cosine and sine of the doubled angle are polynomials of the code, so that the half
    turn has no seam. Round cells have no orientation and are left out; None if fewer
    than `MIN_CELLS` are left.

    Parameters
    ----------
    codes : array, (N,)
        Codes of the Orientation dimension.
    angle : array, (N,)
        Orientation of each cell in radians.
    eccentricity : array, (N,)
        Eccentricity of each cell.
    """
    x, turn = np.asarray(codes, np.float64), 2 * np.asarray(angle, np.float64)
    long = np.asarray(eccentricity, np.float64) >= ELONGATED
    known = long & np.isfinite(x) & np.isfinite(turn)
    x, turn = x[known], turn[known]
    if len(x) < MIN_CELLS or np.ptp(x) == 0:
        return None
    waves = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    weights, expected = _fit(x, waves, "orientation")
    truth = np.rad2deg(turn) / 2
    middle = _angle(waves.mean(axis=0, keepdims=True))
    return Calibration(
        quantity="orientation",
        unit="deg",
        residual=float(_apart(_angle(expected), truth).mean()),
        chance=float(_apart(middle, truth).mean()),
        n=len(x),
        coefficients=_as_tuples(weights),
    )


def _fit(x: Array, y: Array, quantity: str) -> tuple[Array, Array]:
    """Return weights and what fits without each sample expect of it, (N, k)."""
    terms = _powers(x, quantity)
    inverse = np.linalg.pinv(terms)
    weights = inverse @ y
    own = np.clip(np.einsum("np,pn->n", terms, inverse), 0, 1 - 1e-9)[:, None]
    expected = (terms @ weights - own * y) / (1 - own)
    return weights, expected


def _powers(x: Array, quantity: str) -> Array:
    return np.stack([x**power for power in range(_POWERS[quantity] + 1)], axis=1)


def _angle(waves: Array) -> Array:
    """Return half the angle of cosines and sines, (N, 2), in degrees, -90 to 90."""
    return np.asarray(np.rad2deg(np.arctan2(waves[:, 1], waves[:, 0])) / 2)


def _apart(a: Array, b: Array) -> Array:
    """Return the difference of axes in degrees, 0 to 90."""
    gap = np.abs(a - b) % _HALF_TURN
    return np.minimum(gap, _HALF_TURN - gap)


def _as_tuples(weights: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, column)) for column in weights.T)
