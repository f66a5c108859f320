from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QInputDialog

from napari_disentangle.storage.models import read_model
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_a_published_model_is_unpacked_and_chosen(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.make_archive(str(tmp_path / "sent"), "zip", pixel_model)
    dock = dock_in(viewer, FactorsWidget)
    answer = f" {tmp_path / 'sent.zip'} ", True
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: answer)
    dock.models.get_button.click()
    wait_for(dock)
    chosen = dock.model_combo.currentData()
    assert Path(chosen) != pixel_model
    assert read_model(chosen).id == read_model(pixel_model).id


def test_what_is_no_model_is_told_and_the_choice_stays(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    notes: list[str],
) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    dock = dock_in(viewer, FactorsWidget)
    before = dock.model_combo.currentData()
    dock.get_model(str(tmp_path / "bad.zip"))
    wait_for(dock)
    assert dock.model_combo.currentData() == before
    assert "no zip file" in notes[-1]
