"""The default network reads what its taps say."""

import pytest
import torch

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.nets import Normalized, RichLite0

timm = pytest.importorskip("timm")

SLICES = backbone_info("efficientnet_lite0").slices()


@pytest.fixture(scope="module")
def read():
    """Return a random network's features of two images and its activations."""
    torch.manual_seed(0)
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    seen = {}

    def keep(name):
        return lambda module, args, output: seen.update({name: output})

    hooks = [
        block.register_forward_hook(keep(index))
        for index, block in enumerate(b for stage in network.blocks for b in stage)
    ]
    images = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        features = RichLite0(network)(images)
        seen["head"] = network.forward_features(images)
    for hook in hooks:
        hook.remove()
    return features, seen


LAST_BLOCKS = {1: 0, 2: 2, 3: 4, 4: 7, 5: 10, 6: 14, 7: 15}
"""Stage -> its last block."""


def test_the_head_is_what_the_classifier_sees(read):
    features, seen = read
    torch.testing.assert_close(features[:, SLICES["head"]], seen["head"].mean((2, 3)))


@pytest.mark.parametrize("stage", LAST_BLOCKS)
def test_each_stage_gives_its_mean_over_space(read, stage):
    features, seen = read
    expected = seen[LAST_BLOCKS[stage]].mean((2, 3))
    torch.testing.assert_close(features[:, SLICES[f"stage_{stage}_mean"]], expected)


@pytest.mark.parametrize("stage", [2, 3, 4, 5])
def test_four_stages_give_their_spread_over_space(read, stage):
    features, seen = read
    expected = seen[LAST_BLOCKS[stage]].flatten(2).std(dim=2, correction=0)
    torch.testing.assert_close(features[:, SLICES[f"stage_{stage}_sd"]], expected)


@pytest.mark.parametrize(("stage", "block", "side"), [(3, 4, 4), (5, 10, 2)])
def test_grids_are_means_of_tiles_channel_by_channel(read, stage, block, side):
    features, seen = read
    maps = seen[block]
    tile = maps.shape[-1] // side
    tiles = maps.unflatten(2, (side, tile)).unflatten(4, (side, tile))
    expected = tiles.mean((3, 5)).flatten(1)
    got = features[:, SLICES[f"stage_{stage}_grid_{side}x{side}"]]
    torch.testing.assert_close(got, expected)


def test_images_are_normalized_channel_by_channel():
    module = Normalized(torch.nn.Identity(), (0.1, 0.2, 0.3), (0.5, 1.0, 2.0))
    images = torch.rand(2, 3, 4, 4)
    expected = (images[:, 2] - 0.3) / 2
    torch.testing.assert_close(module(images)[:, 2], expected)
