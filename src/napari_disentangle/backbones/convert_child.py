"""The process beneath `converted.iter_prepare`: converts a backbone and keeps it."""

from __future__ import annotations

import sys
from pathlib import Path

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.backbones.converted import keep_converted
from napari_disentangle.backbones.engines import convert, import_openvino
from napari_disentangle.backbones.weights import build_network


def main() -> None:
    """Convert a backbone: its name, its weights and a folder are the arguments."""
    name, weights, folder = sys.argv[1:]
    import_openvino()  # before anything else imports it, with its statistics
    info = backbone_info(name)
    network = build_network(info, Path(weights))
    keep_converted(convert(network, info.input_size), Path(folder))


if __name__ == "__main__":
    main()
