from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.metrics.pairs import given_pairs

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.metrics.pairs import CodePairs


@dataclass(frozen=True)
class Golden:
    mean: np.ndarray
    sampled: np.ndarray
    factors: np.ndarray
    names: tuple[str, ...]
    pairs: CodePairs


@pytest.fixture(scope="session")
def golden(shared_data: Path) -> Golden:
    """Return the codes that ship with the official OMES code, and its pairs."""
    folder = shared_data / "omes_golden"
    table = pd.read_csv(folder / "classes.csv")
    with np.load(folder / "representations.npz") as codes:
        mean, sampled = codes["mean"], codes["sampled"]
    sides = [dict(np.load(folder / "pairs_mean_0" / f"{s}.npz")) for s in "XY"]
    names = tuple(table.columns)
    pairs = given_pairs(sides[0], sides[1], names)
    return Golden(mean, sampled, table.to_numpy(), names, pairs)
