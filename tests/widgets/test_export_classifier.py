"""How good a classifier is goes along with what it predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.image import imread

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.export import ExportWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIGURES = ("confusion.png", "importances.png", "calibration.png")


def test_figures_of_the_classifier_that_was_trained_are_exported(
    grid: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
) -> None:
    classify, export = dock_in(grid, ClassifyWidget), dock_in(grid, ExportWidget)
    classify.form.setValue(ClassifierConfig(kind="linear", folds=2, repeats=1))
    classify.again_box.setChecked(False)

    def written(name: str) -> list[str]:
        export.folder.set_path(tmp_path / name)
        export.export()
        wait_for(export)
        return sorted(file.name for file in (tmp_path / name).iterdir())

    assert not set(FIGURES) & set(written("before"))
    classify.train()
    wait_for(classify)
    assert set(FIGURES) <= set(written("trained"))
    for name in FIGURES:
        assert imread(tmp_path / "trained" / name).ndim == 3
    classify.save(tmp_path / "classifier")
    classify.open(tmp_path / "classifier")
    wait_for(classify)
    assert not set(FIGURES) & set(written("opened"))
