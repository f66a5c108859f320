"""Pairs a second of feature-VAE training, beside the straightforward loop.

Both train the default network with the same objective and optimizer on the same cached
features. The reference draws pairs item by item through a `DataLoader`; ours draws a
whole batch by index. Run: python benchmarks/bench_training.py [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from napari_disentangle.factors import FactorSpace
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.training.batches import GridPairs, PairBatch
from napari_disentangle.training.config import TrainConfig
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.objective import Objective
from napari_disentangle.training.state import TrainState

SPACE = FactorSpace(
    ("texture", "color", "shape", "scale", "orientation"), (5, 7, 3, 6, 40)
)
CPU = torch.device("cpu")


class PairItems(Dataset):
    """One pair an item, as in the papers' loaders."""

    def __init__(self, values: np.ndarray, n: int) -> None:
        self.values, self.n = values, n
        self.rng = np.random.default_rng(0)

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        first = SPACE.sample(self.rng, 1)
        factor = self.rng.integers(0, SPACE.n_factors, 1)
        second = SPACE.resample_one(self.rng, first, factor)
        rows = SPACE.to_index(np.concatenate([first, second]))
        x1, x2 = torch.from_numpy(self.values[rows])
        return x1, x2, int(factor[0])


def ours(values: np.ndarray, positions: np.ndarray, config: TrainConfig) -> float:
    pairs = GridPairs(values, positions)
    state = TrainState.start(build_model(ModelConfig()), config, CPU)
    task = iter_train(state, pairs, config, device=CPU)
    next(task)  # warm up
    start = time.perf_counter()
    for _ in task:
        pass
    steps = config.steps - config.epoch_steps
    return steps * config.batch_pairs / (time.perf_counter() - start)


def item_by_item(values: np.ndarray, config: TrainConfig) -> float:
    state = TrainState.start(build_model(ModelConfig()), config, CPU)
    objective = Objective(config, SPACE.n_factors)
    items = PairItems(values, config.steps * config.batch_pairs)
    start, counted = 0.0, 0
    for step, (x1, x2, factor) in enumerate(DataLoader(items, config.batch_pairs)):
        if step == config.epoch_steps:  # warmed up
            start = time.perf_counter()
        batch = PairBatch(torch.cat([x1, x2]), factor)
        loss = objective.loss(
            state.model, batch, state.noise, beta=1.0, invariance=config.invariance
        )
        state.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), config.clip_norm)
        state.optimizer.step()
        counted += step >= config.epoch_steps
    return counted * config.batch_pairs / (time.perf_counter() - start)


def drawing(values: np.ndarray, positions: np.ndarray, config: TrainConfig) -> tuple:
    """Return pairs a second of drawing alone: ours, item by item."""
    pairs, rng, n = GridPairs(values, positions), np.random.default_rng(0), config.steps
    start = time.perf_counter()
    for _ in range(n):
        pairs.draw(rng, config.batch_pairs)
    fast = n * config.batch_pairs / (time.perf_counter() - start)
    start = time.perf_counter()
    items = PairItems(values, n * config.batch_pairs)
    for _ in DataLoader(items, config.batch_pairs):
        pass
    return fast, n * config.batch_pairs / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    config = TrainConfig(steps=options.steps, epoch_steps=10)
    positions = SPACE.to_positions(np.arange(SPACE.n_combinations))
    rng = np.random.default_rng(0)
    values = rng.standard_normal((len(positions), 384), np.float32)
    draw, draw_items = drawing(values, positions, config)
    result = {
        "threads": torch.get_num_threads(),
        "training_pairs_per_s": ours(values, positions, config),
        "reference_training_pairs_per_s": item_by_item(values, config),
        "drawing_pairs_per_s": draw,
        "reference_drawing_pairs_per_s": draw_items,
    }
    for what in ("training", "drawing"):
        key = f"{what}_pairs_per_s"
        result[f"{what}_times_faster"] = result[key] / result[f"reference_{key}"]
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
