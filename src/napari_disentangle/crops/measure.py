"""Classical measurements of cells, on the raw image: shape, intensity, texture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from napari_disentangle.crops.images import check_match
from napari_disentangle.crops.pixel_size import with_micrometers
from napari_disentangle.crops.planes import Planes
from napari_disentangle.crops.regions import iter_regions
from napari_disentangle.tables import ID_COLUMNS
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.pixel_size import Spacing

SHAPE_COLUMNS = (
    "perimeter",
    "eccentricity",
    "solidity",
    "extent",
    "axis_major_length",
    "axis_minor_length",
    "orientation",
    "equivalent_diameter_area",
)
"""scikit-image's regionprops of a cell's mask, in pixels and radians."""

CELLS_A_STEP = 64
"""Progress is reported after so many cells."""


def measure(
    image: LazyArray,
    labels: LazyArray,
    *,
    spacing_um: Spacing | None = None,
    roi_id: str = "image",
) -> pd.DataFrame:
    """Return measurements of each object: see `iter_measure`."""
    return run(iter_measure(image, labels, spacing_um=spacing_um, roi_id=roi_id))


def iter_measure(
    image: LazyArray,
    labels: LazyArray,
    *,
    spacing_um: Spacing | None = None,
    roi_id: str = "image",
) -> Task[Progress, pd.DataFrame]:
    """Measure each object at each time point.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X), any real type
        The image; numpy or dask. Missing values (NaN, infinite) are left out.
    labels : array, (T, Z, Y, X), any integer type
        Id of the object at each pixel; 0 is background.
    spacing_um : tuple of float, optional
        Height and width of a pixel in micrometers, before them the distance of the
        planes if it is known.
    roi_id : str
        Name of the image.

    Returns
    -------
    pandas.DataFrame
        One row an object and time point, sorted by key: the `ID_COLUMNS`; `area`
        (pixels, in a stack voxels); the `SHAPE_COLUMNS` (`orientation` in radians,
        between the first axis and the major axis, counter-clockwise); for each channel
        `intensity_mean_0` ... and `intensity_std_0` ... in units of the image;
        `texture_roughness` (see `roughness`); `pos_y`, `pos_x` and in a stack `pos_z`
        (pixels). With `spacing_um` also `area_um2`, `pos_y_um`, `pos_x_um`, and
        `pos_z_um` if the distance of planes is known. In a stack shapes are those of
        the mask's projection along z, whose pixels are `area_projected` and whose
        `area_um2` is given. What cannot be measured is NaN.

    Raises
    ------
    CropError
        If labels and image differ in shape.
    DataError
        If labels are no integers or negative.
    """
    check_match(image, labels)
    regions = yield from iter_regions(labels, roi_id)
    return (
        yield from iter_measure_regions(image, labels, regions, spacing_um=spacing_um)
    )


def iter_measure_regions(
    image: LazyArray,
    labels: LazyArray,
    regions: pd.DataFrame,
    *,
    spacing_um: Spacing | None = None,
) -> Task[Progress, pd.DataFrame]:
    """Measure some objects, as `iter_measure`, without looking for them again.

    Parameters
    ----------
    image, labels, spacing_um
        As in `iter_measure`.
    regions : pandas.DataFrame
        Rows of `find_regions`. An object whose pixels are gone meanwhile is NaN.
    """
    regions = regions.reset_index(drop=True)
    planes, masks = Planes(image), Planes(labels)
    rows = []
    for done, region in enumerate(regions.to_dict("records"), start=1):
        rows.append(_measure_one(planes, masks, region))
        if done % CELLS_A_STEP == 0 or done == len(regions):
            yield Progress("Measuring cells", done, len(regions))
    measured = pd.DataFrame(rows, columns=_columns(planes.n_channels), dtype=float)
    position = [name for name in ("pos_z", "pos_y", "pos_x") if name in regions]
    table = pd.concat(
        [regions[[*ID_COLUMNS, "area"]], measured, regions[position]], axis=1
    )
    if planes.n_z == 1:
        table = table.drop(columns="area_projected")
    return table if spacing_um is None else with_micrometers(table, spacing_um)


def roughness(values: NDArray[np.floating[Any]], mask: NDArray[np.bool_]) -> float:
    """Return how much neighboring pixels of a cell differ, against all its pixels.

    The root of half the mean squared difference of horizontal and vertical neighbors
    (half the contrast of Haralick's co-occurrence matrix at distance 1), over the
    standard deviation: near 0 for a smooth gradient, about 1 for noise without any
    pattern. It does not change with brightness or contrast.

    Parameters
    ----------
    values : array, (..., Y, X)
        Intensities; missing values are left out.
    mask : array, (..., Y, X)
        Pixels of the cell.

    Returns
    -------
    float
        At least 0; NaN if the cell has no neighboring pixels or one value only.
    """
    inside = mask & np.isfinite(values)
    if not inside.any():
        return float("nan")
    values = values - values[inside].mean()
    squares, n_pairs = 0.0, 0
    for axis in (-2, -1):
        pairs = _ahead(inside, axis) & _behind(inside, axis)
        steps = (_ahead(values, axis) - _behind(values, axis))[pairs]
        squares += float(np.square(steps, dtype=np.float64).sum())
        n_pairs += steps.size
    variance = float(values[inside].var())
    if n_pairs == 0 or variance == 0:
        return float("nan")
    return float(np.sqrt(squares / n_pairs / 2 / variance))


def _measure_one(
    planes: Planes, masks: Planes, region: dict[Any, Any]
) -> dict[str, float]:
    ys, xs = slice(region["y0"], region["y1"]), slice(region["x0"], region["x1"])
    depth = range(region["z0"], region["z1"])
    frame, label = region["frame"], region["label"]
    mask = np.stack([masks.read(frame, z, ys, xs) == label for z in depth])
    values = np.stack([planes.read(frame, z, ys, xs) for z in depth], axis=1)
    gray = values[:3].mean(axis=0, dtype=np.float64)
    projected: NDArray[np.bool_] = np.any(mask, axis=0)
    if not projected.any():
        return {}
    return {
        **_shape(projected),
        **_intensity(values[:, mask]),
        "texture_roughness": roughness(gray, mask),
    }


def _shape(mask: NDArray[np.bool_]) -> dict[str, float]:
    from skimage.measure import regionprops

    (found,) = regionprops(mask.astype(np.uint8))
    return {
        "area_projected": found.area,
        **{name: found[name] for name in SHAPE_COLUMNS},
    }


def _intensity(values: NDArray[Any]) -> dict[str, float]:
    """Return mean and standard deviation of each row of `values`, (C, n)."""
    measured = {}
    for channel, row in enumerate(values.astype(np.float64)):
        present = row[np.isfinite(row)]
        mean, std = (present.mean(), present.std()) if present.size else (np.nan,) * 2
        measured[f"intensity_mean_{channel}"] = float(mean)
        measured[f"intensity_std_{channel}"] = float(std)
    return measured


def _columns(n_channels: int) -> list[str]:
    intensity = [
        f"intensity_{kind}_{channel}"
        for kind in ("mean", "std")
        for channel in range(n_channels)
    ]
    return ["area_projected", *SHAPE_COLUMNS, *intensity, "texture_roughness"]


def _ahead(array: NDArray[Any], axis: int) -> NDArray[Any]:
    return array[..., 1:, :] if axis == -2 else array[..., 1:]


def _behind(array: NDArray[Any], axis: int) -> NDArray[Any]:
    return array[..., :-1, :] if axis == -2 else array[..., :-1]
