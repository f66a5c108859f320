from __future__ import annotations

import subprocess
import sys

import pytest

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.training.config import (
    AdaptiveSharing,
    BetaSchedule,
    DecoderConfig,
    LabelSharing,
    TrainConfig,
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("constant", [2.0, 2.0, 2.0, 2.0]),
        ("warm_up", [0.0, 1.0, 2.0, 2.0]),
        ("cyclical", [0.0, 2.0, 0.0, 2.0]),
    ],
)
def test_beta_rises_as_its_kind_says(kind: str, expected: list[float]) -> None:
    schedule = BetaSchedule(kind=kind, value=2.0, rise=0.5, cycles=2)
    assert [schedule.at(t) for t in (0.0, 0.25, 0.5, 0.75)] == pytest.approx(expected)


def test_the_rate_falls_from_its_largest_to_nothing() -> None:
    config = TrainConfig(learning_rate=0.5)
    assert config.rate_at(0.0) == 0.5
    assert config.rate_at(0.5) == pytest.approx(0.25)
    assert config.rate_at(1.0) == pytest.approx(0.0)
    assert config.replace(decay="constant").rate_at(0.9) == 0.5


def test_invariance_rises_over_its_part_of_the_training() -> None:
    config = TrainConfig(invariance=4.0, invariance_rise=0.5)
    weights = [config.invariance_at(t) for t in (0.0, 0.25, 0.5, 1.0)]
    assert weights == [0.0, 2.0, 4.0, 4.0]
    assert TrainConfig(invariance=4.0).invariance_at(0.0) == 4.0


@pytest.mark.parametrize("sharing", [LabelSharing(), AdaptiveSharing(mean="product")])
def test_a_config_survives_json(sharing) -> None:
    config = TrainConfig(sharing=sharing, beta=BetaSchedule(kind="cyclical"))
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config


def test_sharing_is_chosen_by_its_kind() -> None:
    config = check_config(TrainConfig, {"sharing": {"kind": "adaptive"}})
    assert config.sharing == AdaptiveSharing()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (TrainConfig, {"epochs": 3}),
        (TrainConfig, {"steps": 0}),
        (TrainConfig, {"sharing": {"kind": "psychic"}}),
        (BetaSchedule, {"rise": 0}),
        (DecoderConfig, {"batch": 0}),
    ],
)
def test_impossible_configs_are_refused(kind, values) -> None:
    with pytest.raises(ConfigError):
        check_config(kind, values)


def test_configs_need_no_torch() -> None:
    code = (
        "import sys, napari_disentangle.training.config, "
        "napari_disentangle.models.config; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_factor_may_own_a_second_dimension_after_the_first_ones_of_all() -> None:
    sharing = LabelSharing(twofold=(4,))
    assert sharing.owners(5, 10) == (0, 1, 2, 3, 4, 4, -1, -1, -1, -1)


@pytest.mark.parametrize("twofold", [(5,), (0, 1, 2, 3, 4, 0)])
def test_more_dimensions_than_the_code_has_are_refused(
    twofold: tuple[int, ...],
) -> None:
    with pytest.raises(ConfigError, match="do not fit a code of 10"):
        LabelSharing(twofold=twofold).owners(5, 10)
