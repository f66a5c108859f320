from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from napari_disentangle.errors import DataError
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.source_config import SourceConfig, plan_runs
from napari_disentangle.recipes.source_data import SourceDataConfig
from napari_disentangle.recipes.source_page import iter_write_source_page
from napari_disentangle.recipes.train_source import iter_train_source
from napari_disentangle.storage.layout import HISTORY
from napari_disentangle.tasks import run
from napari_disentangle.training.config import TrainConfig

if TYPE_CHECKING:
    from pathlib import Path

TINY = SourceConfig(
    name="tiny",
    data=SourceDataConfig(held_out=0.5, max_values=3),
    model=ModelConfig(kind="pixels", image_size=32, filters=8, latent_dim=8),
    train=TrainConfig(steps=20, epoch_steps=10, batch_pairs=8),
    n_seeds=2,
)


def test_a_page_shows_scores_training_and_walks_of_each_model(tmp_path: Path) -> None:
    runs = plan_runs(TINY, tmp_path / "new" / "models")
    models = run(iter_train_source(runs, device="cpu"))
    folders = [folder for _, folder in runs]
    page = tmp_path / "docs" / "source.md"
    page.parent.mkdir()
    run(iter_write_source_page(page, models, folders))
    text = page.read_text(encoding="utf-8")
    for kind in ("scores", "training", "walks"):
        assert f"(source/tiny-{kind}.png)" in text
        with Image.open(tmp_path / "docs" / "source" / f"tiny-{kind}.png") as at:
            assert min(at.size) > 200

    for folder in folders:
        (folder / HISTORY).unlink()
    run(iter_write_source_page(page, models, folders))
    assert "tiny-training" not in page.read_text(encoding="utf-8")


def test_a_page_of_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one model"):
        run(iter_write_source_page(tmp_path / "source.md", [], []))
