"""The networks as modules that map images in [0, 1] to feature vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

if TYPE_CHECKING:
    from napari_disentangle.backbones.catalogue import RGB


class Normalized(nn.Module):
    """A network behind its input normalization.

    Parameters
    ----------
    network : nn.Module
        Maps (B, 3, S, S) to (B, D).
    mean, std : tuple of 3 floats
        Of each RGB channel of an image in [0, 1].
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, mean: RGB, std: RGB) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return features (B, D) of images (B, 3, S, S) in [0, 1]."""
        features: Tensor = self.network((images - self.mean) / self.std)
        return features


class RichLite0(nn.Module):
    """EfficientNet-Lite0 read at many depths in one pass: 3,408 features.

    The last layer alone says what is seen but hardly where, how large or how turned;
    earlier stages do. In the order of `BackboneInfo.taps`:

    ======================  =====  ===============================================
    tap                     width  what
    ======================  =====  ===============================================
    head                    1,280  mean over space of the last activations
    stage_1_mean .. 7_mean    784  mean over space of each stage
    stage_2_sd .. 5_sd        256  standard deviation over space of four stages
    stage_3_grid_4x4          640  stage 3 (ends with block 4), means of a 4x4 grid
    stage_5_grid_2x2          448  stage 5 (ends with block 10), means of a 2x2 grid
    ======================  =====  ===============================================

    Grids are flattened channel by channel, each row by row.

    Parameters
    ----------
    network : nn.Module
        timm's ``tf_efficientnet_lite0``.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return features (B, 3408) of normalized images (B, 3, 224, 224)."""
        net: Any = self.network
        x = net.bn1(net.conv_stem(images))
        stages = []
        for stage in net.blocks:
            x = stage(x)
            stages.append(x.float())
        head = net.bn2(net.conv_head(x)).float()
        taps = [
            head.mean((2, 3)),
            *(stage.mean((2, 3)) for stage in stages),
            *(_spatial_sd(stage) for stage in stages[1:5]),
            adaptive_avg_pool2d(stages[2], 4).flatten(1),
            adaptive_avg_pool2d(stages[4], 2).flatten(1),
        ]
        return torch.cat(taps, dim=1)


def _spatial_sd(maps: Tensor) -> Tensor:
    """Return the population standard deviation over space, (B, C)."""
    centered = maps - maps.mean((2, 3), keepdim=True)
    return centered.square().mean((2, 3)).sqrt()
