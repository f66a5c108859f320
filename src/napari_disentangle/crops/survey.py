"""What must be known of many image files before crops can be planned.

Every file is opened once, so that damaged ones are found before hours of work, not
within them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.picture_files import read_mask, read_picture
from napari_disentangle.crops.regions import BOX
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.tasks import Progress, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from napari_disentangle.crops.picture_files import Kind, Picture

SAMPLED_PX = 2**12
"""About so many pixels of each image are kept to find limits of brightness."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in N image files.

    Attributes
    ----------
    found : pandas.DataFrame
        N rows, in the order of the files: `height`, `width` (pixels); `y0`, `x0`,
        `y1`, `x1`, half-open box of the mask, or of the whole image where there is
        none; `area` (pixels) of the mask or image; `digest`, equal for equal pixels;
        `reason`, why an image cannot be used, else empty (numbers are then 0);
        `mask_reason`, why its mask cannot, else empty.
    samples : dict of Kind to array, (C, n)
        Some pixels of all usable images of a kind.
    """

    found: pd.DataFrame
    samples: dict[Kind, NDArray[Any]]


def iter_survey(
    images: Sequence[Path], masks: Sequence[Path | None]
) -> Task[Progress, Survey]:
    """Open every image, and its mask where it has one, and tell what is there.

    Parameters
    ----------
    images : sequence of Path
        N image files.
    masks : sequence of Path or None
        Their masks.
    """
    rows = []
    samples: dict[Kind, list[NDArray[Any]]] = {}
    for done, (image, mask) in enumerate(zip(images, masks, strict=True), start=1):
        try:
            picture = read_picture(image)
            row = _describe(picture, mask)
        except (DataError, StorageError) as error:
            row = {"reason": _one_line(error).removeprefix(f"{image} ")}
        else:
            sample = samples.setdefault(picture.kind, [])
            sample.append(_sample(picture.planes))
        rows.append(row)
        yield Progress("Reading images", done, len(images))
    joined = {kind: np.concatenate(parts, axis=1) for kind, parts in samples.items()}
    return Survey(_table(rows), joined)


def _describe(picture: Picture, mask: Path | None) -> dict[str, object]:
    planes = picture.planes
    if (planes == planes.flat[0]).all():
        raise DataError("every pixel has the same value")
    height, width = planes.shape[1:]
    box, area, problem = (0, 0, height, width), height * width, ""
    if mask is not None:
        try:
            inside = read_mask(mask, (height, width))
            box, area = _box(inside), int(inside.sum())
        except (DataError, StorageError) as error:
            problem = _one_line(error)
    return {
        "height": height,
        "width": width,
        **dict(zip(BOX, box, strict=True)),
        "area": area,
        "digest": _digest(planes),
        "reason": "",
        "mask_reason": problem,
    }


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return the half-open box ``y0, x0, y1, x1`` of a mask.

    Raises
    ------
    DataError
        If it is empty.
    """
    ys, xs = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    if not ys.size:
        raise DataError("its mask is empty")
    return int(ys[0]), int(xs[0]), int(ys[-1]) + 1, int(xs[-1]) + 1


def _digest(planes: NDArray[Any]) -> str:
    """Return a hash of the pixels; gray is the same as three equal colors."""
    if len(planes) == 3 and (planes == planes[:1]).all():
        planes = planes[:1]
    head = f"{planes.dtype} {planes.shape}".encode()
    pixels = np.ascontiguousarray(planes).tobytes()
    return blake2b(head + pixels, digest_size=16).hexdigest()


def _sample(planes: NDArray[Any]) -> NDArray[Any]:
    flat = planes.reshape(len(planes), -1)
    return flat[:, :: max(1, flat.shape[1] // SAMPLED_PX)].copy()


def _table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    numbers = ["height", "width", *BOX, "area"]
    texts = ["digest", "reason", "mask_reason"]
    table = pd.DataFrame(rows, columns=[*numbers, *texts])
    table[numbers] = table[numbers].fillna(0).astype(np.int64)
    table[texts] = table[texts].fillna("")
    return table
