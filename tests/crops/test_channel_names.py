"""Names of channels are what the file tells; what it does not is not made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from napari_disentangle.crops.channel_names import names_in, read_channel_names

if TYPE_CHECKING:
    from pathlib import Path


def test_an_ome_tiff_tells_its_channels(tmp_path: Path) -> None:
    path = tmp_path / "cells.ome.tif"
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "GFP & more"]}}
    tifffile.imwrite(path, np.zeros((2, 30, 40), np.uint16), metadata=metadata)
    assert read_channel_names(path) == ("DAPI", "GFP & more")


def test_a_tiff_without_names_tells_none(tmp_path: Path) -> None:
    data = np.zeros((2, 30, 40), np.uint16)
    for name, options in (
        ("plain.tif", {}),
        ("imagej.tif", {"imagej": True}),
        ("bare.ome.tif", {"metadata": {"axes": "CYX"}}),
    ):
        tifffile.imwrite(tmp_path / name, data, **options)
        assert read_channel_names(tmp_path / name) == ()


def write_imagej(path: Path, shape: tuple[int, ...], labels: list[str]) -> None:
    """Write a hyperstack, (Z, C, Y, X) or (C, Y, X), with a label a slice."""
    metadata = {"axes": "ZCYX"[-len(shape) :], "Labels": labels}
    pixels = np.zeros(shape, np.uint16)
    tifffile.imwrite(path, pixels, imagej=True, metadata=metadata)


def test_slice_labels_of_imagej_tell_its_channels(tmp_path: Path) -> None:
    path = tmp_path / "cells.tif"
    write_imagej(path, (2, 30, 40), ["DAPI\nexposure 20 ms", "GFP"])
    assert read_channel_names(path) == ("DAPI", "GFP")
    write_imagej(path, (3, 2, 30, 40), ["DAPI", "GFP"] * 3)
    assert read_channel_names(path) == ("DAPI", "GFP")


@pytest.mark.parametrize(
    "labels",
    [
        ["c:1/2 - cells.nd2", "c:2/2 - cells.nd2"],
        ["cells.tif", "cells.tif"],
        ["DAPI", ""],
        ["DAPI"],
        ["DAPI", "GFP", "GFP", "DAPI"],
        ["z1", "z1", "z2", "z2"],
    ],
)
def test_slice_labels_that_name_no_channels_tell_none(
    tmp_path: Path, labels: list[str]
) -> None:
    path = tmp_path / "cells.tif"
    shape = (2, 2, 30, 40) if len(labels) == 4 else (2, 30, 40)
    write_imagej(path, shape, labels)
    assert read_channel_names(path) == ()


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_an_ome_zarr_tells_its_channels(tmp_path: Path, version: str) -> None:
    omero = {"channels": [{"label": "DAPI", "color": "0000FF"}, {"label": "Cy5"}]}
    written: dict[str, Any] = {"omero": omero}
    name = ".zattrs"
    if version == "0.5":
        name, written = "zarr.json", {"attributes": {"ome": {"omero": omero}}}
    folder = tmp_path / "cells.zarr"
    folder.mkdir()
    (folder / name).write_text(json.dumps(written))
    assert read_channel_names(folder) == ("DAPI", "Cy5")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cut.ome.tif", "II*"),
        ("picture.png", "x"),
        ("gone.tif", None),
        ("a.zarr/.zattrs", "{"),
        ("b.zarr/.zattrs", '{"omero": {"channels": [{"color": "ff"}]}}'),
        ("c.zarr/zarr.json", '{"attributes": {}}'),
    ],
)
def test_what_cannot_be_read_tells_none(
    tmp_path: Path, name: str, text: str | None
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    if text is not None:
        path.write_text(text)
    image = path.parent if path.parent.suffix == ".zarr" else path
    assert read_channel_names(image) == ()


@pytest.mark.parametrize(
    ("metadata", "names"),
    [
        ({"channel_names": ["DAPI", "GFP"]}, ("DAPI", "GFP")),
        ({"omero": {"channels": [{"label": "DAPI"}]}}, ("DAPI",)),
        ({"channels": [{"name": "DAPI"}, {"label": "GFP"}]}, ("DAPI", "GFP")),
        ({"channels": 3}, ()),
        ({"channels": [{"name": ""}]}, ()),
        ({}, ()),
    ],
)
def test_readers_tell_names_in_several_ways(
    metadata: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert names_in(metadata) == names
