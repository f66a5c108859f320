import pytest

from napari_disentangle.config import check_config, read_config
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import ConfigError


def test_config_survives_json(tmp_path):
    config = CropConfig(window="fit", channels=(2, 0), background="keep")
    path = tmp_path / "crops.json"
    path.write_text(config.model_dump_json())
    assert read_config(CropConfig, path) == config


@pytest.mark.parametrize(
    "values",
    [
        {"channels": (0, 1, 2, 3)},
        {"channels": (-1,)},
        {"window": "none"},
        {"low_percentile": 50, "high_percentile": 50},
        {"margin": 0},
    ],
)
def test_impossible_choices_are_refused(values):
    with pytest.raises(ConfigError):
        check_config(CropConfig, values)
