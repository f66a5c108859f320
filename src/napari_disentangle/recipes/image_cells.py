"""The cells of several images as one table, and a list of the images."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.image_info import COLUMNS, add_info
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.encode import dimensions_of, order_columns
from napari_disentangle.recipes.image_names import name_with_key
from napari_disentangle.tables import (
    EXCLUDED,
    EXCLUSION_REASON,
    ID_COLUMNS,
    KEY,
    included,
    model_of,
    sort_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.pixel_size import Spacing
    from napari_disentangle.crops.segment import SegmentConfig

ALWAYS = (
    *("pos_y", "pos_x", "pos_y_um", "pos_x_um"),
    *("annotation", "prediction", "probability"),
    *(EXCLUDED, EXCLUSION_REASON, "model"),
)
"""Columns that an exported table has even if nothing is known, beside the ids."""

_TEXTS = ("annotation", "prediction", EXCLUSION_REASON, "model")


@dataclass(frozen=True, slots=True, eq=False)
class ImageCells:
    """An image and what is known of its cells.

    Attributes
    ----------
    roi_id : str
        Its name in tables; of an opened folder its name and ``/``.
    key : str
        Tells images of the same name apart.
    n_frames : int
        Number of time points.
    table : pandas.DataFrame
        One row a cell: see `cell_table`; no rows of an image without cells.
    skipped : pandas.DataFrame
        `KEY` and `reason` of the objects that have no crop.
    window_px : float
        Side of the window of its crops; NaN where each has its own.
    spacing_um : tuple of float or None
        Pixel size (y, x) in micrometers, where it is known; (z, y, x) if the distance
        of planes is known, too.
    crop : CropConfig or None
        How its crops were cut; None of an image without cells.
    limits : array, (C, 2), or None
        Intensities that became 0 and 1 in each channel of its crops, where one pair a
        channel is known.
    kind : str
        What told where its cells are: "labels", "points" or "shapes"; else empty.
    segmentation : SegmentConfig or None
        How its labels were made, if they were made here.
    axes : str
        Axes of its layer, from ``tzcyx``; empty of an image without cells.
    info : mapping of str to mapping of str to str
        What is known of the image as a whole, by its name and column: slide, day, ...;
        of a folder for each of its images.
    """

    roi_id: str
    key: str
    n_frames: int
    table: pd.DataFrame
    skipped: pd.DataFrame
    window_px: float = np.nan
    spacing_um: Spacing | None = None
    crop: CropConfig | None = None
    limits: NDArray[np.float64] | None = None
    kind: str = ""
    segmentation: SegmentConfig | None = None
    axes: str = ""
    info: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def without_cells(cls, roi_id: str, key: str, n_frames: int = 1) -> ImageCells:
        """Return an image in which there is no cell."""
        table = pd.DataFrame({name: [] for name in ID_COLUMNS})
        skipped = pd.DataFrame({name: [] for name in (*KEY, "reason")})
        return cls(roi_id, key, n_frames, table, skipped)

    @property
    def is_folder(self) -> bool:
        """Whether it is an opened folder, with the cells of all of its images."""
        return self.roi_id.endswith("/")

    @property
    def names(self) -> frozenset[str]:
        """Name of the image, or of each image of the folder."""
        if not self.is_folder:
            return frozenset([self.roi_id])
        return frozenset(self.table["roi_id"]) | frozenset(self.skipped["roi_id"])

    @property
    def model(self) -> str:
        """Id of the model of the codes, empty if there are none."""
        return model_of(self.table)


def with_image(images: Sequence[ImageCells], new: ImageCells) -> tuple[ImageCells, ...]:
    """Return `images` with `new`, in the place of what was known of it before."""
    is_it = [(known.roi_id, known.key) == (new.roi_id, new.key) for known in images]
    if not any(is_it):
        return (*images, new)
    return tuple(new if same else i for i, same in zip(images, is_it, strict=True))


def distinct(images: Sequence[ImageCells]) -> tuple[ImageCells, ...]:
    """Return `images` with a name each: those that share one get their key, too."""
    times = Counter(name for known in images for name in known.names)
    return tuple(
        known if all(times[name] == 1 for name in known.names) else _renamed(known)
        for known in images
    )


def combine(images: Sequence[ImageCells]) -> pd.DataFrame:
    """Return the cells of all images as one table.

    Every row tells image, label id, position in pixels and in micrometers, the user's
    class, predicted class and its probability, whether and why it is excluded, and the
    model: the columns `ALWAYS` are there even where nothing is known. What is known of
    images is a column each (`info_columns`).

    Raises
    ------
    DataError
        If there is no image, or the codes are of two models.
    """
    if not images:
        raise DataError("There is no image with cells yet; cut crops and encode them.")
    _check_one_model(images)
    named = distinct(images)
    tables = [_filled(known.table) for known in named if len(known.table)]
    table = pd.concat(tables or [_filled(named[0].table)], ignore_index=True)
    info = {name: values for known in named for name, values in known.info.items()}
    table = add_info(table, info, info_columns(images))
    table = table.assign(index=table["label"])
    return sort_rows(order_columns(table, dimensions_of(table)))


def info_columns(images: Sequence[ImageCells]) -> tuple[str, ...]:
    """Return the columns in which something is known of any image, the usual first."""
    every = (values for image in images for values in image.info.values())
    known = dict.fromkeys(name for values in every for name in values)
    usual = [name for name in COLUMNS if name in known]
    return (*usual, *(name for name in known if name not in COLUMNS))


def list_images(images: Sequence[ImageCells]) -> pd.DataFrame:
    """Return one row an image and time point, those without cells included.

    Returns
    -------
    pandas.DataFrame
        `roi_id`, `frame`, what is known of images, `n_cells`, `n_encoded`,
        `n_annotated`, `n_excluded`, `n_skipped`, `window_px`, `pixel_z_um`,
        `pixel_y_um`, `pixel_x_um`, `model`.
    """
    columns = info_columns(images)
    rows = [
        {
            **{"roi_id": known.roi_id, "frame": frame},
            **{name: known.info.get(known.roi_id, {}).get(name) for name in columns},
            **_counts(known, frame),
        }
        for image in distinct(images)
        for known in _parts(image)
        for frame in range(known.n_frames)
    ]
    return pd.DataFrame(rows)


def list_skipped(images: Sequence[ImageCells]) -> pd.DataFrame:
    """Return `KEY` and `reason` of all objects without a crop."""
    skipped = [known.skipped for known in distinct(images) if len(known.skipped)]
    if not skipped:
        return pd.DataFrame({name: [] for name in (*KEY, "reason")})
    return sort_rows(pd.concat(skipped, ignore_index=True))


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with all of the columns `ALWAYS`, texts as texts."""
    lacking = {name: np.nan for name in ALWAYS if name not in table}
    filled = table.assign(**lacking).astype(dict.fromkeys(_TEXTS, object))
    return filled.assign(**{EXCLUDED: ~included(table)})


def _counts(known: ImageCells, frame: int) -> dict[str, object]:
    here = known.table[known.table["frame"] == frame]
    z, y, x = (np.nan, np.nan, np.nan, *(known.spacing_um or ()))[-3:]
    return {
        "n_cells": len(here),
        "n_encoded": int(here["model"].notna().sum()) if "model" in here else 0,
        "n_annotated": (
            int(here["annotation"].notna().sum()) if "annotation" in here else 0
        ),
        "n_excluded": int((~included(here)).sum()),
        "n_skipped": int((known.skipped["frame"] == frame).sum()),
        "window_px": known.window_px,
        "pixel_z_um": z,
        "pixel_y_um": y,
        "pixel_x_um": x,
        "model": known.model or None,
    }


def _parts(known: ImageCells) -> Iterator[ImageCells]:
    """Yield each image of a folder, or `known` if it is an image."""
    if not known.is_folder:
        yield known
        return
    tables = dict(iter(known.table.groupby("roi_id")))
    skipped = dict(iter(known.skipped.groupby("roi_id")))
    for name in sorted(known.names):
        yield replace(
            known,
            roi_id=name,
            table=tables.get(name, known.table.iloc[:0]),
            skipped=skipped.get(name, known.skipped.iloc[:0]),
        )


def _renamed(known: ImageCells) -> ImageCells:
    """Return `known` with its key in its name, or before the names of its images."""
    roi_id = name_with_key(known.roi_id.rstrip("/"), known.key)
    if known.is_folder:
        roi_id += "/"
        names = {name: f"{roi_id}{name}" for name in known.names}
    else:
        names = {known.roi_id: roi_id}
    info = {names.get(name, name): values for name, values in known.info.items()}
    table, skipped = (
        part.assign(roi_id=part["roi_id"].map(names) if known.is_folder else roi_id)
        for part in (known.table, known.skipped)
    )
    return replace(known, roi_id=roi_id, info=info, table=table, skipped=skipped)


def _check_one_model(images: Sequence[ImageCells]) -> None:
    first: dict[str, str] = {}
    for known in images:
        if known.model:
            first.setdefault(known.model, known.roi_id)
    if len(first) > 1:
        (one, here), (other, there) = list(first.items())[:2]
        raise DataError(
            f"Codes of two models do not compare: {here!r} was encoded with {one}, "
            f"{there!r} with {other}; encode both with one model, or export one image."
        )
