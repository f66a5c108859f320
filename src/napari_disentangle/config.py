"""Configs are frozen values: equal configs are equal runs."""

from __future__ import annotations

import json
import reprlib
import tomllib
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, Self


class Config(BaseModel):
    """Base of everything a user chooses; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with `changes` applied and validated."""
        return check_config(type(self), {**self.model_dump(), **changes})


C = TypeVar("C", bound=Config)


def check_config(kind: type[C], values: dict[str, Any], source: str = "") -> C:
    """Return `values` as a config of `kind`.

    Parameters
    ----------
    kind : type of Config
        The config class to build.
    values : dict
        Field names and values.
    source : str
        Where the values come from, for the message.

    Raises
    ------
    ConfigError
        Naming the first wrong field, what was given and what is allowed.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        where = f" in {source}" if source else ""
        raise ConfigError(f"{_first_problem(kind, error)}{where}.") from error


def read_config(kind: type[C], path: Path) -> C:
    """Read a TOML or JSON file as a config of `kind`.

    Raises
    ------
    ConfigError
        If the file is missing, malformed, or holds unknown or wrong values.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"Config {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # JSONDecodeError, TOMLDecodeError, UnicodeDecodeError
        raise ConfigError(f"Config {path} is malformed: {error}.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"Config {path} must hold a table of settings.")
    return check_config(kind, values, str(path))


def _first_problem(kind: type[Config], error: ValidationError) -> str:
    problem = error.errors()[0]
    if problem["type"] == "extra_forbidden":
        known = ", ".join(kind.model_fields)
        name = ".".join(str(part) for part in problem["loc"])
        return f"Unknown setting {name!r}; {kind.__name__} knows {known}"
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:  # of several settings together
        return f"These settings do not go together: {message}"
    field = ".".join(str(part) for part in problem["loc"])
    given = reprlib.repr(problem["input"])
    return f"Setting {field} = {given} is wrong: {message}"
