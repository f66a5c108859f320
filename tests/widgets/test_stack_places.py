"""Cells of a z-stack are exported with their places in pixels and in micrometers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACES = ["pos_z", "pos_y", "pos_x"]
CENTERS = np.array([[1, 15, 20], [3, 20, 60], [2, 56, 24]])
MICROMETERS = np.array([2, 0.5, 0.25])


def add_cells(viewer: Any, kind: str, **options: Any) -> Any:
    """Add a stack with three cells, and where they are, and return the image."""
    z, y, x = np.mgrid[:5, :80, :90]
    labels = np.zeros(z.shape, np.int32)
    for label, (cz, cy, cx) in enumerate(CENTERS, start=1):
        ball = 9 * (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= 64
        labels[ball & (abs(z - cz) <= 1)] = label
    image = viewer.add_image(np.uint8(40 + 60 * labels), name="stack", **options)
    if kind == "labels":
        viewer.add_labels(labels, name="stack cells", **options)
    elif kind == "points":
        viewer.add_points(CENTERS, name="stack cells", **options)
    else:
        corners = np.array([[0, -8, -8], [0, -8, 8], [0, 8, 8], [0, 8, -8]])
        boxes = [center + corners for center in CENTERS]
        viewer.add_shapes(boxes, name="stack cells", **options)
    return image


@pytest.fixture
def written(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
) -> Callable[..., tuple[pd.DataFrame, Any]]:
    """Cut, encode and export as a user does; return the file as read, and the docks."""

    def write(kind: str, **options: Any) -> tuple[pd.DataFrame, Any]:
        viewer = make_napari_viewer()
        add_cells(viewer, kind, **options)
        crops, factors, export = (
            dock_in(viewer, dock) for dock in (CropsWidget, FactorsWidget, ExportWidget)
        )
        crops.axes_combo.setCurrentIndex(crops.axes_combo.findData("zyx"))
        crops.crop_form.setValue(crops.crop_form.value().replace(window_px=24))
        crops.cut()
        wait_for(crops)
        factors.set_model(pixel_model)
        factors.encode()
        wait_for(factors)
        export.folder.set_path(tmp_path / "out")
        export.form.setValue(ExportConfig(table="csv"))
        export.export()
        wait_for(export)
        return pd.read_csv(tmp_path / "out" / "cells.csv"), crops

    return write


@pytest.mark.parametrize(
    ("kind", "scale", "units"),
    [
        ("labels", (2000, 0.0005, 0.25), ("nm", "mm", "um")),
        ("points", (2, 0.5, 0.25), ("um", "um", "um")),
        ("shapes", (0.002, 0.0005, 0.00025), ("mm", "mm", "mm")),
    ],
)
def test_a_file_tells_the_place_of_each_cell_in_both_units(
    written: Callable[..., Any], tmp_path: Path, kind: str, scale: Any, units: Any
) -> None:
    table, _ = written(kind, scale=scale, units=units)
    np.testing.assert_allclose(table[PLACES], CENTERS, atol=0.5)
    in_um = table[[f"{name}_um" for name in PLACES]]
    np.testing.assert_allclose(in_um, table[PLACES] * MICROMETERS, rtol=1e-6)
    if kind == "labels":
        area = table["area_projected"] * 0.5 * 0.25
        np.testing.assert_allclose(table["area_um2"], area, rtol=1e-6)
    images = pd.read_csv(tmp_path / "out" / "images.csv")
    sizes = images[["pixel_z_um", "pixel_y_um", "pixel_x_um"]].to_numpy()
    np.testing.assert_allclose(sizes, [MICROMETERS])


@pytest.mark.parametrize("kind", ["labels", "points", "shapes"])
def test_planes_of_unknown_distance_have_no_place_in_micrometers(
    written: Callable[..., Any], tmp_path: Path, kind: str
) -> None:
    units = ("pixel", "um", "um")
    table, crops = written(kind, scale=(2, 0.5, 0.25), units=units)
    assert "pos_z_um" not in table
    np.testing.assert_allclose(table["pos_y_um"], table["pos_y"] / 2, rtol=1e-6)
    images = pd.read_csv(tmp_path / "out" / "images.csv")
    assert images["pixel_z_um"].isna().all()
    image = crops.viewer.layers["stack"]
    image.units = ("um", "um", "um")
    found = crops.session.table
    np.testing.assert_allclose(found["pos_z_um"], 2 * found["pos_z"])
    assert crops.session.images[0].spacing_um == (2, 0.5, 0.25)
    image.units = ("pixel", "um", "um")
    assert "pos_z_um" not in crops.session.table
