"""Groups over all images of the session, as the section on groups offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.recipes.cells_across import cells_across
from napari_disentangle.recipes.cut_alike import REMEDY, unlike_text
from napari_disentangle.recipes.groups import CLASS_COLUMNS
from napari_disentangle.recipes.image_groups import image_groups

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from napari_disentangle.recipes.cells_across import CellsAcross
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets._traverse.groups import Group
    from napari_disentangle.widgets._traverse.known import KnownCells

    Names: TypeAlias = NDArray[np.object_]

_SELECTED = "selected"
_FIRST = (_SELECTED, f"not {_SELECTED}")


def groups_across(known: KnownCells, session: Session) -> tuple[Group, ...]:
    """Return selected cells, classes, predictions, and images by what is known."""
    images, model_id = session.images, known.model.id
    kinds = [_kinds(image, session) for image in images]
    found = cells_across(images, kinds, model_id)
    of_cells = sorted(found, key=_turn)
    return (*of_cells, *image_groups(images, model_id))


def caution_across(known: KnownCells, session: Session) -> str:
    """Return why images of the model do not compare in size, empty if they do."""
    own = [image for image in session.images if image.model == known.model.id]
    unlike = unlike_text(own)
    return f"{unlike} {REMEDY}" if unlike else ""


def _turn(group: CellsAcross) -> int:
    """Return the place of a group among the others; classes come last."""
    return _FIRST.index(group.name) if group.name in _FIRST else len(_FIRST)


def _kinds(image: ImageCells, session: Session) -> dict[str, Names]:
    """Return the names of the cells of an image, for each word before them."""
    table, found = image.table, dict[str, "Names"]()
    source, selection = session.source, session.selection
    shown = table is session.table
    if shown and source is not None and selection is not None and len(selection):
        inside = selection.mask(table, source.roi_id)
        found[""] = np.where(inside, *_FIRST).astype(object)
    for column, word in CLASS_COLUMNS.items():
        if (
            column == COLUMN
            and session.annotations is not None
            and (shown or _is_alone(image, session))
        ):
            found[word] = session.annotations.names_of(table)
        elif column in table:
            found[word] = table[column].to_numpy(object)
    return found


def _is_alone(image: ImageCells, session: Session) -> bool:
    """Return whether no cell that is shown is in an image of the same name.

    The annotations of two such images are not told apart by name; those of the one that
    is not shown are in its table.
    """
    table = session.table
    return table is None or image.names.isdisjoint(table["roi_id"].unique())
