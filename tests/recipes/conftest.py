"""Fixtures used by more than one recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.crops.cut import LabelCrops


@pytest.fixture(scope="session")
def crops(painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]]) -> LabelCrops:
    """Return the crops of the seven painted cells."""
    image, labels = painted_cells
    return plan_crops(to_tzcyx(image, "yxc"), to_tzyx(labels, "yx"), CropConfig())
