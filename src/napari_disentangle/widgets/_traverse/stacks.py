"""The walks: made, shown as layers, told in words, saved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari.utils.notifications import show_warning

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.outputs import iter_write_stack
from napari_disentangle.recipes.traversal_cells import iter_write_cells
from napari_disentangle.recipes.traversal_stack import TraversalStack
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._made import cells_now, pictures_note, stack_note
from napari_disentangle.widgets._traverse.ground import tell_saved
from napari_disentangle.widgets._traverse.words import legend_of, position_text
from napari_disentangle.widgets._traverse.work import (
    cross_task,
    slider_task,
    walk_task,
    way_task,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.traversal_cells import CellStacks
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._traverse.ground import Ground
    from napari_disentangle.widgets._traverse.known import KnownCells
    from napari_disentangle.widgets._traverse.work import Walks


class Stacks:
    """Makes walks and keeps them; the session's `stack` is the last one.

    Parameters
    ----------
    ground : Ground
        Cells, panels, viewer.

    Attributes
    ----------
    cells : CellStacks or None
        The walks of the session's `stack`, if they are from several cells.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.cells: CellStacks | None = None
        self._again: Callable[[], None] = self.make

    def make_again(self) -> None:
        """Make the last walk again, of the cells there are now.

        Raises
        ------
        DataError
            See the walks: `make`, `walk_to_sliders`, `walk_between`, `cross`.
        ConfigError
            If the range is wrong.
        """
        self._again()

    def make(self) -> None:
        """Walk the checked factors.

        Raises
        ------
        DataError
            If the cells are not encoded, no factor or no cell is chosen, or the chosen
            cell has no crop or is excluded.
        ConfigError
            If the range is wrong.
        """
        ground = self._ground
        known = ground.cells.require()
        task = walk_task(known, ground.panels, ground.session)
        self._walk(known, task, self.make)

    def walk_to_sliders(self) -> None:
        """Walk from the starting cell to where the sliders are.

        Raises
        ------
        DataError
            If the cells are not encoded, or the sliders are not ready.
        """
        ground = self._ground
        known = ground.cells.require()
        task = slider_task(known, ground.panels, ground.session)
        self._walk(known, task, self.walk_to_sliders)

    def walk_between(self) -> None:
        """Walk from A to B, as chosen.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        known = self._ground.cells.require()
        task = way_task(known, self._ground.panels)
        self._walk(known, task, self.walk_between)

    def cross(self, contrast: FactorContrast) -> None:
        """Walk across the difference of two groups in one factor.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        from napari_disentangle.recipes.crossing import iter_cross

        known = self._ground.cells.require()
        again = partial(self._cross_again, contrast.name)
        self._walk(known, iter_cross(*known.drawn, contrast), again)

    def save(self, path: Path) -> None:
        """Write the pictures in the format of the ending of `path`.

        Raises
        ------
        DataError
            If there is no traversal, or the ending is unknown.
        """
        session, cells = self._ground.session, self.cells
        stack, older = session.stack, stack_note(session)
        if stack is None:
            raise DataError("There is no traversal to save; make one first.")
        task = (
            iter_write_stack(stack.with_note(older), path)
            if cells is None
            else iter_write_cells(cells.with_note(older), path)
        )
        self._ground.jobs.run(task, "Saving", tell_saved)

    def forget_others(self) -> None:
        """Forget walks from several cells that are not those of the session.

        Without a stack they are kept: an update of cells brings it back.
        """
        stack = self._ground.session.stack
        if stack is not None and self.cells and stack is not self.cells.stacks[0]:
            self.cells = None

    def tell(self) -> None:
        """Say what the sliders of the viewer show of the stack."""
        viewer, shown = self._ground.viewer, self._ground.panels.shown
        stack, lead = self._ground.session.stack, ""
        if stack is None:
            shown.tell("", "")
            return
        if self.cells is not None:
            cell = _layers.cell_position(viewer, len(self.cells.stacks))
            stack = self.cells.stacks[cell]
            lead = f"Cell {self.cells.labels[cell]}. "
        at = _layers.stack_position(viewer, stack)
        shown.tell(legend_of(stack), lead + position_text(stack, *at))

    def _cross_again(self, factor: str) -> None:
        known = self._ground.cells.require()
        task = cross_task(known, self._ground.panels, factor)
        self._walk(known, task, partial(self._cross_again, factor))

    def _walk(
        self,
        known: KnownCells,
        task: Task[Progress, Walks],
        again: Callable[[], None],
    ) -> None:
        def keep(found: Walks) -> Iterator[None]:
            self._again = again
            return self._iter_keep(known, found)

        self._ground.jobs.run(task, "Traversal", steps=keep)

    def _iter_keep(self, known: KnownCells, found: Walks) -> Iterator[None]:
        """Show walks, a layer a turn."""
        ground = self._ground
        if not ground.is_present(known):
            return
        beside = ground.image()
        if beside is None:
            show_warning("The image was removed; this traversal was dropped.")
            return
        made = cells_now(ground.session)
        found = found.with_note(known.counted.note)
        if "decoded" in found.kinds:
            found = found.with_note(pictures_note(ground.session))
        if isinstance(found, TraversalStack):
            self.cells, stack = None, found
            yield from _layers.iter_add_stack(ground.viewer, stack, beside)
        else:
            self.cells, stack = found, found.stacks[0]
            yield from _layers.iter_add_cell_stacks(ground.viewer, found, beside)
        if ground.panels.walk.overview_box.isChecked():
            _layers.add_overview(ground.viewer, stack, beside)
        ground.session.stack_from = made
        ground.session.stack = stack
