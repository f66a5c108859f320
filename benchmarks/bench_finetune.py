"""Seconds of fine-tuning the bundled model on cells whose features are at hand.

Anchored fine-tuning is timed beside the papers' plain one of as many steps, in one run,
and so is the health line, which is told after every epoch. Wall time is what a user of
this machine waits; processor time does not count what others do on it. Run:

    python benchmarks/bench_finetune.py [--cells 1500] [--threads 2] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

from napari_disentangle.recipes.finetune_inputs import source_of
from napari_disentangle.storage.models import read_model
from napari_disentangle.tasks import run
from napari_disentangle.training.finetune import iter_finetune
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.health import Watch

CPU = torch.device("cpu")


def timed(task) -> tuple[float, float]:
    """Return seconds on the wall and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    run(task)
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=1500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = read_model("features")
    source = source_of(model)
    rng = np.random.default_rng(0)
    rows = rng.choice(len(model.replay.values), options.cells)
    values = model.replay.values[rows]
    values += 0.3 * rng.standard_normal(values.shape, np.float32)
    result: dict[str, float | int | str] = {
        "cells": options.cells,
        "threads": options.threads,
        "load_before": os.getloadavg()[0],
    }
    anchored = FinetuneConfig()
    plain = FinetuneConfig(mode="paper", epochs=anchored.epochs, batch=anchored.batch)
    for name, config in (("anchored", anchored), ("plain", plain)):
        task = iter_finetune(model.vae, values, config, device=CPU, source=source)
        result[f"{name}_wall_s"], result[f"{name}_processor_s"] = timed(task)
    watch = Watch(model.vae, values, source.probe, model.dimensions, CPU)
    start = time.process_time()
    for _ in range(anchored.epochs_of(options.cells)):
        watch.look(model.vae)
    result["health_processor_s"] = time.process_time() - start
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
