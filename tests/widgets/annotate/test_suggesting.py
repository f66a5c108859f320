"""How cells are suggested: restored, and refused with the reason where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from napari_disentangle.widgets._annotate.suggesting import SuggestForm


@pytest.fixture
def form(qtbot: Any) -> SuggestForm:
    form = SuggestForm(lambda: None)
    qtbot.addWidget(form)
    form.offer([("Scale", "z_scale"), ("Shape", "z_shape")])
    return form


@pytest.mark.parametrize(
    ("way", "needs_classes"),
    [("typical", False), ("diverse", False), ("uncertain", True), ("boundary", True)],
)
def test_ways_that_lie_between_classes_need_two_of_them(
    form: SuggestForm, way: str, needs_classes: bool
) -> None:
    form.set_way(way)
    form.allow("", 1)
    assert form.button.isEnabled() == (not needs_classes)
    assert ("Not now: give some cells of two" in form.button.toolTip()) == needs_classes
    form.allow("", 2)
    assert form.button.isEnabled()
    form.allow("encode the cells first", 2)
    assert form.button.toolTip().endswith("Not now: encode the cells first.")


def test_a_factor_is_asked_for_only_where_a_boundary_is_meant(
    form: SuggestForm,
) -> None:
    form.set_way("typical")
    form.allow("", 2)
    assert form.column_combo.isHidden()
    form.set_way("boundary", "z_shape")
    form.allow("", 2)
    assert not form.column_combo.isHidden()
    assert form.config().column == "z_shape"


def test_the_factor_stays_chosen_while_it_is_there(form: SuggestForm) -> None:
    form.set_way("boundary", "z_shape")
    form.offer([("Area", "area"), ("Shape", "z_shape")])
    assert form.config().column == "z_shape"
    form.offer([("Area", "area")])
    assert form.config().column == "area"


def test_way_and_number_are_restored(form: SuggestForm, qtbot: Any) -> None:
    row = form.way_combo.findData("diverse")
    form.way_combo.setCurrentIndex(row)
    form.way_combo.activated.emit(row)  # as the user does
    form.count_box.setValue(7)
    again = SuggestForm(lambda: None)
    qtbot.addWidget(again)
    assert (again.config().way, again.config().n) == ("diverse", 7)
