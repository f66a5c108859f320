"""Fixtures of the docks: settings that never touch the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> Iterator[None]:
    from qtpy.QtCore import QSettings

    before = QSettings.defaultFormat()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path)
    )
    yield
    QSettings.setDefaultFormat(before)


@pytest.fixture
def sparse_labels() -> NDArray[np.int32]:
    """Three cells with the ids 1, 5 and 10, a row of gaps between them."""
    labels = np.zeros((60, 90), np.int32)
    for column, label in enumerate((1, 5, 10)):
        labels[15:45, 5 + 30 * column : 25 + 30 * column] = label
    return labels


@pytest.fixture
def sparse_image(sparse_labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """An RGB image in which each of these cells has a color of its own."""
    colors = np.array([[40, 40, 40], [220, 60, 60], [60, 220, 60], [60, 60, 220]])
    rank = np.searchsorted([1, 5, 10], sparse_labels) + 1
    return colors[np.where(sparse_labels > 0, rank, 0)].astype(np.uint8)
