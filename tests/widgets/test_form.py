from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import Field
from qtpy.QtCore import Qt

from napari_disentangle.config import Config
from napari_disentangle.errors import ConfigError
from napari_disentangle.widgets._editors import title
from napari_disentangle.widgets._form import ConfigForm

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class Everything(Config):
    """One field of each kind that a form edits."""

    rate: float = Field(1e-4, gt=0, description="Learning rate")
    tiny: float = Field(3.7e-7, description="Smaller still")
    share: float = Field(0.25, ge=0, le=1, description="Part of the whole")
    side_px: int = Field(64, ge=1, description="Side in pixels")
    keep: bool = True
    kind: Literal["otsu", "li"] = "otsu"
    count: Literal[3, 5, 7] = 5
    channels: tuple[int, ...] = Field((), description="Channels, counted from 0")
    name: str = ""


CONFIGS = [
    ("napari_disentangle.crops.config", "CropConfig"),
    ("napari_disentangle.crops.segment", "SegmentConfig"),
    ("napari_disentangle.latents.traverse", "TraversalConfig"),
    ("napari_disentangle.training.config", "DecoderConfig"),
    ("napari_disentangle.classify.config", "ClassifierConfig"),
    ("napari_disentangle.training.finetune_config", "FinetuneConfig"),
    ("napari_disentangle.recipes.export_images", "ExportConfig"),
]


@pytest.fixture(params=[*CONFIGS, None], ids=lambda p: p[1] if p else "Everything")
def kind(request: Any) -> type[Config]:
    if request.param is None:
        return Everything
    module, name = request.param
    return getattr(import_module(module), name)


def changed(info: FieldInfo) -> list[Any]:
    """Return values of a field that differ from its default."""
    default = info.default
    if get_origin(info.annotation) is Literal:
        return [choice for choice in get_args(info.annotation) if choice != default]
    if info.annotation is bool:
        return [not default]
    if info.annotation is str:
        return ["some, text"]
    if get_origin(info.annotation) is tuple:
        return [(2,), (0, 1)]
    numbers = [default + 1, default * 1.37, default / 3, default - 1, 1e-5, 12.3456789]
    if info.annotation is int:
        numbers = [int(number) for number in numbers]
    return [number for number in numbers if number != default and inside(info, number)]


def inside(info: FieldInfo, number: float) -> bool:
    for bound in info.metadata:
        if isinstance(bound, Ge) and number < bound.ge:  # type: ignore[operator]
            return False
        if isinstance(bound, Gt) and number <= bound.gt:  # type: ignore[operator]
            return False
        if isinstance(bound, Le) and number > bound.le:  # type: ignore[operator]
            return False
        if isinstance(bound, Lt) and number >= bound.lt:  # type: ignore[operator]
            return False
    return True


def variants(kind: type[Config]) -> list[Config]:
    found = [kind()]
    for name, info in kind.model_fields.items():
        for value in changed(info):
            try:
                found.append(kind().replace(**{name: value}))
            except ConfigError:
                continue  # a rule between fields forbids it
    return found


def test_what_is_set_comes_back(qtbot: Any, kind: type[Config]) -> None:
    form: ConfigForm[Any] = ConfigForm(kind)
    qtbot.addWidget(form)
    assert form.value() == kind()
    for config in variants(kind):
        form.setValue(config)
        assert form.value() == config


def test_what_is_typed_comes_back_for_every_field(
    qtbot: Any, kind: type[Config]
) -> None:
    """Each editor alone takes each value: nothing is rounded or clipped by the box."""
    form: ConfigForm[Any] = ConfigForm(kind)
    qtbot.addWidget(form)
    for config in variants(kind):
        form.setValue(config)
        shown = {name: form.editor(name).value for name in kind.model_fields}
        for name, value in shown.items():
            wanted = getattr(config, name)
            if isinstance(wanted, int | float | str):
                assert value == wanted


def test_an_edit_emits_the_changed_config(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything)
    qtbot.addWidget(form)
    seen: list[Everything] = []
    form.valueChanged.connect(seen.append)
    form.editor("rate").value = 2e-4
    form.editor("channels").value = "2, 0"
    assert seen[0] == Everything(rate=2e-4)
    assert seen[-1] == Everything(rate=2e-4, channels=(2, 0))


def test_a_wrong_entry_is_named_and_emits_nothing(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything)
    qtbot.addWidget(form)
    seen: list[Everything] = []
    form.valueChanged.connect(seen.append)
    form.editor("channels").value = "first"
    assert seen == []
    assert "channels" in form._problem.text()
    with pytest.raises(ConfigError, match="channels"):
        form.value()
    form.editor("channels").value = "1"
    assert form.value().channels == (1,)
    assert form._problem.isHidden()


def test_setting_a_value_emits_once(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything)
    qtbot.addWidget(form)
    seen: list[Everything] = []
    form.valueChanged.connect(seen.append)
    wanted = Everything(rate=1e-3, keep=False, kind="li")
    form.setValue(wanted)
    form.setValue(wanted)
    assert seen == [wanted]


def test_hidden_fields_keep_their_value_and_have_no_row(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything, hidden=("name",))
    qtbot.addWidget(form)
    form.setValue(Everything(name="kept"))
    form.editor("keep").value = False
    assert form.value() == Everything(name="kept", keep=False)
    with pytest.raises(KeyError):
        form.editor("name")


def test_the_defaults_come_back(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything, basic=("keep",))
    qtbot.addWidget(form)
    form.setValue(Everything(rate=1e-3, keep=False))
    form.reset()
    assert form.value() == Everything()


def test_a_listed_field_offers_choices_and_keeps_an_unlisted_value(qtbot: Any) -> None:
    form: ConfigForm[Everything] = ConfigForm(Everything, listed=("name",))
    qtbot.addWidget(form)
    form.setValue(Everything(name="old"))
    form.set_choices("name", [("Red channel", "0"), ("Green channel", "1")])
    assert form.value().name == "old"
    form.editor("name").value = "1"
    assert form.value().name == "1"


def test_every_row_explains_itself(qtbot: Any, kind: type[Config]) -> None:
    form: ConfigForm[Any] = ConfigForm(kind)
    qtbot.addWidget(form)
    for name, info in kind.model_fields.items():
        assert form.editor(name).native.toolTip() == (info.description or "")


def test_titles_show_units() -> None:
    assert title("min_area_px") == "Min area (px)"
    assert title("low_sd") == "Low (sd)"
    assert title("steps") == "Steps"


def test_a_box_to_tick_does_not_repeat_the_label_of_its_row(qtbot: Any) -> None:
    form = ConfigForm(Everything)
    qtbot.addWidget(form)
    assert form.editor("keep").native.text() == ""


def test_what_is_no_whole_number_cannot_be_typed(qtbot: Any) -> None:
    form = ConfigForm(Everything)
    qtbot.addWidget(form)
    box = form.editor("side_px").native
    line = box.lineEdit()
    with qtbot.captureExceptions() as raised:
        for typed, value in (("-", 64), ("a", 64), ("3x0", 30), ("-7", 7)):
            line.selectAll()
            qtbot.keyClicks(line, typed)
            qtbot.keyClick(line, Qt.Key.Key_Return)
            assert form.value().side_px == value
            form.editor("side_px").value = 64
    assert raised == []
