from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from napari_disentangle import sample_data


@pytest.mark.parametrize(
    ("sample", "least"),
    [(sample_data.known_factors, 200), (sample_data.known_factors_small, 40)],
)
def test_a_sample_is_an_image_and_its_labels_with_the_truth(
    sample: object, least: int
) -> None:
    (image, image_meta, image_type), (labels, labels_meta, labels_type) = sample()
    assert (image_type, labels_type) == ("image", "labels")
    assert image_meta == {"name": "known factors", "rgb": True}
    assert labels_meta["name"] == "known factors labels"
    features = labels_meta["features"]
    assert image.shape == (*labels.shape, 3)
    assert len(features) >= least
    assert features["index"].tolist() == np.unique(labels)[1:].tolist()
    assert {"true_texture", "true_orientation"} <= set(features)


def test_layers_are_made_of_the_sample() -> None:
    from napari.layers import Layer

    layers = [Layer.create(*data) for data in sample_data.known_factors_small()]
    assert [layer.name for layer in layers] == ["known factors", "known factors labels"]
    assert len(layers[1].features) == 48


def test_importing_the_samples_imports_nothing_heavy() -> None:
    heavy = {"numpy", "numba", "scipy", "skimage", "torch", "napari"}
    code = f"""
import sys, napari_disentangle.sample_data
raise SystemExit(sorted({heavy} & set(sys.modules)) or 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
