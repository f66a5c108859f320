"""The frame of the command line: exit codes and where messages go."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.errors import DataError


def app_that_raises(error: BaseException) -> typer.Typer:
    app = typer.Typer(cls=ErrorGroup)

    @app.callback()
    def main(debug: bool = typer.Option(False, "--debug")) -> None: ...

    @app.command()
    def work() -> None:
        raise error

    return app


def test_our_error_is_one_line_on_stderr_and_exit_code_1() -> None:
    result = CliRunner().invoke(app_that_raises(DataError("too\n  bad")), ["work"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: too bad\n"


def test_debug_lets_the_traceback_through_wherever_it_stands() -> None:
    app = app_that_raises(DataError("too bad"))
    for args in (["work", "--debug"], ["--debug", "work"]):
        assert isinstance(CliRunner().invoke(app, args).exception, DataError)


def test_an_interrupt_ends_with_130() -> None:
    result = CliRunner().invoke(app_that_raises(KeyboardInterrupt()), ["work"])
    assert result.exit_code == 130


def test_a_wrong_option_is_a_usage_error() -> None:
    app = app_that_raises(DataError("never reached"))
    assert CliRunner().invoke(app, ["work", "--no-such-option"]).exit_code == 2


@pytest.mark.slow
def test_help_comes_without_importing_torch_napari_or_qt() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; "
        "from napari_disentangle.cli import app; "
        "result = CliRunner().invoke(app, ['--help']); print(result.exit_code); "
        "print([m for m in ('torch', 'napari', 'qtpy', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["0", "[]"]
