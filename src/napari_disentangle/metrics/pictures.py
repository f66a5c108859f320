"""How like a real picture a drawn one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pictures = NDArray[np.float32]
    Masks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like N real pictures the drawn ones are; means over pictures.

    Attributes
    ----------
    error : float
        Root mean square error of all pixels, of 1.
    ssim : float
        Structural similarity (Wang et al., 2004; 7 pixels, the three colors averaged)
        of the whole picture.
    ssim_cell : float
        The same over the pixels of the cell; an empty background counts for nothing.
    found : float
        Share of drawn pictures that are nearer to their own real picture than to any
        other, by root mean square error: is it still this cell?
    n : int
        Number of pictures; guessing finds one in N.
    """

    error: float
    ssim: float
    ssim_cell: float
    found: float
    n: int


def likeness(drawn: Pictures, real: Pictures, masks: Masks) -> Likeness:
    """Return how like the real pictures, (N, H, W, 3) in [0, 1], the drawn ones are.

    Parameters
    ----------
    drawn, real : array, (N, H, W, 3)
        Pictures, row by row.
    masks : array, (N, H, W)
        Pixels of the cell in each real picture; all of them where there is none.

    Raises
    ------
    DataError
        If shapes differ, or there is no picture.
    """
    if len(real) == 0 or drawn.shape != real.shape or masks.shape != real.shape[:3]:
        raise DataError(
            f"Pictures are compared one to one, at least one; got {drawn.shape} drawn, "
            f"{real.shape} real and masks {masks.shape}."
        )
    maps = [_ssim_map(a, b) for a, b in zip(drawn, real, strict=True)]
    own = [
        each[mask].mean() if mask.any() else each.mean()
        for each, mask in zip(maps, masks, strict=True)
    ]
    nearest = _apart(drawn, real).argmin(axis=1)
    errors = np.sqrt(np.square(drawn - real).mean(axis=(1, 2, 3)))
    return Likeness(
        error=float(errors.mean()),
        ssim=float(np.mean([each.mean() for each in maps])),
        ssim_cell=float(np.mean(own)),
        found=float(np.mean(nearest == np.arange(len(real)))),
        n=len(real),
    )


def _ssim_map(drawn: NDArray[np.float32], real: NDArray[np.float32]) -> Pictures:
    from skimage.metrics import structural_similarity

    _, found = structural_similarity(
        drawn, real, channel_axis=-1, data_range=1.0, full=True
    )
    return np.asarray(found.mean(axis=-1), np.float32)


def _apart(drawn: Pictures, real: Pictures) -> NDArray[np.float64]:
    """Return squared distances of each drawn picture, (N, N), to each real one."""
    a, b = (each.reshape(len(each), -1).astype(np.float64) for each in (drawn, real))
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)
    return np.asarray(squares - 2 * a @ b.T)
