"""Crops become features, batch by batch, with the row table they belong to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from napari_disentangle.backbones.extract import (
    features,
    iter_features,
    iter_features_of,
    load_backbone,
)
from napari_disentangle.errors import ConfigError, DataError, ModelError
from napari_disentangle.tables import ID_COLUMNS
from napari_disentangle.tasks import Progress, run

timm = pytest.importorskip("timm")


@dataclass
class Disks:
    """Objects whose crops are disks of growing radius on black."""

    table: pd.DataFrame
    window_px: float = 64.0

    def __len__(self):
        return len(self.table)

    def cut(self, rows, size):
        y, x = np.mgrid[:size, :size] / size - 0.5
        radius = self.table["label"].to_numpy()[rows] / 200 + 0.05
        disks = np.hypot(y, x) < radius[:, None, None]
        return np.repeat(disks[:, None].astype(np.float32), 3, axis=1)


@pytest.fixture(scope="module")
def crops():
    labels = [1, 5, 10, 40, 70000]
    return Disks(
        pd.DataFrame(
            {
                "roi_id": "image",
                "frame": 0,
                "label": labels,
                "index": labels,
                "pos_y": 0.0,
                "pos_x": 0.0,
            }
        )
    )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a weights file of a tiny network."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_file(timm.create_model("test_vit", pretrained=False).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def backbone(tiny):
    return load_backbone("timm:test_vit", device="cpu", weights=tiny)


def test_features_are_keyed_by_label(crops, backbone):
    read = features(crops, backbone, batch_size=2)
    assert read.values.shape == (5, 64)
    assert read.values.dtype == np.float32
    assert list(read.table.columns) == list(ID_COLUMNS)
    assert read.table["label"].tolist() == [1, 5, 10, 40, 70000]
    assert read.backbone == "timm:test_vit.r160_in1k"


def test_each_row_holds_the_features_of_its_own_crop(crops, backbone):
    read = features(crops, backbone, batch_size=2)
    for row in range(len(crops)):
        alone = backbone(crops.cut(np.array([row]), 160))[0]
        np.testing.assert_allclose(read.values[row], alone, atol=1e-4)


def test_batch_size_does_not_matter(crops, backbone):
    one, many = features(crops, backbone, 1), features(crops, backbone, 16)
    np.testing.assert_allclose(one.values, many.values, atol=1e-4)


def test_progress_counts_crops(crops, backbone):
    events = []
    run(iter_features(crops, backbone, 2), events.append)
    assert events == [Progress("Reading features", done, 5) for done in (2, 4, 5)]


def test_no_crops_give_no_features(crops, backbone):
    read = features(Disks(crops.table.iloc[:0]), backbone)
    assert read.values.shape == (0, 64)


def test_work_stops_when_nobody_asks_for_the_next_event(backbone):
    made = []

    def batches():
        for i in range(10):
            made.append(i)
            yield np.zeros((1, 3, 160, 160), np.float32)

    task = iter_features_of(batches(), 10, backbone)
    next(task)
    task.close()
    assert made == [0]


@pytest.mark.parametrize(("count", "message"), [(2, "Only 2 of"), (4, "More than")])
def test_another_number_of_images_than_announced_is_refused(backbone, count, message):
    batches = [np.zeros((1, 3, 160, 160), np.float32)] * count
    with pytest.raises(DataError, match=f"{message} the announced 3"):
        run(iter_features_of(batches, 3, backbone))


def test_a_backbone_is_built_once_and_anew_when_its_file_changes(tiny, tmp_path):
    path = tmp_path / "changing.safetensors"
    path.write_bytes(tiny.read_bytes())
    first = load_backbone("timm:test_vit", device="cpu", weights=path)
    assert load_backbone("timm:test_vit", device="cpu", weights=path) is first
    torch.manual_seed(1)
    save_file(timm.create_model("test_vit", pretrained=False).state_dict(), path)
    assert load_backbone("timm:test_vit", device="cpu", weights=path) is not first


def test_loading_a_backbone_draws_no_random_numbers(tiny, tmp_path):
    path = tmp_path / "fresh.safetensors"
    path.write_bytes(tiny.read_bytes())
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    load_backbone("timm:test_vit", device="cpu", weights=path)
    assert torch.rand(1) == expected


def test_raw_input_is_another_backbone_with_other_features(crops, backbone, tiny):
    raw = load_backbone("timm:test_vit", device="cpu", normalise=False, weights=tiny)
    assert raw.info.name == "timm:test_vit.r160_in1k+raw"
    named = load_backbone(raw.info.name, device="cpu", weights=tiny)
    assert named is raw
    images = crops.cut(np.array([3]), 160)
    np.testing.assert_allclose(raw(images * 2 - 1), backbone(images), atol=1e-4)


def test_engines_agree_on_a_transformer(crops, tiny):
    pytest.importorskip("openvino")
    eager, fast = (
        load_backbone("timm:test_vit", device="cpu", engine=engine, weights=tiny)
        for engine in ("torch", "openvino")
    )
    assert (eager.engine, fast.engine) == ("torch", "openvino")
    images = crops.cut(np.arange(3), 160)
    np.testing.assert_allclose(fast(images), eager(images), atol=1e-4)


def test_the_default_tells_sizes_apart_and_repeats_itself(crops):
    backbone = load_backbone(device="cpu")
    first = features(crops, backbone)
    assert first.values.shape == (5, 3408)
    assert first.backbone == "efficientnet_lite0"
    np.testing.assert_array_equal(first.values, features(crops, backbone).values)
    assert np.abs(first.values[0] - first.values[3]).max() > 0.1


def test_what_cannot_be_loaded_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="Unknown backbone"):
        load_backbone("nothing")
    with pytest.raises(ConfigError, match="Unknown device"):
        load_backbone(device="tpu")
    with pytest.raises(ModelError, match="does not exist"):
        load_backbone("resnet50", device="cpu", weights=tmp_path / "none.pth")
