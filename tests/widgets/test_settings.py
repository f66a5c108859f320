from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.places import HOME_VARIABLE, cache_folder, keep_cache_in
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._settings import (
    kept_apart,
    preference,
    recall,
    remember,
    remember_form,
)
from napari_disentangle.widgets._worker import start

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.tasks import Task


def test_what_is_remembered_comes_back() -> None:
    assert recall("colormap", "viridis") == "viridis"
    remember("colormap", "magma")
    assert recall("colormap", "viridis") == "magma"


def test_what_is_kept_apart_is_forgotten() -> None:
    with kept_apart():
        remember("colormap", "magma")
    with kept_apart():
        assert recall("colormap", "viridis") == "viridis"


def test_a_form_shows_what_was_chosen_last(qtbot: Any) -> None:
    wanted = TraversalConfig(steps=7, low_sd=-0.3)
    for config in (wanted, None):
        form: ConfigForm[TraversalConfig] = ConfigForm(TraversalConfig)
        qtbot.addWidget(form)
        remember_form(form, "walk")
        if config is not None:
            form.setValue(config)
    assert form.value() == wanted


def test_a_config_of_an_older_version_is_forgotten(qtbot: Any) -> None:
    remember("walk", {"step_count": 7})
    form: ConfigForm[TraversalConfig] = ConfigForm(TraversalConfig)
    qtbot.addWidget(form)
    remember_form(form, "walk")
    assert form.value() == TraversalConfig()
    assert recall("walk", None) is None


def test_preferences_fall_back_where_napari_has_none() -> None:
    assert preference("no_such_preference", 16) == 16


def test_the_cache_folder_of_napari_s_settings_reaches_the_engine(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pytest.importorskip("napari.settings")
    general = settings.get_plugin_settings("napari-disentangle").general
    monkeypatch.delenv(HOME_VARIABLE)
    monkeypatch.setattr(general, "cache_folder", str(tmp_path))
    seen: list[Path] = []

    def task() -> Task[None, None]:
        seen.append(cache_folder())
        yield

    start(task(), "looking")  # may have ended before anybody listens
    qtbot.wait_for_workers()
    keep_cache_in("")
    assert seen == [tmp_path]
