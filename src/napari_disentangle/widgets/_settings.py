"""What a dock remembers between sessions, and the plugin's preferences in napari."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from qtpy.QtCore import QSettings

from napari_disentangle.config import Config, check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.places import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qtpy.QtWidgets import QAbstractButton, QComboBox, QDoubleSpinBox, QSpinBox

    from napari_disentangle.widgets._form import ConfigForm

M = TypeVar("M", bound=Config)
V = TypeVar("V", bool, int, float, str)

PLUGIN = "napari-disentangle"


def remember(key: str, value: Any) -> None:
    """Keep a plain `value` under `key`."""
    _store().setValue(key, json.dumps(value))


def recall(key: str, default: Any) -> Any:
    """Return what was kept under `key`, or `default`."""
    text = _store().value(key)
    try:
        return default if text is None else json.loads(str(text))
    except ValueError:
        return default


def recall_pair(key: str, default: tuple[float, float]) -> tuple[float, float]:
    """Return the two rising numbers kept under `key`, or `default`."""
    kept = recall(key, None)
    try:
        low, high = map(float, kept)
    except (TypeError, ValueError):
        return default
    return (low, high) if low < high else default


def remember_form(form: ConfigForm[M], key: str) -> None:
    """Show the config kept under `key` and keep every later one.

    A config that an older version wrote and this one refuses is forgotten.
    """
    kept = recall(key, None)
    if isinstance(kept, dict):
        try:
            form.setValue(check_config(type(form.value()), kept))
        except ConfigError:
            remember(key, None)
    form.valueChanged.connect(
        lambda config: remember(key, config.model_dump(mode="json"))
    )


def remember_box(box: QAbstractButton, key: str) -> None:
    """Tick `box` as the user left it, and keep every later click."""
    box.setChecked(recall(key, box.isChecked()) is True)
    box.clicked.connect(lambda on: remember(key, on))


def remember_number(box: QSpinBox | QDoubleSpinBox, key: str) -> None:
    """Show the number kept under `key`, within the limits, and keep every later one."""
    kept = recall(key, None)
    if isinstance(kept, int | float):
        inside = min(max(kept, box.minimum()), box.maximum())
        box.setValue(type(box.value())(inside))  # type: ignore[arg-type]
    box.valueChanged.connect(lambda number: remember(key, number))


def remember_choice(combo: QComboBox, key: str) -> None:
    """Choose what the user chose last, if it is on offer, and keep every later one.

    The items need data.
    """
    kept = recall(key, None)
    row = -1 if kept is None else combo.findData(kept)
    if row >= 0:
        combo.setCurrentIndex(row)
    combo.activated.connect(lambda row: remember(key, combo.itemData(row)))


def preference(name: str, default: V) -> V:
    """Return a preference of the plugin from napari's settings.

    `default` is returned where napari is too old to have them.
    """
    try:
        from napari.settings import get_plugin_settings

        value = getattr(get_plugin_settings(PLUGIN).general, name)
    except (ImportError, AttributeError, KeyError, ValueError):
        return default
    return value if isinstance(value, type(default)) else default


def encoding_options() -> dict[str, Any]:
    """Return the preferences on where and in which batches crops are encoded."""
    return {
        "device": preference("device", "auto"),
        "batch_size": preference("batch_size", 16),
    }


@contextmanager
def kept_apart() -> Iterator[None]:
    """Start from the defaults and leave the user's own settings as they are.

    For scripts, whose results shall not depend on what was clicked before, and which
    shall leave nothing in the user's folder.
    """
    before, home = QSettings.defaultFormat(), os.environ.get(HOME_VARIABLE)
    with TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        os.environ[HOME_VARIABLE] = folder
        try:
            yield
        finally:
            QSettings.setDefaultFormat(before)
            os.environ.pop(HOME_VARIABLE, None)
            if home is not None:
                os.environ[HOME_VARIABLE] = home


def _store() -> QSettings:
    return QSettings(
        QSettings.defaultFormat(), QSettings.Scope.UserScope, PLUGIN, "docks"
    )
