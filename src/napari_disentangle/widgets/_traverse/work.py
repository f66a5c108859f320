"""From what the panels say to the recipe that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._settings import preference
from napari_disentangle.widgets._traverse.ways import End

if TYPE_CHECKING:
    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.counterfactual import EditWord
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.recipes.image_pairs import ImagePairs
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.recipes.traversal_cells import CellStacks
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._selection import Cell
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets._traverse.groups import Group
    from napari_disentangle.widgets._traverse.known import KnownCells
    from napari_disentangle.widgets._traverse.panels import TraversePanels

    Walks: TypeAlias = TraversalStack | CellStacks


def start_row(
    known: KnownCells, panels: TraversePanels, session: Session
) -> int | None:
    """Return the row of the starting cell, None for the mean.

    Raises
    ------
    DataError
        If no cell is chosen, or it has no crop.
    """
    if not panels.start.cell_button.isChecked():
        return None
    if session.cell is None:
        raise DataError("No cell is clicked; click one, or take the mean cell.")
    return known.row(session.cell)


def clicked_end(known: KnownCells, cell: Cell | None) -> End | None:
    """Return the clicked cell as an end of a way, None if it has no code."""
    if cell is None:
        return None
    try:
        row = known.row(cell)
    except DataError:
        return None
    members = np.arange(len(known.embedding.mean)) == row
    frame = f", frame {cell.frame}" if cell.frame else ""
    return End(f"cell {cell.label}{frame}", members)


def walk_task(
    known: KnownCells, panels: TraversePanels, session: Session
) -> Task[Progress, Walks]:
    """Return the walk of the checked factors.

    Raises
    ------
    DataError
        If no factor or no cell is chosen, or the cell has no crop.
    ConfigError
        If the range is wrong.
    """
    from napari_disentangle.recipes.traversal import iter_make_traversal
    from napari_disentangle.recipes.traversal_cells import iter_traverse_cells

    factors, config = panels.walk.factors(), panels.walk.form.value()
    if not factors:
        raise DataError("No factor is chosen; check at least one.")
    if panels.start.cells_button.isChecked():
        rows = [int(row) for row in known.rows_selected(session)]
        return iter_traverse_cells(*known.drawn, rows, factors=factors, config=config)
    row = start_row(known, panels, session)
    return iter_make_traversal(*known.drawn, row=row, factors=factors, config=config)


def slider_task(
    known: KnownCells, panels: TraversePanels, session: Session
) -> Task[Progress, Walks]:
    """Return the way from the starting cell to where the sliders are.

    Raises
    ------
    DataError
        If the sliders are not ready, or the cell has no crop.
    """
    from napari_disentangle.recipes.crossing import iter_walk_between

    end, row = panels.live.code(), start_row(known, panels, session)
    if end is None:
        raise DataError("The sliders are not ready yet; open them first.")
    if row is None or session.cell is None:
        start, name = known.embedding.mean.mean(axis=0), "mean"
        return iter_walk_between(*known.drawn, start, end, names=(name, "edited"))
    name = f"cell {session.cell.label}"
    return iter_walk_between(*known.drawn, row, end, names=(name, "edited"))


def way_task(known: KnownCells, panels: TraversePanels) -> Task[Progress, Walks]:
    """Return the way from A to B.

    Raises
    ------
    DataError
        If they are not chosen.
    """
    from napari_disentangle.recipes.crossing import iter_walk_between

    ends = panels.ways.ends()
    if ends is None:
        raise DataError("Choose A and B first.")
    codes = known.embedding.mean
    return iter_walk_between(
        *known.drawn,
        ends[0].code(codes),
        ends[1].code(codes),
        names=(ends[0].name, ends[1].name),
        steps=panels.ways.steps_box.value(),
    )


def compare_task(
    known: KnownCells, a: Group, b: Group, pairs: ImagePairs | None
) -> Task[Progress, tuple[FactorContrast, ...]]:
    """Return what separates two groups of cells, or two of images, paired or not.

    Raises
    ------
    DataError
        If one is of cells and the other of images.
    """
    from napari_disentangle.recipes.cells_across import CellsAcross, iter_compare_cells
    from napari_disentangle.recipes.image_groups import ImageGroup, iter_compare_images

    dimensions = known.embedding.dimensions
    if isinstance(a, ImageGroup) and isinstance(b, ImageGroup):
        return iter_compare_images(a, b, dimensions, pairs=pairs)
    if isinstance(a, CellsAcross) and isinstance(b, CellsAcross):
        return iter_compare_cells(a, b, dimensions)
    raise DataError(
        f"{a.name.capitalize()} and {b.name} do not compare: choose two groups of "
        "images, or two of cells."
    )


def cross_task(
    known: KnownCells, panels: TraversePanels, factor: str
) -> Task[Progress, Walks]:
    """Return the walk across the difference of the chosen groups, compared anew.

    Raises
    ------
    DataError
        If they are not chosen, or do not compare.
    """
    from napari_disentangle.recipes.crossing import iter_cross

    groups = panels.groups.groups()
    if groups is None:
        raise DataError("Two groups are needed; select cells or give classes.")
    pairs = panels.groups.pairs()
    contrasts = yield from compare_task(known, *groups, pairs)
    contrast = next(found for found in contrasts if found.name == factor)
    return (yield from iter_cross(*known.drawn, contrast))


def words_task(
    known: KnownCells, session: Session
) -> Task[Progress, tuple[EditWord, ...]]:
    """Return the edits that hold on the cells."""
    from napari_disentangle.recipes.edits import iter_edit_words

    return iter_edit_words(known.embedding, known.crops, session.measured)


def explain_task(known: KnownCells, session: Session) -> Task[Progress, Explanation]:
    """Return the card of every factor on the cells."""
    from napari_disentangle.recipes.explain import iter_explain

    return iter_explain(
        known.model,
        known.crops,
        measured=session.measured,
        subject=known.roi_id,
        device=preference("device", "auto"),
    )
