"""`benchmark transfer` refuses what it cannot run before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from napari_disentangle.cli import app
from napari_disentangle.cli.benchmark import _folders

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_have_names(tmp_path: Path) -> None:
    found = _folders([f"one={tmp_path}", f"two={tmp_path / 'a=b'}"])
    assert list(found) == ["one", "two"]
    assert found["two"].name == "a=b"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "give --folder"),
        (("--folder", "plankton"), "NAME=DIR"),
        (("--folder", "a=x", "--folder", "a=y"), "given twice"),
        (("--folder", "a/b=x"), "letters"),
        (("--folder", "a=x", "--seeds", "0"), "--seeds"),
    ],
)
def test_wrong_usage_is_told(
    options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    out, numbers = str(tmp_path / "out"), str(tmp_path / "numbers.json")
    call = ["benchmark", "transfer", "--out", out, "--json", numbers, *options]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "out").exists()


def test_the_help_shows_an_example() -> None:
    result = CliRunner().invoke(app, ["benchmark", "transfer", "--help"])
    assert result.exit_code == 0
    assert "Example: napari-disentangle benchmark transfer" in " ".join(
        result.output.split()
    )
