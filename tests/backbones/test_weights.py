"""Weights end in the right place, and no weights file can run code."""

import os
import pickle

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file
from skimage import data
from torch.nn import functional

from napari_disentangle.backbones.catalogue import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    backbone_info,
)
from napari_disentangle.backbones.weights import (
    N_LITE0_TENSORS,
    build_network,
    lite0_state,
    packaged_weights,
    read_state,
)
from napari_disentangle.errors import ModelError

timm = pytest.importorskip("timm")

CATS = {281, 282, 285}  # tabby, tiger cat, Egyptian cat of ImageNet
ESPRESSO = 967


@pytest.fixture(scope="module")
def original():
    return read_state(packaged_weights())


@pytest.fixture(scope="module")
def lite0(original):
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    network.load_state_dict(lite0_state(original, network.state_dict()))
    return network


@pytest.fixture(scope="module")
def tiny_vit():
    torch.manual_seed(0)
    return timm.create_model("test_vit", pretrained=False).eval()


def photo(image):
    """Return the central square of a photograph, (1, 3, 224, 224) in [0, 1]."""
    picture = Image.fromarray(image)
    scale = 256 / min(picture.size)
    width, height = (round(side * scale) for side in picture.size)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - 224) // 2, (height - 224) // 2
    square = picture.crop((left, top, left + 224, top + 224))
    pixels = np.asarray(square, np.float32).transpose(2, 0, 1) / 255
    return torch.from_numpy(pixels)[None]


def original_network(state, images):
    """Return the class scores of the package's own layout, written out by hand.

    MBConv blocks with TensorFlow's "same" padding, batch norm with epsilon 0.001, and
    ReLU6; strides and skips follow from the published table of EfficientNet-Lite0.
    """

    def conv(x, name, stride=1, groups=1):
        kernel = state[f"{name}.weight"]
        size, side = kernel.shape[-1], x.shape[-1]
        total = max((-(-side // stride) - 1) * stride + size - side, 0)
        before, after = total // 2, total - total // 2
        x = functional.pad(x, (before, after, before, after))
        return functional.conv2d(x, kernel, stride=stride, groups=groups)

    def norm(x, name):
        mean, var, weight, bias = (
            state[f"{name}.{part}"]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(x, mean, var, weight, bias, eps=1e-3)

    def block(x, name, stride):
        y = x
        if f"{name}._expand_conv.weight" in state:
            y = functional.relu6(norm(conv(y, f"{name}._expand_conv"), f"{name}._bn0"))
        y = conv(y, f"{name}._depthwise_conv", stride, groups=y.shape[1])
        y = functional.relu6(norm(y, f"{name}._bn1"))
        y = norm(conv(y, f"{name}._project_conv"), f"{name}._bn2")
        return x + y if y.shape == x.shape else y

    x = functional.relu6(norm(conv(images, "_conv_stem", 2), "_bn0"))
    for i in range(16):
        x = block(x, f"_blocks.{i}", 2 if i in (1, 3, 5, 11) else 1)
    x = functional.relu6(norm(conv(x, "_conv_head"), "_bn1")).mean((2, 3))
    return functional.linear(x, state["_fc.weight"], state["_fc.bias"])


def test_all_tensors_of_the_package_find_their_place(original, lite0):
    renamed = lite0_state(original, lite0.state_dict())
    assert renamed.keys() == lite0.state_dict().keys()
    moved = [name for name in renamed if not name.endswith("num_batches_tracked")]
    assert len(moved) == N_LITE0_TENSORS
    sums = sorted(float(renamed[name].double().sum()) for name in moved)
    assert sums == sorted(
        float(value.double().sum())
        for name, value in original.items()
        if not name.endswith("num_batches_tracked")
    )


def test_the_renamed_network_computes_what_the_original_layout_does(original, lite0):
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = original_network(original, images * 2 - 1)
        torch.testing.assert_close(
            lite0(images * 2 - 1), expected, atol=1e-4, rtol=1e-4
        )


def test_photographs_are_recognized(lite0):
    with torch.inference_mode():
        cat = lite0(photo(data.chelsea()) * 2 - 1).argmax().item()
        coffee = lite0(photo(data.coffee()) * 2 - 1).argmax().item()
    assert cat in CATS
    assert coffee == ESPRESSO


def test_the_stated_normalization_beats_imagenets_on_photographs(lite0):
    info = backbone_info("efficientnet_lite0")

    def confidence(image, classes, mean, std):
        mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (mean, std))
        with torch.inference_mode():
            return lite0((photo(image) - mean) / std).softmax(1)[0, classes].sum()

    for image, classes in ((data.chelsea(), sorted(CATS)), (data.coffee(), [ESPRESSO])):
        stated = confidence(image, classes, info.mean, info.std)
        assert stated > 0.9
        assert stated > confidence(image, classes, IMAGENET_MEAN, IMAGENET_STD) + 0.04


def test_a_tensor_of_another_shape_or_kind_is_refused(original, lite0):
    wanted = lite0.state_dict()
    first, second = "_bn0.weight", "_bn0.bias"
    swapped = {{first: second, second: first}.get(k, k): v for k, v in original.items()}
    with pytest.raises(ValueError, match="cannot become"):
        lite0_state(swapped, wanted)
    reshaped = {**original, "_conv_stem.weight": torch.zeros(32, 3, 5, 5)}
    with pytest.raises(ValueError, match=r"_conv_stem.weight cannot become"):
        lite0_state(reshaped, wanted)
    fewer = {k: v for k, v in original.items() if k != "_fc.bias"}
    with pytest.raises(ValueError, match="246 tensors where 247"):
        lite0_state(fewer, wanted)


@pytest.mark.parametrize("suffix", ["safetensors", "pth"])
def test_a_timm_model_takes_a_local_file(tiny_vit, tmp_path, suffix):
    path = tmp_path / f"tiny.{suffix}"
    write = save_file if suffix == "safetensors" else torch.save
    write(tiny_vit.state_dict(), path)
    network = build_network(backbone_info("timm:test_vit"), path)
    images = torch.rand(2, 3, 160, 160)
    with torch.inference_mode():
        expected = tiny_vit.forward_features(images * 2 - 1)
        got = network(images)
    assert got.shape == (2, 64)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    torch.testing.assert_close(got, tiny_vit.forward_head(expected, pre_logits=True))


def test_a_file_without_classifier_serves_as_well(tiny_vit, tmp_path):
    path = tmp_path / "tiny.safetensors"
    state = tiny_vit.state_dict()
    save_file({k: v for k, v in state.items() if not k.startswith("head")}, path)
    images = torch.rand(1, 3, 160, 160)
    network = build_network(backbone_info("timm:test_vit"), path)
    with torch.inference_mode():
        expected = tiny_vit.forward_features(images * 2 - 1)
        expected = tiny_vit.forward_head(expected, pre_logits=True)
        torch.testing.assert_close(network(images), expected)


@pytest.mark.slow
def test_the_papers_dino_features_are_the_cls_token_after_the_final_norm(tmp_path):
    name = "vit_base_patch16_224.dino"
    torch.manual_seed(0)
    vit = timm.create_model(name, pretrained=False).eval()
    path = tmp_path / "dino.safetensors"
    save_file(vit.state_dict(), path)
    images = torch.rand(1, 3, 224, 224)
    network = build_network(backbone_info(f"timm:{name}+raw"), path)
    with torch.inference_mode():
        tokens = vit.forward_features(images)
        torch.testing.assert_close(network(images), tokens[:, 0])


def test_a_resnet_takes_a_local_file(tmp_path):
    from torchvision.models import resnet50

    torch.manual_seed(0)
    whole = resnet50(weights=None).eval()
    path = tmp_path / "resnet50.pth"
    torch.save(whole.state_dict(), path)
    network = build_network(backbone_info("resnet50+raw"), path)
    images = torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        torch.testing.assert_close(whole.fc(network(images)), whole(images))


@pytest.mark.parametrize(
    "name", ["efficientnet_lite0", "timm:test_vit", "timm:test_resnet", "resnet50"]
)
def test_a_file_of_another_network_is_refused_never_half_loaded(tmp_path, name):
    path = tmp_path / "other.safetensors"
    save_file({"layer.weight": torch.zeros(3, 3)}, path)
    with pytest.raises(ModelError, match="do not fit backbone") as caught:
        build_network(backbone_info(name), path)
    assert "\n" not in str(caught.value)


def test_a_file_that_lacks_one_layer_is_refused(tiny_vit, tmp_path):
    state = dict(tiny_vit.state_dict())
    del state["blocks.0.attn.qkv.weight"]
    save_file(state, tmp_path / "holed.safetensors")
    with pytest.raises(ModelError, match="do not fit backbone"):
        build_network(backbone_info("timm:test_vit"), tmp_path / "holed.safetensors")


def test_states_wrapped_by_training_scripts_are_unwrapped(tmp_path):
    path = tmp_path / "wrapped.pth"
    torch.save({"epoch": 3, "state_dict": {"w": torch.ones(2)}}, path)
    assert read_state(path)["w"].tolist() == [1, 1]


class Harmful:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_file_with_code_is_refused_and_its_code_not_run(tmp_path):
    trace = tmp_path / "ran"
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Harmful(trace), protocol=2))
    torch.save({"w": Harmful(trace)}, tmp_path / "zipped.pth")
    for name in ("plain.pth", "zipped.pth"):
        with pytest.raises(ModelError, match="holds more than tensors"):
            read_state(tmp_path / name)
    assert not trace.exists()


@pytest.mark.parametrize("suffix", ["safetensors", "pth"])
@pytest.mark.parametrize("content", [b"", b"not weights at all"])
def test_a_damaged_file_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        read_state(path)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_whatever_bytes_a_file_holds_one_sentence_refuses_it(tmp_path, content):
    (tmp_path / "noise.pth").write_bytes(content)
    with pytest.raises(ModelError):
        read_state(tmp_path / "noise.pth")


def test_a_truncated_file_is_refused(tiny_vit, tmp_path):
    for suffix, write in (("safetensors", save_file), ("pth", torch.save)):
        path = tmp_path / f"cut.{suffix}"
        write(tiny_vit.state_dict(), path)
        path.write_bytes(path.read_bytes()[:-5000])
        with pytest.raises(ModelError, match="damaged"):
            read_state(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match="does not exist"):
        read_state(tmp_path / "none.pth")


@pytest.mark.parametrize("content", [[], {}, {"lr": 0.1}, torch.zeros(2)])
def test_a_file_without_named_tensors_is_refused(tmp_path, content):
    torch.save(content, tmp_path / "odd.pth")
    with pytest.raises(ModelError, match=r"holds no named|other things"):
        read_state(tmp_path / "odd.pth")
