"""A line with a folder: suggested, typed, or chosen in a dialog."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget


class FolderEdit(QWidget):
    """Edit the path of a folder.

    Parameters
    ----------
    tooltip : str
        What the folder is for; also the title of the dialog.

    Attributes
    ----------
    changed : Signal
        Emitted with the new path, None for none.
    """

    changed = Signal(object)

    def __init__(self, tooltip: str) -> None:
        super().__init__()
        self._own = False
        self.edit = QLineEdit()
        self.edit.setMinimumWidth(80)
        self.edit.setAccessibleName(tooltip)
        self.edit.setToolTip(tooltip)
        self.button = QToolButton()
        self.button.setText("...")
        self.button.setAccessibleName("Choose a folder")
        self.button.setToolTip("Choose a folder")
        self.setToolTip(tooltip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(lambda text: self._on_edited(text))
        self.edit.textChanged.connect(lambda _: self.changed.emit(self.path()))
        self.button.clicked.connect(lambda: self._ask())

    def path(self) -> Path | None:
        """Return the folder, None if the line is empty."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path) -> None:
        """Choose `path` as the user would; suggestions are ignored from now on."""
        self._own = True
        self.edit.setText(str(path))

    def suggest(self, path: Path | None) -> None:
        """Show `path` unless the user chose a folder."""
        if not self._own:
            self.edit.setText("" if path is None else str(path))
            self.edit.setCursorPosition(len(self.edit.text()))

    def _on_edited(self, text: str) -> None:
        self._own = bool(text.strip())

    def _ask(self) -> None:
        start = next((p for p in self._parents() if p.is_dir()), Path.home())
        found = QFileDialog.getExistingDirectory(self, self.toolTip(), str(start))
        if found:
            self.set_path(Path(found))

    def _parents(self) -> list[Path]:
        path = self.path()
        return [] if path is None else [path, *path.parents]
