"""The curves of a fine-tuning as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.export.finetune_plots import FinetuneCurves
    from napari_disentangle.training.finetune_state import FinetuneReport


def curves_of(
    history: Sequence[FinetuneReport], dimensions: Sequence[str], best_epoch: int = 0
) -> FinetuneCurves:
    """Return what changed over the epochs of `history`.

    Parameters
    ----------
    history : sequence of FinetuneReport
        All epochs.
    dimensions : sequence of str
        Names of the dimensions of the fine-tuned model.
    best_epoch : int
        Epoch to mark; 0 marks none.
    """
    from napari_disentangle.export.finetune_plots import FinetuneCurves

    health = [report.health for report in history]
    return FinetuneCurves(
        train=np.array([report.train.total for report in history]),
        validation=np.array([report.validation.total for report in history]),
        kl=np.array([report.train.kl for report in history]),
        source=np.array([each.source for each in health], float),
        target=np.array([each.target for each in health], float),
        omes=np.array([each.omes for each in health], float),
        mig=np.array([each.mig for each in health], float),
        dimensions=tuple(dimensions),
        best_epoch=best_epoch,
    )


def plot_finetune(
    path: Path,
    history: Sequence[FinetuneReport],
    dimensions: Sequence[str],
    best_epoch: int = 0,
) -> None:
    """Write the curves of a fine-tuning as a figure (PNG, PDF or SVG by suffix).

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.finetune_plots import finetune_figure

    write_figure(path, finetune_figure(curves_of(history, dimensions, best_epoch)))
