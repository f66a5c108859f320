"""Number keys that give classes, in the viewer and in the dock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut  # type: ignore[attr-defined]

from napari_disentangle.annotations.values import LAST_KEY
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._exclude import EXCLUDE_KEY
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtWidgets import QWidget

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.widgets._book import Book

CLEAR_KEY = "0"
_INSIDE = Qt.ShortcutContext.WidgetWithChildrenShortcut


class ClassKeys:
    """Binds the keys that mean something now.

    Parameters
    ----------
    viewer : napari.Viewer
        Keys work over the image, too.
    dock : QWidget
        Where they work as well.
    on_key : callable
        Called with the key.
    """

    def __init__(
        self, viewer: Any, dock: QWidget, on_key: Callable[[str], object]
    ) -> None:
        self._keys = _layers.Keys(viewer, on_key)
        self.stop = self._keys.stop
        self._shortcuts = []
        for key in (*map(str, range(LAST_KEY + 1)), EXCLUDE_KEY):
            shortcut = QShortcut(QKeySequence(key), dock, context=_INSIDE)
            shortcut.activated.connect(partial(on_key, key))
            self._shortcuts.append(shortcut)

    def bind(self, value: Annotations, *, has_crops: bool, wanted: bool) -> None:
        """Let the keys of the classes work, and that to exclude if there are cells."""
        keys = [str(known.key) for known in value.classes if known.key]
        keys += [CLEAR_KEY] if keys else []
        keys += [EXCLUDE_KEY] if has_crops else []
        on = wanted and bool(keys)
        self._keys.bind(keys if on else ())
        for shortcut in self._shortcuts:
            shortcut.setEnabled(on)


def bind_undo(dock: QWidget, book: Book) -> None:
    """Let Ctrl+Z and Ctrl+Shift+Z take changes back in a dock, and do them again."""
    for text, slot in {"Ctrl+Z": book.undo, "Ctrl+Shift+Z": book.redo}.items():
        shortcut = QShortcut(QKeySequence(text), dock, context=_INSIDE)
        shortcut.activated.connect(partial(guard, slot))
