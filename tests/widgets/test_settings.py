from __future__ import annotations

from typing import Any

from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._settings import (
    kept_apart,
    preference,
    recall,
    remember,
    remember_form,
)


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
