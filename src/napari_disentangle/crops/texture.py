"""Texture and color of the pixels of one cell: classical measures, opt-in.

They cost some milliseconds a cell, so `measure` leaves them out; the check of factor
names asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from napari_disentangle.crops.measure import roughness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Gray = NDArray[np.float64]
    Mask = NDArray[np.bool_]

TEXTURE_COLUMNS = (
    "texture_contrast",
    "texture_homogeneity",
    "texture_entropy",
    "texture_correlation",
    "texture_anisotropy",
    "texture_patterns",
    "texture_edges",
    "texture_roughness",
)
"""Texture measures of `texture`, in order."""

COLOR_COLUMNS = ("color_red", "color_green", "color_blue", "color_saturation")
"""Color measures of `color`, in order."""

_LEVELS = 8  # of gray in the co-occurrence matrix
_TURNS = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
_LBP_POINTS, _LBP_RADIUS = 8, 1
_EDGE_PATTERNS = slice(3, 6)  # three to five neighbors in a row are brighter


def texture(gray: NDArray[Any], mask: Mask) -> dict[str, float]:
    """Return texture measures of one cell.

    Parameters
    ----------
    gray : array, (Y, X)
        Brightness; its unit does not matter.
    mask : array, (Y, X)
        Pixels of the cell.

    Returns
    -------
    dict of str to float
        The `TEXTURE_COLUMNS`, NaN where the cell is too small or of one gray:
        contrast, homogeneity, entropy (nats) and correlation of Haralick's gray-level
        co-occurrence matrix (1973) of direct neighbors, over four directions, 8 levels
        between the cell's own 1st and 99th percentile; anisotropy, how much its
        contrast differs between directions (0: not at all); of the uniform local binary
        patterns (Ojala et al., 2002; 8 points, radius 1) the entropy (``patterns``, in
        nats) and the share of those seen on straight edges; `roughness`.
    """
    inside = gray[mask].astype(np.float64)
    if inside.size < _LEVELS or np.ptp(inside) == 0:
        return dict.fromkeys(TEXTURE_COLUMNS, float("nan"))
    window = ndimage.find_objects(mask.astype(np.uint8))[0]
    values, cell = gray[window].astype(np.float64), mask[window]
    measured = {
        **_haralick(_quantize(values, cell)),
        **_patterns(values, cell),
        "texture_roughness": roughness(values, cell),
    }
    return {name: measured[name] for name in TEXTURE_COLUMNS}


def color(values: NDArray[Any], mask: Mask) -> dict[str, float]:
    """Return the mean color of one cell, free of its brightness.

    Parameters
    ----------
    values : array, (3, Y, X), at least 0
        Red, green and blue.
    mask : array, (Y, X)
        Pixels of the cell.

    Returns
    -------
    dict of str to float
        The `COLOR_COLUMNS`: the share of each color in the sum of all three (1/3 each
        for gray) and the saturation of the mean color, in [0, 1]; NaN for black.
    """
    mean = values[:, mask].mean(axis=1, dtype=np.float64)
    if not mean.sum() > 0:
        return dict.fromkeys(COLOR_COLUMNS, float("nan"))
    shares = mean / mean.sum()
    saturation = 1 - mean.min() / mean.max()
    return dict(
        zip(COLOR_COLUMNS, (*map(float, shares), float(saturation)), strict=True)
    )


def _quantize(gray: Gray, mask: Mask) -> NDArray[np.uint8]:
    """Return levels 1 to 8 in the cell, 0 outside."""
    low, high = np.percentile(gray[mask], [1, 99])
    share = (gray - low) / max(high - low, np.finfo(np.float64).tiny)
    levels = np.clip(share * _LEVELS, 0, _LEVELS - 1).astype(np.uint8)
    return np.where(mask, levels + np.uint8(1), np.uint8(0))


def _haralick(levels: NDArray[np.uint8]) -> dict[str, float]:
    from skimage.feature import graycomatrix

    pairs = graycomatrix(levels, [1], _TURNS, levels=_LEVELS + 1, symmetric=True)
    counts = pairs[1:, 1:, 0].astype(np.float64)  # without the outside, (8, 8, 4)
    if not counts.any():
        names = ("contrast", "homogeneity", "entropy", "correlation", "anisotropy")
        return {f"texture_{name}": float("nan") for name in names}
    i, j = np.mgrid[:_LEVELS, :_LEVELS].astype(np.float64)
    apart = np.square(i - j)
    by_turn = (counts * apart[..., None]).sum(axis=(0, 1))
    by_turn /= np.maximum(counts.sum(axis=(0, 1)), 1)
    p = counts.sum(axis=-1) / counts.sum()
    mean = (p * i).sum()
    variance = (p * np.square(i - mean)).sum()
    together = (p * (i - mean) * (j - mean)).sum()
    contrast = float((p * apart).sum())
    return {
        "texture_contrast": contrast,
        "texture_homogeneity": float((p / (1 + apart)).sum()),
        "texture_entropy": float(-(p[p > 0] * np.log(p[p > 0])).sum()),
        "texture_correlation": float(together / variance) if variance else np.nan,
        "texture_anisotropy": float(by_turn.std() / contrast) if contrast else np.nan,
    }


def _patterns(gray: Gray, mask: Mask) -> dict[str, float]:
    """Return what uniform local binary patterns tell; the cell's rim is left out."""
    from skimage.feature import local_binary_pattern

    span = np.ptp(gray[mask])
    shades = np.round((gray - gray[mask].min()) / span * 255).clip(0, 255)
    found = local_binary_pattern(
        shades.astype(np.uint8), _LBP_POINTS, _LBP_RADIUS, "uniform"
    )
    core = ndimage.binary_erosion(mask, np.ones((3, 3)))
    kinds = found[core if core.any() else mask].astype(np.int64)
    share = np.bincount(kinds, minlength=_LBP_POINTS + 2) / len(kinds)
    return {
        "texture_patterns": float(-(share[share > 0] * np.log(share[share > 0])).sum()),
        "texture_edges": float(share[_EDGE_PATTERNS].sum()),
    }
