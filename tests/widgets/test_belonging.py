"""Cells are never taken from another image because its layer has the same shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels

from napari_disentangle.widgets._crops.choices import ImageChoice
from napari_disentangle.widgets._layers.belonging import cells_for, named_after

if TYPE_CHECKING:
    from collections.abc import Iterator

PIXELS = np.zeros((8, 9), np.uint8)


def images(*names: str) -> list[Image]:
    return [Image(PIXELS, name=name) for name in names]


@pytest.mark.parametrize(
    ("cells", "image"),
    [
        ("slide 1 cells", "slide 1"),
        ("slide 1_masks", "slide 1"),
        ("slide 1", "slide 1"),
        ("slide 10 cells", "slide 10"),
        ("slide 100 cells", ""),
        ("Labels", ""),
        ("my slide 1", ""),
    ],
)
def test_cells_are_of_the_image_that_their_name_begins_with(
    cells: str, image: str
) -> None:
    found = named_after(Labels(PIXELS, name=cells), images("slide 1", "slide 10"))
    assert (found.name if found else "") == image


def test_cells_of_a_nameless_layer_may_be_of_any_image_and_those_of_another_not() -> (
    None
):
    every = images("a", "b")
    own, others, plain = (Labels(PIXELS, name=n) for n in ("a_x", "b_x", "Labels"))
    assert cells_for(every[:1], every, [plain, others, own]) is own
    assert cells_for(every[:1], every, [others, plain]) is plain
    assert cells_for(every[:1], every, [others], present=others) is None
    newer = Labels(PIXELS, name="a y")
    assert cells_for(every[:1], every, [newer, own], present=own) is own


@pytest.fixture
def viewer() -> ViewerModel:
    viewer = ViewerModel()
    for name in ("a", "b", "c"):
        viewer.add_image(PIXELS + 1, name=name)
    for name in ("a cells", "b cells"):
        viewer.add_labels(PIXELS + 1, name=name)
    return viewer


@pytest.fixture
def choice(viewer: ViewerModel, qtbot: Any) -> Iterator[ImageChoice]:
    choice = ImageChoice(viewer)
    qtbot.addWidget(choice)
    yield choice
    choice.stop()


def chosen(choice: ImageChoice) -> str:
    layer = choice.cells_combo.layer()
    return "" if layer is None else layer.name


def test_another_image_brings_its_own_cells_or_none(
    viewer: ViewerModel, choice: ImageChoice
) -> None:
    seen = {}
    for name in ("a", "b", "c", "a"):
        choice.image_combo.set_layer(viewer.layers[name])
        seen[name] = chosen(choice)
    assert seen == {"a": "a cells", "b": "b cells", "c": ""}


def test_cells_that_are_removed_do_not_make_room_for_those_of_another_image(
    viewer: ViewerModel, choice: ImageChoice
) -> None:
    choice.image_combo.set_layer(viewer.layers["a"])
    viewer.layers.remove("a cells")
    assert chosen(choice) == ""
    viewer.layers["b cells"].name = "b nuclei"
    assert chosen(choice) == ""
    viewer.add_labels(PIXELS, name="Labels")
    assert chosen(choice) == "Labels"


def test_cells_that_the_user_takes_stay(
    viewer: ViewerModel, choice: ImageChoice
) -> None:
    choice.image_combo.set_layer(viewer.layers["c"])
    choice.cells_combo.set_layer(viewer.layers["b cells"])
    viewer.add_labels(PIXELS, name="c cells")
    assert chosen(choice) == "b cells"


def test_cells_of_another_image_are_taken_with_a_question(
    viewer: ViewerModel, choice: ImageChoice
) -> None:
    choice.image_combo.set_layer(viewer.layers["a"])
    assert choice.whose.note.isHidden()
    choice.cells_combo.set_layer(viewer.layers["b cells"])
    assert "named after b" in choice.whose.note.text()
    assert not choice.whose.note.isHidden()
    choice.image_combo.set_layer(viewer.layers["b"])
    assert choice.whose.note.isHidden()


def test_nameless_cells_that_were_cut_from_an_image_are_questioned_on_another(
    viewer: ViewerModel, choice: ImageChoice
) -> None:
    choice.image_combo.set_layer(viewer.layers["a"])
    choice.cells_combo.set_layer(viewer.add_labels(PIXELS, name="masks"))
    choice.image_combo.set_layer(viewer.layers["c"])
    assert (chosen(choice), choice.whose.note.text()) == ("masks", "")
    choice.source()
    choice.image_combo.set_layer(viewer.layers["b"])
    choice.cells_combo.set_layer(viewer.layers["masks"])
    assert "cut from c before" in choice.whose.note.text()
    choice.source()
    choice.image_combo.set_layer(viewer.layers["c"])
    assert "cut from b before" in choice.whose.note.text()
    choice.image_combo.set_layer(viewer.layers["b"])
    choice.cells_combo.set_layer(viewer.layers["masks"])
    assert choice.whose.note.isHidden()


@pytest.mark.parametrize(
    ("place", "asks"),
    [
        ({"translate": (0, 9)}, True),  # of the next tile of a mosaic
        ({"rotate": 90}, True),
        ({"scale": (0.5, 0.5)}, False),
        ({"translate": (0.2, 0)}, False),
    ],
)
def test_labels_that_lie_elsewhere_are_questioned_unless_only_one_was_scaled(
    viewer: ViewerModel, choice: ImageChoice, place: dict[str, Any], asks: bool
) -> None:
    choice.image_combo.set_layer(viewer.layers["a"])
    choice.cells_combo.set_layer(viewer.add_labels(PIXELS, name="a masks", **place))
    assert ("lie elsewhere" in choice.whose.note.text()) == asks
