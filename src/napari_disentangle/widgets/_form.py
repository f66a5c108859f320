"""A form that edits a frozen config, made from its fields with magicgui.

A field's annotation chooses its editor, its bounds the limits, its description (with
the unit) the tooltip. What was not touched comes back exactly as it was set.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from magicgui.widgets import create_widget
from psygnal import Signal
from qtpy.QtCore import QRegularExpression, Qt
from qtpy.QtGui import QRegularExpressionValidator
from qtpy.QtWidgets import (
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.config import Config, check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from magicgui.widgets.bases import ValueWidget
    from pydantic.fields import FieldInfo

M = TypeVar("M", bound=Config)

_UNITS = {"px": "px", "um": "µm", "sd": "sd"}
_LARGE = 10**9


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
                values[name] = _parse(self._kind.model_fields[name], editor.value)
        return check_config(self._kind, values)

    def setValue(self, value: M) -> None:
        """Show `value`; emits `valueChanged` if it differs from the current one."""
        before = self._base
        self._base = value
        self._setting = True
        try:
            for name, editor in self._editors.items():
                _show(editor, getattr(value, name))
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


def title(name: str) -> str:
    """Return field `name` as a label: ``min_area_px`` becomes "Min area (px)"."""
    words = name.split("_")
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    text = " ".join(words[:-1] if unit else words).capitalize()
    text = text.replace("Mlp", "MLP")
    return f"{text} ({unit})" if unit else text


def make_editor(
    name: str, info: FieldInfo, choices: Sequence[str] = ()
) -> ValueWidget[Any]:
    """Return an editor for one config field, showing its default.

    Numbers keep every digit: a box has as many decimals as its value needs, since a
    plain one turns 1e-4 into 0.
    """
    kind = info.annotation
    options: dict[str, Any] = {}
    annotation: Any = str
    value: Any = info.default
    if get_origin(kind) is Literal:
        annotation, options = str, {"choices": list(get_args(kind))}
        if not all(isinstance(choice, str) for choice in get_args(kind)):
            annotation = int
    elif choices:
        options = {"choices": list(choices)}
    elif kind in (int, float):
        annotation, options = kind, _limits(info, kind)
    elif kind is bool:
        annotation = bool
    else:
        value = _text(value)
    editor: ValueWidget[Any] = create_widget(  # type: ignore[assignment]
        value=value,
        annotation=annotation,
        name=name,
        options={**options, "tooltip": info.description or ""},
    )
    editor.native.setToolTip(info.description or "")
    editor.native.setAccessibleName(title(name))
    editor.native.setMinimumWidth(80)
    if kind is int and options["min"] >= 0:
        digits = QRegularExpression("[0-9]*")  # superqt raises at a minus alone
        line = editor.native.lineEdit()
        line.setValidator(QRegularExpressionValidator(digits, line))
    if kind is bool:
        editor.native.setText("")  # the row has a label already
    return editor


def count_box(kind: type[Config], field: str, tooltip: str) -> QSpinBox:
    """Return a box with the limits and the default of one whole number of a config.

    For forms that are laid out by hand.
    """
    info = kind.model_fields[field]
    limits = _limits(info, int)
    box = QSpinBox()
    box.setRange(limits["min"], limits["max"])
    box.setValue(info.default)
    box.setToolTip(tooltip)
    box.setAccessibleName(tooltip)
    return box


def _limits(info: FieldInfo, kind: type) -> dict[str, Any]:
    low: float = -_LARGE
    high: float = _LARGE
    step: float = 1 if kind is int else _step(info.default)
    for bound in info.metadata:
        if isinstance(bound, Ge):
            low = float(bound.ge)  # type: ignore[arg-type]
        elif isinstance(bound, Gt):
            low = float(bound.gt) + (1 if kind is int else 0)  # type: ignore[arg-type]
        elif isinstance(bound, Le):
            high = float(bound.le)  # type: ignore[arg-type]
        elif isinstance(bound, Lt):
            high = float(bound.lt) - (1 if kind is int else 0)  # type: ignore[arg-type]
    return {"min": kind(low), "max": kind(high), "step": step}


def _step(value: float) -> float:
    """Return a tenth of the magnitude of `value`: 0.1 for 2.5, 1e-5 for 3e-4."""
    if value == 0:
        return 0.1
    return float(10.0 ** (Decimal(repr(abs(float(value)))).adjusted() - 1))


def _decimals(value: float) -> int:
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _show(editor: ValueWidget[Any], value: Any) -> None:
    native = editor.native
    if isinstance(value, float) and hasattr(native, "setDecimals"):
        needed = max(_decimals(value), _decimals(native.singleStep()))
        native.setDecimals(needed)
    if hasattr(editor, "choices") and value not in editor.choices:
        editor.choices = (*editor.choices, value)
    if isinstance(value, str | int | float):
        editor.value = value
    else:
        editor.value = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _parse(info: FieldInfo, value: Any) -> Any:
    """Return what the user typed as the field's type; pydantic checks the rest."""
    if get_origin(info.annotation) is tuple and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value
