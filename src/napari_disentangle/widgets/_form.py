"""A form that edits a frozen config, made from its fields with magicgui.

A field's annotation chooses its editor, its bounds the limits, its description (with
the unit) the tooltip. What was not touched comes back exactly as it was set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_disentangle.config import Config, check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.widgets._editors import make_editor, parse, show, title
from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from magicgui.widgets.bases import ValueWidget

M = TypeVar("M", bound=Config)


class ConfigForm(QWidget, Generic[M]):
    """Edit a config of type `kind`.

    Parameters
    ----------
    kind : type of Config
        Its fields become rows.
    basic : sequence of str
        Fields shown at once; the others are behind "More options". Empty means all.
    hidden : sequence of str
        Fields without a row; they keep the value that was set.
    listed : sequence of str
        Text fields edited by a box of choices: see `set_choices`.
    parent : QWidget or None
        Qt parent.

    Attributes
    ----------
    valueChanged : Signal
        Emitted with the config after an edit that leaves it valid.
    """

    valueChanged = Signal(object)

    def __init__(
        self,
        kind: type[M],
        *,
        basic: Sequence[str] = (),
        hidden: Sequence[str] = (),
        listed: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._base: M = kind()
        self._listed = listed
        self._setting = False
        self._editors: dict[str, ValueWidget[Any]] = {}
        self._shown: dict[str, Any] = {}
        names = [name for name in kind.model_fields if name not in hidden]
        first = [name for name in names if not basic or name in basic]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rows(first))
        rest = [name for name in names if name not in first]
        if rest:
            layout.addWidget(
                Section("More options", self._rows(rest), self._defaults_button())
            )
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        self.setValue(self._base)

    def value(self) -> M:
        """Return the config as edited.

        Raises
        ------
        ConfigError
            Naming the first field that is wrong.
        """
        values = self._base.model_dump()
        for name, editor in self._editors.items():
            if editor.value != self._shown[name]:
                values[name] = parse(self._kind.model_fields[name], editor.value)
        return check_config(self._kind, values)

    def setValue(self, value: M) -> None:
        """Show `value`; emits `valueChanged` if it differs from the current one."""
        before = self._base
        self._base = value
        self._setting = True
        try:
            for name, editor in self._editors.items():
                show(editor, getattr(value, name))
                self._shown[name] = editor.value
        finally:
            self._setting = False
        self._problem.hide()
        if value != before:
            self.valueChanged.emit(value)

    def editor(self, name: str) -> ValueWidget[Any]:
        """Return the magicgui editor of field `name`."""
        return self._editors[name]

    def reset(self) -> None:
        """Show the defaults."""
        self.setValue(self._kind())

    def set_choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Offer `choices`, pairs of text and value, for a listed field.

        A chosen value that is not among them stays on offer.
        """
        editor = self._editors[name]
        kept = getattr(self._base, name)
        known = any(value == kept for _, value in choices)
        self._setting = True
        editor.choices = [*choices, *([] if known else [(kept, kept)])]  # type: ignore[attr-defined]
        editor.value = kept
        self._setting = False

    def _rows(self, names: Sequence[str]) -> QWidget:
        box = QWidget()
        layout = QFormLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name in names:
            info = self._kind.model_fields[name]
            choices = [info.default] if name in self._listed else ()
            editor = make_editor(name, info, choices)
            editor.changed.connect(self._on_edited)
            self._editors[name] = editor
            label = QLabel(title(name))
            label.setToolTip(info.description or "")
            label.setBuddy(editor.native)
            layout.addRow(label, editor.native)
        return box

    def _defaults_button(self) -> QPushButton:
        button = QPushButton("Back to defaults")
        button.setToolTip("Set all of these options as they were at first")
        button.clicked.connect(lambda: self.reset())
        return button

    def _on_edited(self) -> None:
        if self._setting:
            return
        try:
            value = self.value()
        except ConfigError as error:
            self._problem.setText(str(error))
            self._problem.show()
        else:
            self._problem.hide()
            self.valueChanged.emit(value)
