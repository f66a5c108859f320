from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pytest
from pydantic import Field, model_validator

from napari_disentangle.config import Config, check_config, read_config
from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


class Example(Config):
    rate: float = Field(1e-4, gt=0)
    steps: int = 3


class Between(Config):
    low: int = 0
    high: int = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "rate = 0.5\nsteps = 7\n"), ("a.json", '{"rate": 0.5, "steps": 7}')],
)
def test_toml_and_json_give_the_same_value(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert read_config(Example, path) == Example(rate=0.5, steps=7)


def test_an_unknown_key_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(ConfigError, match=r"'stepz'.*rate, steps"):
        check_config(Example, {"stepz": 1})


def test_a_value_out_of_range_says_what_was_given() -> None:
    with pytest.raises(ConfigError, match=r"rate = -1.*greater than 0"):
        check_config(Example, {"rate": -1})


def test_settings_that_disagree_are_told_without_repeating_them_all() -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(Between, {"low": 3, "high": 2})
    assert str(raised.value) == (
        "These settings do not go together: low 3 is above high 2."
    )


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(Example, {"steps": ["x"] * 1000})
    assert len(str(raised.value)) < 200


def test_replace_validates_the_change() -> None:
    assert Example().replace(steps=5) == Example(steps=5)
    with pytest.raises(ConfigError):
        Example().replace(rate=0)


def test_configs_are_values() -> None:
    assert Example() == Example()
    assert hash(Example()) == hash(Example())


@pytest.mark.parametrize("text", ["rate = = 1", "\x00"])
def test_a_malformed_file_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match="malformed"):
        read_config(Example, path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml cannot be read"):
        read_config(Example, tmp_path / "gone.toml")
