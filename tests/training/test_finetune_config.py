from __future__ import annotations

import subprocess
import sys

import pytest

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.training.finetune_config import BASIC, FinetuneConfig


def test_the_mode_decides_the_other_defaults() -> None:
    paper = FinetuneConfig(mode="paper")
    assert (paper.learning_rate, paper.epochs, paper.batch) == (1e-4, 20, 128)
    assert (paper.scaler, paper.replays, paper.keep) == ("source", False, "last")
    anchored = FinetuneConfig()
    assert (anchored.learning_rate, anchored.scaler) == (5e-4, "own")
    assert anchored.replays


def test_what_is_given_wins_over_the_mode() -> None:
    config = check_config(FinetuneConfig, {"mode": "paper", "epochs": 3})
    assert (config.epochs, config.batch) == (3, 128)
    assert config.replace(seed=2).batch == 128


def test_every_setting_survives_being_written_and_read() -> None:
    config = FinetuneConfig(mode="paper", freeze=("scale",), residual_dim=4)
    again = check_config(FinetuneConfig, config.model_dump(mode="json"))
    assert again == config


def test_few_cells_get_more_epochs() -> None:
    config = FinetuneConfig(epochs=10, batch=64, min_steps=400)
    assert config.epochs_of(64 * 100) == 10
    assert config.epochs_of(64) == 400
    assert FinetuneConfig(mode="paper").epochs_of(64) == 20


def test_the_rate_rises_and_falls() -> None:
    config = FinetuneConfig(warm_up=0.1, learning_rate=1e-3)
    assert config.rate_at(0) == 0
    assert config.rate_at(0.05) == pytest.approx(5e-4)
    assert config.rate_at(0.1) == pytest.approx(1e-3)
    assert config.rate_at(1) == pytest.approx(0)
    assert FinetuneConfig(mode="paper").rate_at(0) == 1e-4


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "none"},
        {"validation": 0.0},
        {"mode": "paper", "patience": 2},
        {"learning_rate": 0},
        {"batch": 1},
    ],
)
def test_impossible_settings_are_refused(wrong) -> None:
    with pytest.raises(ConfigError):
        check_config(FinetuneConfig, wrong)


def test_the_settings_of_a_form_exist_and_need_no_torch() -> None:
    assert set(BASIC) <= set(FinetuneConfig.model_fields)
    code = (
        "import sys, napari_disentangle.training.finetune_config; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
