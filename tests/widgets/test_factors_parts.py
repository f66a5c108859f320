"""What the Factors dock says before, beside and besides its colors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtGui import QHelpEvent
from qtpy.QtWidgets import QApplication

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.errors import DataError
from napari_disentangle.latents.in_distribution import InDistribution
from napari_disentangle.recipes.familiarity import Familiarity
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

_CLASSES = (CellClass("round one", "#ff0000", 1), CellClass("other", "#0000ff", 2))


@pytest.fixture
def factors(encoded: FactorsWidget) -> FactorsWidget:
    return encoded


@pytest.fixture
def gray(
    make_napari_viewer: Any,
    sparse_labels: Any,
    encode_in: Callable[..., FactorsWidget],
) -> FactorsWidget:
    """The dock over cells of a single gray channel."""
    viewer = make_napari_viewer()
    noise = np.random.default_rng(0).random(sparse_labels.shape)
    viewer.add_image(sparse_labels + noise, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    return encode_in(viewer)


def _tell(dock: Any, inside: int) -> None:
    """Let so many of ten cells be like what the model has seen."""
    session = dock.session
    found = InDistribution(np.arange(10) < inside, np.ones((10, 3)), np.ones(10), 0.7)
    session.set_codes(
        session.model, session.embedding, session.table.copy(), Familiarity(10, found)
    )


def _columns(combo: Any) -> list[str]:
    return [str(combo.itemData(row)) for row in range(combo.count())]


def _tooltip_of(widget: Any) -> str:
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(widget, event)
    return str(widget.toolTip())


# Before the names ---------------------------------------------------------------------


def test_a_model_that_keeps_no_reference_is_said_to_be_unchecked(
    factors: FactorsWidget,
) -> None:
    assert factors.known_note.text().startswith("Not checked:")
    assert not factors.known_note.isHidden()
    assert factors.column_combo.itemText(0) == "Texture"


def test_the_check_stands_above_the_colors_and_marks_the_names(
    factors: FactorsWidget,
) -> None:
    body = factors._body
    assert body.indexOf(factors.known_note) < body.indexOf(factors.coloring)
    _tell(factors, 1)
    assert factors.known_note.text().startswith("90 % of the cells lie outside")
    assert factors.known_note.font().bold()
    texts = [factors.column_combo.itemText(row) for row in range(11)]
    assert texts[:5] == [
        *("Texture ?", "Color ?", "Shape ?", "Scale ?", "Orientation ?"),
    ]
    assert not any(text.endswith("?") for text in texts[5:])
    factors.pointed.show_cell(Cell(5))
    assert all(" ?" in name for name in factors.readout.names())
    _tell(factors, 10)
    assert factors.column_combo.itemText(0) == "Texture"
    assert not factors.known_note.font().bold()


def test_new_crops_take_the_sentence_away(factors: FactorsWidget) -> None:
    session = factors.session
    session.set_crops(session.source, session.crops)
    assert factors.known_note.isHidden()


@pytest.mark.slow
def test_the_bundled_model_checks_the_cells_on_the_way(
    viewer: Any, factors: FactorsWidget, wait_for: Callable[[Any], None]
) -> None:
    factors.set_model("features")
    factors.encode()
    wait_for(factors)
    known = factors.session.familiarity
    assert known.found.inside.shape == (3,)
    assert factors.known_note.text() == known.sentence


# Gray cells ---------------------------------------------------------------------------


def test_gray_cells_have_no_color_in_any_dock(
    gray: FactorsWidget, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    assert "do not read it" in gray.known_note.text()
    assert "z_color" not in _columns(gray.column_combo)
    assert "z_scale" in _columns(gray.column_combo)
    with pytest.raises(DataError, match="gray, do not read it"):
        gray.color_by("z_color")
    gray.pointed.show_cell(Cell(5))
    assert gray.readout.text().splitlines()[2] == "gray"
    explore = dock_in(gray.viewer, ExploreWidget)
    assert "z_color" not in _columns(explore.panel.x_combo)
    assert "z_color" not in explore.compare.weights.choice()
    assert "z_color" not in _columns(
        dock_in(gray.viewer, AnnotateWidget).range.column_combo
    )
    classify = dock_in(gray.viewer, ClassifyWidget)
    assert classify.inputs.columns() == [
        *("z_texture", "z_shape", "z_scale", "z_orientation"),
    ]


def test_cells_with_color_keep_it(factors: FactorsWidget) -> None:
    assert "gray" not in factors.known_note.text()
    assert "z_color" in _columns(factors.column_combo)


# Directions ---------------------------------------------------------------------------


def test_every_place_tells_direction_and_unit_in_the_same_words(
    factors: FactorsWidget, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    session = factors.session
    many = session.table.iloc[np.arange(30) % 3].reset_index(drop=True)
    many["label"] = many["index"] = np.arange(1, 31)
    many["area"] = np.arange(30.0)
    many["z_scale"] = -many["area"]
    session.table = many
    explore = dock_in(factors.viewer, ExploreWidget)
    annotate = dock_in(factors.viewer, AnnotateWidget)
    words = "Scale, in units of the model. In these cells: higher = less area"
    factors.color_by("z_scale")
    qtbot.waitUntil(lambda: not factors.direction.isHidden())
    assert factors.direction.text().startswith(words)
    factors.pointed.show_cell(Cell(5))
    assert factors.readout.names()[3] == "Scale ↓ area"
    assert _tooltip_of(factors.readout._names["z_scale"]).startswith(words)
    head = explore.table.model
    section = head._names.index("z_scale")
    assert words in head.headerData(
        section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    )
    explore.gallery.sort_by("z_scale", "rising")
    assert explore.gallery.caption.text().endswith("Scale ↓ area")
    weights = explore.compare.weights
    row = weights._columns.index("z_scale")
    assert weights.item(row, 0).toolTip().startswith(words)
    annotate.range.set_range("z_scale", -5, 0)
    assert annotate.range.meaning_note.text().startswith(words)
    annotate.range.set_range("area", 0, 5)
    assert annotate.range.meaning_note.text() == "Area, in px²; higher = larger."


# Classes ------------------------------------------------------------------------------


def test_cells_are_colored_by_class_with_a_legend(
    viewer: Any, factors: FactorsWidget, qtbot: Any
) -> None:
    session = factors.session
    assert "annotation" not in _columns(factors.column_combo)
    session.annotations = Annotations(_CLASSES)
    session.table = session.table.assign(annotation=["round one", None, "other"])
    factors.color_by("annotation")
    layer = viewer.layers["cells"]
    np.testing.assert_allclose(layer.get_color(1), (1, 0, 0, 1), atol=1e-6)
    np.testing.assert_allclose(layer.get_color(10), (0, 0, 1, 1), atol=1e-6)
    assert layer.get_color(5)[3] < 0.5, "a cell without a class is faint"
    qtbot.waitUntil(lambda: not factors.coloring.legend.isHidden())
    assert "#ff0000" in factors.coloring.legend.text()
    assert "round&nbsp;one&nbsp;(1)" in factors.coloring.legend.text()
    assert "none&nbsp;(1)" in factors.coloring.legend.text()
    assert factors.color_bar.isHidden()
    assert not factors.percentiles.isEnabled()
    assert "Annotate" in factors.colormap_combo.toolTip()
    factors.color_by("z_scale")
    qtbot.waitUntil(lambda: not factors.color_bar.isHidden())
    assert factors.coloring.legend.isHidden()
    assert factors.percentiles.isEnabled()


def test_a_class_with_another_color_is_painted_anew(
    viewer: Any, factors: FactorsWidget, qtbot: Any
) -> None:
    session = factors.session
    session.annotations = Annotations(_CLASSES)
    session.table = session.table.assign(annotation=["round one", None, "other"])
    factors.color_by("annotation")
    session.annotations = Annotations((CellClass("round one", "#00ff00", 1),))
    layer = viewer.layers["cells"]
    qtbot.waitUntil(lambda: np.allclose(layer.get_color(1), (0, 1, 0, 1), atol=1e-6))


# The cell under the pointer -----------------------------------------------------------


def test_the_cell_under_the_pointer_shows_its_crop(
    factors: FactorsWidget, qtbot: Any
) -> None:
    factors.pointed.show_cell(Cell(5))
    picture = factors.pointed.picture
    qtbot.waitUntil(lambda: factors.pointed.thumbs.is_cut(1))
    image = picture.pixmap().toImage()
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.green() > 150 > middle.red(), "cell 5 is the green one"
    factors.pointed.show_cell(None)
    assert picture.row == -1
    assert picture.pixmap().isNull()


@pytest.mark.parametrize("inside", [1, 10])
def test_the_dock_stays_narrow_when_names_tell_their_directions(
    factors: FactorsWidget, inside: int
) -> None:
    session = factors.session
    table = session.table.iloc[np.arange(30) % 3].reset_index(drop=True)
    table["eccentricity"] = np.arange(30.0)
    for name in ("texture", "color", "shape", "scale", "orientation"):
        table[f"z_{name}"] = -table["eccentricity"]
    session.table = table
    _tell(factors, inside)
    factors.pointed.show_cell(Cell(5))
    assert "↓ eccentricity" in factors.readout.names()[4]
    assert factors.layout().itemAt(0).widget().widget().minimumSizeHint().width() <= 350


def test_moving_over_a_cell_in_the_viewer_shows_it(
    viewer: Any, factors: FactorsWidget
) -> None:
    class Move:
        position = (30.0, 75.0)
        view_direction = None
        dims_displayed = (0, 1)

    for callback in list(viewer.mouse_move_callbacks):
        callback(viewer, Move())
    assert factors.readout.text().startswith("Cell 10")
    assert factors.pointed.picture.row == 2


# All factors --------------------------------------------------------------------------


@pytest.fixture
def window(factors: FactorsWidget, qtbot: Any) -> Any:
    factors.coloring.all_button.click()
    found = factors.coloring.multiples
    qtbot.waitUntil(lambda: len(found.pictures) == 5)
    return found


def test_all_named_factors_stand_side_by_side(
    factors: FactorsWidget, window: Any
) -> None:
    assert [picture.column for picture in window.pictures] == [
        *("z_texture", "z_color", "z_shape", "z_scale", "z_orientation"),
    ]
    table = factors.session.table
    low, high = _layers.limits_of(table["z_scale"].to_numpy(float), 1, 99)
    assert window.pictures[3].text() == f"Scale\n{low:.3g} to {high:.3g}"
    coloring = _layers.Coloring("z_scale", "viridis", low, high)
    colors = _layers.rgba_of(table["z_scale"].to_numpy(float), coloring)
    shown = window.pictures[3].pixmap().toImage()
    for place, color in zip((15, 45, 75), colors, strict=True):
        found = shown.pixelColor(place, 30).getRgb()[:3]
        np.testing.assert_allclose(found, 255 * color[:3], atol=4)


def test_a_click_on_a_factor_colors_the_viewer_by_it(
    factors: FactorsWidget, window: Any
) -> None:
    drawn = list(window.pictures)
    window.pictures[2].click()
    assert factors._coloring is not None
    assert factors._coloring.column == "z_shape"
    assert window.pictures == drawn, "nothing is drawn anew for that"
    assert [picture.isChecked() for picture in drawn] == [
        *(False, False, True, False, False),
    ]


def test_pictures_grow_with_the_window(window: Any) -> None:
    window.resize(500, 700)
    narrow = window.pictures[0].iconSize().width()
    window.resize(1400, 900)
    assert window.pictures[0].iconSize().width() > narrow


def test_the_window_can_be_made_small_again(window: Any, qtbot: Any) -> None:
    window.resize(1400, 900)
    wide = window.pictures[0].iconSize().width()
    window.resize(420, 700)
    qtbot.waitUntil(lambda: window.pictures[0].iconSize().width() < wide)
    assert window.width() == 420
    right = max(picture.geometry().right() for picture in window.pictures)
    assert right < window._area.width()


def test_another_colormap_draws_them_anew(
    factors: FactorsWidget, window: Any, qtbot: Any
) -> None:
    before = window.pictures
    factors.colormap_combo.setCurrentText("magma")
    qtbot.waitUntil(lambda: window.pictures is not before)


def test_without_codes_there_is_nothing_to_show(
    viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(viewer, FactorsWidget)
    assert not dock.coloring.all_button.isEnabled()
    assert "encode the cells first" in dock.coloring.all_button.toolTip()


def test_crops_cut_anew_empty_the_window(factors: FactorsWidget, window: Any) -> None:
    session = factors.session
    session.set_crops(session.source, session.crops)
    assert window.pictures == []
    assert "Encode" in window.note.text()
