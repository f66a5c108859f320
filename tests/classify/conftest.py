from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

NAMES = ("basophil", "lymphocyte", "monocyte")


def make_cells(n: int = 180, images: int = 9, seed: int = 0) -> pd.DataFrame:
    """Return cells of three classes that Scale and Color tell apart, Shape does not."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 3
    codes = rng.normal(size=(n, 3))
    codes[:, 0] += 3.0 * (kind == 1)
    codes[:, 1] += 3.0 * (kind == 2)
    image = np.sort(np.arange(n) % images)
    return pd.DataFrame(
        {
            "label": np.arange(n) + 1,
            "index": np.arange(n) + 1,
            "roi_id": [f"slide_{k}.tif" for k in image],
            "frame": 0,
            "z_scale": codes[:, 0].astype(np.float32),
            "z_color": codes[:, 1].astype(np.float32),
            "z_shape": codes[:, 2].astype(np.float32),
            "z_scale_sd": 0.1,
            "area": np.exp(codes[:, 0]),
            "annotation": np.array(NAMES)[kind],
            "model": "tiny-0123abcd",
        }
    )


@pytest.fixture(scope="session")
def cells() -> pd.DataFrame:
    return make_cells()
