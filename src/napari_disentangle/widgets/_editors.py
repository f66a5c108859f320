"""Editors of single fields of a config, made by magicgui.

A field's annotation chooses its editor, its bounds the limits, its description (with
the unit) the tooltip.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from magicgui.widgets import create_widget
from qtpy.QtCore import QRegularExpression
from qtpy.QtGui import QRegularExpressionValidator
from qtpy.QtWidgets import QSpinBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from magicgui.widgets.bases import ValueWidget
    from pydantic.fields import FieldInfo

    from napari_disentangle.config import Config

_UNITS = {"px": "px", "um": "µm", "sd": "sd"}
_LARGE = 10**9


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


def show(editor: ValueWidget[Any], value: Any) -> None:
    """Show `value` with every digit, also one that is not on offer."""
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


def parse(info: FieldInfo, value: Any) -> Any:
    """Return what the user typed as the field's type; pydantic checks the rest."""
    if get_origin(info.annotation) is tuple and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value
