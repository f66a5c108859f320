"""The catalogue says what each backbone expects and returns."""

import subprocess
import sys

import pytest

from napari_disentangle.backbones.catalogue import (
    DEFAULT,
    as_raw,
    backbone_info,
    list_backbones,
)
from napari_disentangle.errors import ConfigError


def test_the_default_comes_first():
    assert list_backbones()[0].name == DEFAULT == "efficientnet_lite0"


@pytest.mark.parametrize("info", list_backbones(), ids=lambda info: info.name)
def test_every_entry_is_complete(info):
    assert backbone_info(info.name) == info
    assert info.licence
    assert info.source
    assert info.description
    assert sum(width for _, width in info.taps) == info.dim
    assert all(0 < value < 1 for value in (*info.mean, *info.std))


def test_the_default_reads_3408_features_in_the_documented_order():
    slices = backbone_info(DEFAULT).slices()
    widths = {name: columns.stop - columns.start for name, columns in slices.items()}
    kinds = {
        "head": ["head"],
        "mean": [f"stage_{i}_mean" for i in range(1, 8)],
        "sd": [f"stage_{i}_sd" for i in range(2, 6)],
        "fine grid": ["stage_3_grid_4x4"],
        "coarse grid": ["stage_5_grid_2x2"],
    }
    assert [sum(widths[tap] for tap in taps) for taps in kinds.values()] == [
        1280,
        784,
        256,
        640,
        448,
    ]
    assert list(slices) == [tap for taps in kinds.values() for tap in taps]
    assert list(slices.values())[-1].stop == 3408


@pytest.mark.parametrize("name", ["resnet50", "resnet152"])
def test_the_papers_short_names_work(name):
    assert backbone_info(name).name == f"torchvision:{name}"


def test_raw_input_has_its_own_name_so_features_cannot_be_mixed_up():
    info = backbone_info("timm:vit_base_patch16_224.dino+raw")
    normalized = backbone_info("timm:vit_base_patch16_224.dino")
    assert info == as_raw(normalized) == as_raw(info)
    assert info.name != normalized.name
    assert info.mean == (0, 0, 0)
    assert info.std == (1, 1, 1)
    assert (info.library, info.model) == ("timm", "vit_base_patch16_224.dino")
    assert backbone_info("resnet50+raw").name == "torchvision:resnet50+raw"


def test_any_timm_model_describes_itself():
    info = backbone_info("timm:test_vit")
    assert info.name == "timm:test_vit.r160_in1k"
    assert (info.dim, info.input_size, info.mean) == (64, 160, (0.5, 0.5, 0.5))
    assert info.licence == "apache-2.0"
    assert "test_vit" in info.source


def test_the_width_of_a_timm_model_is_that_of_its_pooled_output():
    assert backbone_info("timm:mobilenetv3_small_100").dim == 1024


@pytest.mark.parametrize(
    "name", ["resnet", "timm:nope", "timm:resnet18.nope", "timm:", "dino:x", ""]
)
def test_an_unknown_backbone_is_refused_with_the_known_ones(name):
    with pytest.raises(ConfigError, match=r"Unknown backbone .*efficientnet_lite0"):
        backbone_info(name)


def test_listing_backbones_needs_no_torch():
    code = (
        "import sys; from napari_disentangle.backbones import catalogue, scaling;"
        "catalogue.list_backbones(); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
