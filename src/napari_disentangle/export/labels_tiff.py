"""Label images as TIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tifffile

from napari_disentangle.errors import DataError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_AXES = "TZYX"


def write_labels(path: Path, labels: NDArray[np.integer]) -> None:
    """Write a label image as TIFF.

    It is an ImageJ hyperstack of 16-bit numbers; where an id does not fit, a plain TIFF
    of 32-bit numbers, since ImageJ knows none of these.

    Parameters
    ----------
    path : Path
        File to write.
    labels : array, (T, Z, Y, X)
        Object ids, 0 is background. Axes of length 1 before Y are left out.

    Raises
    ------
    DataError
        If ids are negative or too large.
    StorageError
        If the file cannot be written.
    """
    kept = [n for n, size in enumerate(labels.shape) if n > 1 or size > 1]
    axes = "".join(_AXES[n] for n in kept)
    plain = np.asarray(labels).reshape([labels.shape[n] for n in kept])
    low, high = int(plain.min()), int(plain.max())
    if low < 0 or high > np.iinfo(np.uint32).max:
        raise DataError(f"Label ids must be 0 to 2^32 - 1; got {low} to {high}.")
    imagej = high <= np.iinfo(np.uint16).max
    with write_atomic(path) as part:
        tifffile.imwrite(
            part,
            plain.astype(np.uint16 if imagej else np.uint32),
            imagej=imagej,
            metadata={"axes": axes},
            compression="zlib",
        )
