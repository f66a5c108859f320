"""Gray textures and colors that sprites are multiplied with.

The built-in textures are brick, grass and gravel (photographs packaged with
scikit-image) and two drawn ones, spots and waves. Each loses its slow changes of
brightness and then gets the same histogram, uniform over [0.2, 1], so that no statistic
of single pixels tells the texture, least of all the mean. The papers' plates
(Normalized Brodatz) are read from the user's own folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

P = TypeVar("P", bound=np.generic)

TEXTURES = ("brick", "grass", "gravel", "spots", "waves")
"""Texture factor of the built-in textures, in order."""

BRODATZ_PLATES = ("D11", "D40", "D23", "D109", "D102")
"""Texture factor of the papers: plates of the Normalized Brodatz set, in order."""

COLORS = np.array(
    [
        (1.0, 1.0, 1.0),
        (0.9096231780824386, 0.5883403686424795, 0.3657680693481871),
        (0.6350181801577739, 0.6927729880940552, 0.3626904230371999),
        (0.3764832455369271, 0.7283900430001952, 0.5963114605342514),
        (0.39548987063404156, 0.7073922557810771, 0.7874577552076919),
        (0.6963644829189117, 0.6220697032672371, 0.899716387820763),
        (0.90815966865861, 0.5511103319168646, 0.7494337214212151),
    ]
)
"""Color factor, (7, 3), RGB multipliers: white, then six hues of equal lightness."""
COLORS.setflags(write=False)

CROP_START_PX = 20
CROP_PX = 224
DARKEST = 0.2
_USED_PX = 280  # of the photographs: the crop and a margin
_SLOW_PX = 12.0
_ROUNDS = 3


def builtin_textures(size: int) -> NDArray[np.float32]:
    """Return the five `TEXTURES`, (5, size, size), with equal histograms.

    Values are uniform over [0.2, 1]: mean 0.6, standard deviation 0.231. All sizes show
    the same patch of each texture.
    """
    from skimage import data

    photographs = [data.brick(), data.grass(), data.gravel()]
    plates = [_crop(_flatten(plate[:_USED_PX, :_USED_PX])) for plate in photographs]
    plates += [_flatten(_spots()), _flatten(_waves())]
    return np.stack([_equalize(_resize(plate, size)) for plate in plates])


def read_textures(folder: Path, size: int) -> NDArray[np.float32]:
    """Return the papers' five textures, (5, size, size), in [0, 1].

    Parameters
    ----------
    folder : Path
        Folder with D11, D40, D23, D109 and D102 of the Normalized Brodatz set, `.tif`,
        gray, 8 bit, at least 244 pixels on each side.
    size : int
        Side in pixels. Rows and columns 20 to 243 are used, as in the papers, and
        resized if `size` is not 224.

    Raises
    ------
    StorageError
        If a plate is missing or unreadable.
    DataError
        If a plate is not an 8-bit gray image or is too small.
    """
    plates = [_read_plate(folder, name) for name in BRODATZ_PLATES]
    crops = [_crop(plate).astype(np.float32) / np.float32(255) for plate in plates]
    return np.stack([_resize(crop, size) for crop in crops])


def _read_plate(folder: Path, name: str) -> NDArray[np.uint8]:
    import tifffile

    path = folder / f"{name}.tif"
    if not path.is_file():
        raise StorageError(
            f"Texture {path} is missing; the folder must hold "
            f"{', '.join(f'{plate}.tif' for plate in BRODATZ_PLATES)}."
        )
    try:
        plate = np.asarray(tifffile.imread(path))
    except (ValueError, OSError, IndexError) as error:
        raise StorageError(f"Texture {path} cannot be read: {error}.") from error
    if plate.ndim != 2 or plate.dtype != np.uint8:
        raise DataError(
            f"Texture {path} must be an 8-bit gray image; "
            f"got {plate.dtype} of shape {plate.shape}."
        )
    needed = CROP_START_PX + CROP_PX
    if min(plate.shape) < needed:
        raise DataError(
            f"Texture {path} is {plate.shape[0]} x {plate.shape[1]} pixels; "
            f"it must be at least {needed} x {needed}."
        )
    return plate


def _crop(plate: NDArray[P]) -> NDArray[P]:
    window = slice(CROP_START_PX, CROP_START_PX + CROP_PX)
    return plate[window, window]


def _spots() -> NDArray[np.float64]:
    """Return round blobs, some 20 pixels apart: noise between two blurs."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(4).standard_normal((CROP_PX, CROP_PX))
    fine = gaussian_filter(noise, 6, mode="wrap")
    coarse = gaussian_filter(noise, 9, mode="wrap")
    return np.asarray(fine - coarse)


def _waves() -> NDArray[np.float64]:
    """Return slanted stripes, 18 pixels apart, that swing gently."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(40).standard_normal((CROP_PX, CROP_PX))
    swing = gaussian_filter(noise, 20, mode="wrap")
    y, x = np.mgrid[:CROP_PX, :CROP_PX]
    phase = 2 * np.pi * (0.8 * x + 0.6 * y) / 18 + swing / swing.std()
    return np.asarray(np.sin(phase) + 0.05 * noise)


def _flatten(plate: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return `plate` without its slow changes of brightness, equalized.

    Equalizing brings some of them back, so both are done a few times.
    """
    from scipy.ndimage import gaussian_filter

    flat = plate.astype(np.float32)
    for _ in range(_ROUNDS):
        flat = _equalize(flat - gaussian_filter(flat, _SLOW_PX, mode="reflect"))
    return flat


def _resize(plate: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    from skimage.transform import resize

    if size == CROP_PX:
        return plate
    shape = (size, size)
    return np.asarray(resize(plate, shape, order=1, anti_aliasing=True), np.float32)


def _equalize(plate: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `plate` with each pixel replaced by its rank, uniform over [0.2, 1]."""
    values = np.empty(plate.size, np.float32)
    order = np.argsort(plate, axis=None, kind="stable")
    values[order] = np.linspace(DARKEST, 1, plate.size)
    return values.reshape(plate.shape)
