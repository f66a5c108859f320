"""Images per second of the default backbone: eager torch, channels last, OpenVINO.

All three read the same images in one run, in alternating rounds, so that a busy machine
slows them alike; the best round of each counts. Run:

    python benchmarks/bench_backbone.py [--batch 16] [--rounds 5] [--threads 0]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.extract import load_backbone
from napari_disentangle.backbones.weights import build_network, packaged_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=16, help="images at once")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds of each")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 = its own")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    images = np.random.default_rng(0).random((options.batch, 3, 224, 224), np.float32)
    ways = {"eager": eager(), "channels last": channels_last(), "openvino": openvino()}
    outputs = {name: way(images) for name, way in ways.items()}  # also warms up
    seconds = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            seconds[name].append(timed(way, images))
    report(images, outputs, seconds)


def eager():
    network = build_network(backbone_info("efficientnet_lite0"), packaged_weights())

    def run(images):
        with torch.inference_mode():
            return network(torch.from_numpy(images)).numpy()

    return run


def channels_last():
    return load_backbone(device="cpu", engine="torch")


def openvino():
    return load_backbone(device="cpu", engine="openvino")


def timed(way, images, repeats=4):
    """Return the seconds a batch takes, over `repeats` batches back to back."""
    start = time.perf_counter()
    for _ in range(repeats):
        way(images)
    return (time.perf_counter() - start) / repeats


def report(images, outputs, seconds):
    reference, slowest = outputs["eager"], min(seconds["eager"])
    print(f"batch {len(images)}, torch threads {torch.get_num_threads()}")
    print(f"{'':15}{'images/s':>10}{'x eager':>10}{'max diff':>12}{'of largest':>12}")
    for name, taken in seconds.items():
        difference = np.abs(outputs[name] - reference).max()
        print(
            f"{name:15}{len(images) / min(taken):>10.1f}{slowest / min(taken):>10.2f}"
            f"{difference:>12.1e}{difference / np.abs(reference).max():>12.1e}"
        )


if __name__ == "__main__":
    main()
