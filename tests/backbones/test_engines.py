"""Every engine gives the same features, quietly."""

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.engines import (
    FLOAT16_TOLERANCE,
    FLOAT32_TOLERANCE,
    TorchBackbone,
    choose_engine,
    start_engine,
)
from napari_disentangle.backbones.extract import load_backbone
from napari_disentangle.errors import ConfigError, DataError, ModelError

CPU = torch.device("cpu")

needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO is not installed"
)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((5, 3, 224, 224), np.float32)


@pytest.fixture(scope="module")
def eager(images):
    return load_backbone(device="cpu", engine="torch")(images)


def relative_difference(left, right):
    return np.abs(left - right).max() / np.abs(right).max()


def test_torch_gives_finite_float32_features(eager):
    assert eager.shape == (5, 3408)
    assert eager.dtype == np.float32
    assert np.isfinite(eager).all()


@needs_openvino
def test_openvino_gives_the_same_features_as_torch(images, eager):
    backbone = load_backbone(device="cpu", engine="openvino")
    assert relative_difference(backbone(images), eager) < FLOAT32_TOLERANCE


@needs_openvino
def test_openvino_takes_batches_of_any_size(images, eager):
    backbone = load_backbone(device="cpu", engine="openvino")
    for size in (1, 3, 5):
        batch = backbone(images[:size])
        assert relative_difference(batch, eager[:size]) < FLOAT32_TOLERANCE


@needs_openvino
def test_features_of_an_earlier_batch_are_not_overwritten(images):
    backbone = load_backbone(device="cpu", engine="openvino")
    first = backbone(images[:1])
    kept = first.copy()
    backbone(images[1:2])
    np.testing.assert_array_equal(first, kept)


@needs_openvino
def test_threads_may_share_a_backbone(images, eager):
    backbone = load_backbone(device="cpu", engine="openvino")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(backbone, [images[i : i + 1] for i in range(5)]))
    assert relative_difference(np.concatenate(results), eager) < FLOAT32_TOLERANCE


@pytest.mark.slow
@needs_openvino
def test_loading_and_running_is_silent_and_starts_no_statistics():
    code = (
        "import numpy, socket, warnings; warnings.simplefilter('error')\n"
        "def refuse(*args): raise SystemExit('network used')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from napari_disentangle.backbones.extract import load_backbone\n"
        "b = load_backbone(device='cpu', engine='openvino')\n"
        "b(numpy.zeros((1, 3, 224, 224), numpy.float32))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_half_precision_on_a_gpu_gives_nearly_the_same_features(images, eager):
    backbone = load_backbone(device="cuda")
    assert backbone.engine == "torch"
    assert relative_difference(backbone(images), eager) < FLOAT16_TOLERANCE


def test_a_crop_gives_the_same_features_alone_and_in_a_batch(images, eager):
    alone = load_backbone(device="cpu", engine="torch")(images[2:3])
    assert relative_difference(alone, eager[2:3]) < FLOAT32_TOLERANCE


@needs_openvino
def test_auto_takes_openvino_on_the_cpu_only():
    assert choose_engine("auto", CPU) == "openvino"
    assert choose_engine("auto", torch.device("cuda")) == "torch"
    assert choose_engine("torch", CPU) == "torch"


def test_an_engine_that_does_not_fit_is_refused():
    with pytest.raises(ConfigError, match=r"Unknown engine 'onnx'.*auto, torch"):
        choose_engine("onnx", CPU)


@needs_openvino
def test_openvino_on_a_gpu_is_refused():
    with pytest.raises(ConfigError, match="runs on the CPU only, not on cuda"):
        choose_engine("openvino", torch.device("cuda"))


class Bessel(torch.nn.Module):
    """A network of an operation that OpenVINO lacks."""

    def forward(self, images):
        return torch.special.bessel_j0(images).mean((2, 3))


@needs_openvino
def test_torch_runs_what_openvino_cannot_unless_openvino_was_asked_for():
    info = backbone_info("efficientnet_lite0")
    assert start_engine("auto", info, Bessel, CPU).engine == "torch"
    with pytest.raises(ModelError, match="OpenVINO cannot run this backbone"):
        start_engine("openvino", info, Bessel, CPU)


def test_images_of_another_shape_are_refused():
    backbone = load_backbone(device="cpu", engine="torch")
    assert isinstance(backbone, TorchBackbone)
    for shape in ((3, 224, 224), (1, 1, 224, 224), (1, 3, 64, 64)):
        with pytest.raises(DataError, match=r"\(B, 3, 224, 224\)"):
            backbone(np.zeros(shape, np.float32))
