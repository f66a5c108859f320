"""Time our scores beside plain implementations of the same definitions, in one run.

    python benchmarks/bench_metrics.py            DCI on 3,000 of the samples
    python benchmarks/bench_metrics.py --full     DCI on all of them (minutes)

Codes: the golden ones of the official OMES code where ../shared/data is there, else
synthetic ones of the same size. Threads are held at one.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import mutual_info_score
from threadpoolctl import threadpool_limits

from napari_disentangle.metrics.dci import dci, disentanglement
from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 10, 10, 8, 4, 15)
ROOT = Path(__file__).resolve().parents[1]


def read_samples() -> tuple[np.ndarray, np.ndarray, str]:
    """Return codes (15008, 10), factors (15008, 6), and what they are."""
    home = os.environ.get("NAPARI_DISENTANGLE_SHARED", ROOT.parent / "shared")
    folder = Path(home) / "data" / "omes_golden"
    if folder.is_dir():
        factors = pd.read_csv(folder / "classes.csv").to_numpy(np.int64)
        with np.load(folder / "representations.npz") as arrays:
            return arrays["mean"], factors, "golden codes"
    rng = np.random.default_rng(0)
    factors = rng.integers(0, SIZES, (15_008, 6))
    mix = np.eye(6, 10) + 0.1 * rng.normal(size=(6, 10))
    codes = factors / np.array(SIZES) @ mix + 0.02 * rng.normal(size=(15_008, 10))
    return codes.astype(np.float32), factors, "synthetic codes"


def plain_omes(codes: np.ndarray, factors: np.ndarray) -> float:
    """OMES by the letter: each distinct sample collects its group, pairs it, once."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(factors)
    distinct = table.drop_duplicates()
    columns = []
    for k in table.columns:
        others = [c for c in table.columns if c != k]
        groups = distinct.groupby(others).indices
        first, second = [], []
        for group in groups.values():
            for _ in group:
                order = distinct.index[rng.permutation(group)]
                half = len(order) // 2
                first += list(order[: 2 * half : 2])
                second += list(order[1 : 2 * half : 2])
        x, y = codes[first], codes[second]
        columns.append(
            [
                round(1 - abs(np.corrcoef(x[:, j], y[:, j])[0, 1]), 4)
                for j in range(codes.shape[1])
            ]
        )
    return plain_pooling(np.array(columns).T)


def plain_pooling(S: np.ndarray) -> float:
    n_dimensions, n_factors = S.shape
    scores = []
    for k in range(n_factors):
        overlap = multiple = 0.0
        for j in range(n_dimensions):
            row = sum(abs(S[j, i] - (i == k)) for i in range(n_factors))
            column = sum(abs(S[i, k] - (i == j)) for i in range(n_dimensions))
            overlap += S[j, k] ** 2 * (1 - row / n_factors)
            multiple += S[j, k] ** 2 * (1 - column / n_dimensions)
        scores.append(0.5 * (overlap + multiple) / S[:, k].sum())
    return float(np.mean(scores))


def plain_mig(codes: np.ndarray, factors: np.ndarray) -> float:
    gaps = []
    for factor in factors.T:
        information = []
        for column in codes.T:
            edges = np.histogram(column, 20)[1]
            bins = np.digitize(column, edges[:-1])
            information.append(mutual_info_score(bins, factor))
        low, high = sorted(information)[-2:]
        gaps.append((high - low) / mutual_info_score(factor, factor))
    return float(np.mean(gaps))


def plain_dci(codes: np.ndarray, factors: np.ndarray) -> float:
    n_train = int(np.ceil(2 * len(codes) / 3))
    columns = []
    for k, factor in enumerate(factors.T):
        trees = GradientBoostingClassifier(random_state=k)
        trees.fit(codes[:n_train], factor[:n_train])
        columns.append(trees.feature_importances_)
    return disentanglement(np.stack(columns, axis=1))


def timed(score: Callable[[], float], repeats: int) -> tuple[float, float]:
    """Return the value and the least seconds of some runs."""
    seconds = []
    for _ in range(repeats):
        start = perf_counter()
        value = score()
        seconds.append(perf_counter() - start)
    return value, min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time OMES, MIG and DCI.")
    parser.add_argument("--full", action="store_true", help="DCI on all samples")
    full = parser.parse_args().full
    codes, factors, what = read_samples()
    n = len(codes) if full else 3_000
    few, their = codes[:n], factors[:n]

    start = perf_counter()
    dci(few[:60], their[:60] % 2, np.random.default_rng(0))
    compiled = perf_counter() - start
    rows = [
        (
            f"OMES avg, {len(codes):,}",
            timed(lambda: omes(codes, factors, np.random.default_rng(0)).avg, 5),
            timed(lambda: plain_omes(codes, factors), 1),
        ),
        (
            f"MIG, {len(codes):,}",
            timed(lambda: mig(codes, factors).value, 5),
            timed(lambda: plain_mig(codes, factors), 1),
        ),
        (
            f"DCI, {n:,}",
            timed(lambda: dci(few, their, np.random.default_rng(0)).disentanglement, 1),
            timed(lambda: plain_dci(few, their), 1),
        ),
    ]
    print(f"{what}; one thread; trees compiled or loaded in {compiled:.1f} s")
    print(f"{'score':<20}{'ours':>8}{'s':>9}{'plain':>9}{'s':>9}{'times':>8}")
    for name, (value, seconds), (reference, slow) in rows:
        print(
            f"{name:<20}{value:8.4f}{seconds:9.3f}{reference:9.4f}{slow:9.2f}"
            f"{slow / seconds:8.0f}"
        )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
