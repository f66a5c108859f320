"""A kept network is used if it is the very one that would be made, else never."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest
import torch

from napari_disentangle.backbones import converted
from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.converted import (
    conversion_key,
    iter_prepare,
    keep_converted,
    read_converted,
)
from napari_disentangle.backbones.engines import convert, start_engine
from napari_disentangle.backbones.weights import build_network, packaged_weights
from napari_disentangle.errors import ModelError
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("openvino")

CPU = torch.device("cpu")
SIDE = 32
INFO = replace(backbone_info("efficientnet_lite0"), input_size=SIDE, dim=4)
IMAGES = np.random.default_rng(0).random((3, 3, SIDE, SIDE), np.float32)


def network() -> torch.nn.Module:
    torch.manual_seed(0)
    pool, flat = torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), pool, flat).eval()


def never() -> torch.nn.Module:
    raise AssertionError("the network was built again")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    keep_converted(convert(network(), SIDE), tmp_path / "cache" / "key")
    return tmp_path / "cache" / "key"


def test_a_kept_network_is_not_built_again_and_gives_the_same_features(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "openvino" / "key"
    first = start_engine("openvino", INFO, network, CPU, folder)(IMAGES)
    again = start_engine("openvino", INFO, never, CPU, folder)(IMAGES)
    np.testing.assert_array_equal(again, first)
    assert first.shape == (3, 4)


def test_only_the_finished_network_is_left_in_the_folder(kept: Path) -> None:
    assert list(kept.parent.iterdir()) == [kept]
    names = sorted(file.name for file in kept.iterdir())
    assert names == ["network.bin", "network.xml", "sha256"]


@pytest.mark.parametrize("name", ["network.xml", "network.bin"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_network_is_made_again(kept: Path, name: str, damage: str) -> None:
    file = kept / name
    content = file.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    file.write_bytes(flipped if damage == "flipped" else content[:middle])
    if damage == "gone":
        file.unlink()
    assert read_converted(kept) is None
    start_engine("openvino", INFO, network, CPU, kept)
    assert read_converted(kept) is not None


def test_the_key_changes_with_weights_network_and_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"weights")
    other.write_bytes(b"weightz")
    raw = replace(INFO, mean=(0.0, 0.0, 0.0))
    keys = {conversion_key(INFO, one), conversion_key(INFO, other)}
    keys |= {conversion_key(raw, one)}
    assert conversion_key(INFO, one) in keys
    monkeypatch.setattr(converted, "version", lambda package: "99")
    keys |= {conversion_key(INFO, one)}
    assert len(keys) == 4


def test_a_package_that_is_missing_counts_as_a_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"weights")
    before = conversion_key(INFO, file)
    monkeypatch.setattr(converted, "_MAKERS", ("openvino", "no-such-package"))
    assert conversion_key(INFO, file) != before


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = tmp_path / "file" / "key"
    assert start_engine("openvino", INFO, network, CPU, kept)(IMAGES).shape == (3, 4)


def test_another_process_makes_the_very_same_network(tmp_path: Path) -> None:
    info = backbone_info("efficientnet_lite0")
    run(iter_prepare(info, packaged_weights(), tmp_path / "child"))
    keep_converted(
        convert(build_network(info, packaged_weights()), info.input_size),
        tmp_path / "here",
    )
    images = np.random.default_rng(0).random((2, 3, 224, 224), np.float32)
    child, here = (
        start_engine("openvino", info, never, CPU, tmp_path / name)(images)
        for name in ("child", "here")
    )
    np.testing.assert_array_equal(child, here)


def test_closing_the_task_ends_the_process_and_leaves_nothing(tmp_path: Path) -> None:
    info = backbone_info("efficientnet_lite0")
    before = set(psutil.Process().children())
    task = iter_prepare(info, packaged_weights(), tmp_path / "kept")
    assert next(task).stage.startswith("Preparing")
    (child,) = set(psutil.Process().children()) - before
    task.close()
    assert not child.is_running()
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_none_keep_nothing(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"none")
    info = backbone_info("efficientnet_lite0")
    run(iter_prepare(info, tmp_path / "weights.safetensors", tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


def test_what_openvino_cannot_run_is_not_kept(tmp_path: Path) -> None:
    class Bessel(torch.nn.Module):
        def forward(self, images: Any) -> Any:
            return torch.special.bessel_j0(images).mean((2, 3))

    with pytest.raises(ModelError, match="cannot run"):
        start_engine("openvino", INFO, Bessel, CPU, tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
