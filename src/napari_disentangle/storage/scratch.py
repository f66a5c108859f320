"""Arrays too large for memory, in a file that vanishes with them."""

from __future__ import annotations

import tempfile
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import StorageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

IN_MEMORY = 1 << 29
"""Bytes up to which an array is held in memory."""


def scratch_bytes(
    shape: tuple[int, ...], in_memory: int = IN_MEMORY
) -> NDArray[np.uint8]:
    """Return an array of zeros, in memory or, if it is large, mapped to a file.

    The file has no name and is gone when the array is, even after a kill.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    in_memory : int
        Bytes up to which it is held in memory.

    Raises
    ------
    StorageError
        If the file cannot be made.
    """
    if prod(shape) <= in_memory:
        return np.zeros(shape, np.uint8)
    try:
        with tempfile.TemporaryFile() as file:  # the mapping outlives the handle
            return np.memmap(file, np.uint8, "w+", shape=shape)
    except OSError as error:
        raise StorageError(
            f"{prod(shape) >> 20} MB of crops find no place on disk "
            f"({error.strerror}); free some space in {tempfile.gettempdir()}."
        ) from error
