from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from napari_disentangle.places import cache_folder, keep_cache_in, user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "NAPARI_DISENTANGLE_HOME"


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(HOME)
    yield
    keep_cache_in("")


def test_all_is_where_the_operating_system_keeps_such_things() -> None:
    assert user_folder() == platformdirs.user_config_path("napari-disentangle")
    assert cache_folder() == platformdirs.user_cache_path("napari-disentangle")


def test_a_chosen_folder_keeps_the_cache_until_none_is_chosen(tmp_path: Path) -> None:
    keep_cache_in(f" {tmp_path} ")
    assert cache_folder() == tmp_path
    keep_cache_in("~/cells")
    assert cache_folder() == Path.home() / "cells"
    keep_cache_in("")
    assert cache_folder() == platformdirs.user_cache_path("napari-disentangle")


def test_the_variable_sets_all_whatever_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_cache_in("elsewhere")
    monkeypatch.setenv(HOME, str(tmp_path))
    assert (user_folder(), cache_folder()) == (tmp_path, tmp_path / "cache")
