"""The Traversal dock: what a factor does, on these cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_info, show_warning

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.card_files import iter_write_cards
from napari_disentangle.recipes.outputs import iter_write_stack
from napari_disentangle.recipes.pictures import iter_learn_pictures
from napari_disentangle.recipes.traversal_cells import iter_write_cells
from napari_disentangle.recipes.traversal_stack import TraversalStack
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import Dock
from napari_disentangle.widgets._settings import preference
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._traverse.known import CellsInUse
from napari_disentangle.widgets._traverse.panels import TraversePanels
from napari_disentangle.widgets._traverse.words import (
    legend_of,
    position_text,
    source_of,
)
from napari_disentangle.widgets._traverse.work import (
    clicked_end,
    compare_task,
    explain_task,
    slider_task,
    start_row,
    walk_task,
    way_task,
    words_task,
)
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import napari
    from napari.layers import Image

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.recipes.traversal_cells import CellStacks
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._session import Cell
    from napari_disentangle.widgets._traverse.known import KnownCells
    from napari_disentangle.widgets._traverse.work import Walks

_CHANGED = "The cells were encoded anew or excluded; this result was dropped."


class TraversalWidget(Dock):
    """Walk factors, edit cells, compare groups, read factor cards, save it all."""

    onward = ("Export",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._explanation: Explanation | None = None
        self._cells: CellStacks | None = None
        self._in_use = CellsInUse(self.session)
        self._shown: KnownCells | None = None
        self.panels = panels = TraversePanels(self.viewer, self)
        self._body.addWidget(panels)
        self._body.addStretch(1)
        panels.sections["live"].button.toggled.connect(lambda _: self._set_live())
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        self._groups_soon = Soon(self._show_groups, self)
        self._undo += [picker.stop, panels.stop, self._groups_soon.stop]
        events = self.session.events
        self._connect(events.embedding, self._on_codes)
        self._connect(events.pictured, self._on_pictured)
        self._connect(events.cell, self._on_cell)
        self._connect(events.stack, self._on_stack)
        for name in ("selection", "annotations", "table", "images"):
            self._connect(getattr(events, name), self._on_groups)
        self._connect(self.viewer.dims.events.point, lambda _: self._show_position())
        self._connect(panels.start.changed, self._start_live)
        self._connect(panels.walk.changed, self.refresh)
        self._connect(panels.live.changed, self.refresh)
        self._connect(
            panels.groups.chosen, lambda contrast: guard(self.cross, contrast)
        )
        for combo in (*panels.ways.combos, *panels.groups.combos):
            combo.currentIndexChanged.connect(lambda _: self.refresh())
        self._on_codes()
        self._on_stack()

    # What a script may call ----------------------------------------------------------

    def start_from(self, cell: Cell | None) -> None:
        """Start at `cell`, or at the mean of all cells that count."""
        if cell is not None:
            self.session.cell = cell
        start = self.panels.start
        (start.mean_button if cell is None else start.cell_button).setChecked(True)

    def set_factors(self, factors: Sequence[str]) -> None:
        """Walk `factors`, named as in the model, and no others."""
        self.panels.walk.check(factors)

    def factors(self) -> list[str]:
        """Return the factors that will be walked."""
        return self.panels.walk.factors()

    def learn_pictures(self) -> None:
        """Fit a picture decoder on these cells; the session's `pictured` changes.

        Cancel keeps the decoder there was.

        Raises
        ------
        DataError
            If the cells are not encoded.
        ConfigError
            If an option is wrong.
        """
        known = self._in_use.require()
        task = iter_learn_pictures(
            known.crops,
            self.session.model or known.model,
            self.panels.pictures.config(),
            device=preference("device", "auto"),
        )
        crops = self.session.crops
        self.jobs.run(
            task, "Learning pictures", lambda found: self._keep_pictures(crops, found)
        )

    def make(self) -> None:
        """Walk the factors and add the stacks; the session's `stack` changes.

        Raises
        ------
        DataError
            If the cells are not encoded, no factor or no cell is chosen, or the chosen
            cell has no crop.
        ConfigError
            If the range is wrong.
        """
        known = self._known()
        self._walk(known, walk_task(known, self.panels, self.session))

    def walk_to_sliders(self) -> None:
        """Walk from the starting cell to where the sliders are.

        Raises
        ------
        DataError
            If the cells are not encoded, or the sliders are not ready.
        """
        known = self._in_use.require()
        self._walk(known, slider_task(known, self.panels, self.session))

    def walk_between(self) -> None:
        """Walk from A to B, as chosen.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        known = self._known()
        self._walk(known, way_task(known, self.panels))

    def compare_groups(self) -> None:
        """Tell which factors separate the chosen groups.

        Raises
        ------
        DataError
            If the cells are not encoded or there are no two groups.
        """
        known, groups = self._known(), self.panels.groups.groups()
        if groups is None:
            raise DataError("Two groups are needed; select cells or give classes.")
        self._run(
            known,
            compare_task(known, *groups),
            "Comparing groups",
            self.panels.groups.show_contrasts,
        )

    def cross(self, contrast: FactorContrast) -> None:
        """Walk across the difference of two groups in one factor.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        from napari_disentangle.recipes.crossing import iter_cross

        known = self._in_use.require()
        self._walk(known, iter_cross(*known.drawn, contrast))

    def find_words(self) -> None:
        """Offer the edits that hold on these cells.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        known = self._in_use.require()
        task = words_task(known, self.session)
        self._run(known, task, "Finding words", self.panels.edits.show_words)

    def explain(self) -> None:
        """Make the card of every factor on these cells.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        known = self._in_use.require()
        task = explain_task(known, self.session)

        def keep(found: Explanation) -> None:
            self._keep_cards(found.with_note(known.counted.note))

        self._run(known, task, "Explaining", keep)

    def save(self, path: Path) -> None:
        """Write the pictures in the format of the ending of `path`.

        Of TIFF and OME-Zarr the nearest real cells go to a second file,
        ``..._nearest``; walks from several cells have files of their own.

        Raises
        ------
        DataError
            If there is no traversal, or the ending is unknown.
        """
        stack, cells = self.session.stack, self._cells
        if stack is None:
            raise DataError("There is no traversal to save; make one first.")
        task = (
            iter_write_stack(stack, path)
            if cells is None
            else iter_write_cells(cells, path)
        )
        self.jobs.run(task, "Saving", _tell_saved)

    def save_cards(self, path: Path) -> None:
        """Write the factor cards as a page (.html) or a document (.json).

        Raises
        ------
        DataError
            If there are none, or the ending is unknown.
        """
        if self._explanation is None:
            raise DataError("There are no factor cards to save; explain first.")
        self.jobs.run(iter_write_cards(self._explanation, path), "Saving", _tell_saved)

    @property
    def explanation(self) -> Explanation | None:
        """The factor cards that are shown."""
        return self._explanation

    @property
    def groups_due(self) -> bool:
        """Whether the groups on offer are about to change."""
        return self._groups_soon.due

    def refresh(self) -> None:
        self.panels.allow(
            self._why_busy(),
            self._in_use.why_none(),
            self._in_use.now(),
            has_stack=self.session.stack is not None,
            has_cards=self._explanation is not None,
        )

    # Results -------------------------------------------------------------------------

    def _walk(self, known: KnownCells, task: Task[Progress, Walks]) -> None:
        self.jobs.run(
            task, "Traversal", steps=lambda found: self._iter_keep(known, found)
        )

    def _run(
        self,
        known: KnownCells,
        task: Task[Progress, object],
        name: str,
        on_result: Callable[..., object],
    ) -> None:
        """Run a task whose result is dropped if the cells change meanwhile."""

        def keep(result: object) -> None:
            if not known.same_cells(self._in_use.now()):
                show_warning(_CHANGED)
            else:
                on_result(result)
                self.refresh()

        self.jobs.run(task, name, keep)

    def _iter_keep(self, known: KnownCells, found: Walks) -> Iterator[None]:
        """Show walks, a layer a turn."""
        if not known.same_cells(self._in_use.now()):
            show_warning(_CHANGED)
            return
        beside = self._image()
        if beside is None:
            show_warning("The image was removed; this traversal was dropped.")
            return
        found = found.with_note(known.counted.note)
        if isinstance(found, TraversalStack):
            self._cells, stack = None, found
            yield from _layers.iter_add_stack(self.viewer, stack, beside)
        else:
            self._cells, stack = found, found.stacks[0]
            yield from _layers.iter_add_cell_stacks(self.viewer, found, beside)
        if self.panels.walk.overview_box.isChecked():
            _layers.add_overview(self.viewer, stack, beside)
        self.session.stack = stack

    def _keep_pictures(self, crops: Crops | None, model: Model) -> None:
        embedding = self.session.embedding
        if embedding is None or crops is not self.session.crops:
            show_warning("The cells changed while pictures were learned; dropped them.")
        elif embedding.model_id != model.id:
            show_warning("The model changed while pictures were learned; dropped them.")
        else:
            self.session.pictured = model

    def _keep_cards(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        self.panels.cards.show_explanation(explanation)

    # The session ---------------------------------------------------------------------

    def _on_codes(self) -> None:
        self._shown = known = self._in_use.now()
        self.panels.walk.set_factors(() if known is None else known.model.dimensions)
        self._keep_cards(None)
        self.panels.edits.show_words(None)
        self._show_groups()
        self._set_live()
        self._on_cell()

    def _on_pictured(self) -> None:
        self._set_live()
        self.refresh()

    def _on_groups(self) -> None:
        self._groups_soon()

    def _show_groups(self) -> None:
        known, before = self._in_use.now(), self._shown
        same = before is None if known is None else known.same_cells(before)
        if not same:  # others are excluded now
            self.panels.ways.forget()
            self._on_codes()
            return
        self.panels.set_groups(known, self.session)
        self.refresh()

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell

    def _on_cell(self) -> None:
        cell, known = self.session.cell, self._in_use.now()
        self.panels.start.set_cell(None if cell is None else cell.label)
        end = None if known is None else clicked_end(known, cell)
        self.panels.ways.set_clicked(end)
        self._start_live()
        self.refresh()

    def _on_stack(self) -> None:
        stack = self.session.stack
        if stack is None or (self._cells and stack is not self._cells.stacks[0]):
            self._cells = None
        self._show_position()
        self.refresh()

    def _show_position(self) -> None:
        """Say what the sliders of the viewer show of the stack."""
        stack, lead = self.session.stack, ""
        if stack is None:
            self.panels.shown.tell("", "")
            return
        if self._cells is not None:
            cell = _layers.cell_position(self.viewer, len(self._cells.stacks))
            stack = self._cells.stacks[cell]
            lead = f"Cell {self._cells.labels[cell]}. "
        at = _layers.stack_position(self.viewer, stack)
        self.panels.shown.tell(legend_of(stack), lead + position_text(stack, *at))

    def _set_live(self) -> None:
        """Get the sliders ready once they are looked at."""
        known = self._in_use.now()
        if known is None or not self.panels.sections["live"].isExpanded():
            self.panels.live.set_cells(None, None, None, "")
            return
        self.panels.live.set_cells(
            known.model, known.embedding, known.crops, source_of(known.model)
        )
        self._start_live()

    def _start_live(self) -> None:
        """Let the sliders start from the chosen cell, else from the mean."""
        known = self._in_use.now()
        if known is None or not self.panels.sections["live"].isExpanded():
            return
        try:
            row = start_row(known, self.panels, self.session)
        except DataError:  # no crop, so no code; said when a walk is made
            row = None
        if row is None:
            self.panels.live.start_at(known.embedding.mean.mean(axis=0))
        else:
            embedding = known.embedding
            self.panels.live.start_at(embedding.mean[row], embedding.sd[row], row)

    # Choices -------------------------------------------------------------------------

    def _known(self) -> KnownCells:
        """Return the encoded cells, their groups offered as they are now."""
        self._groups_soon.flush()
        return self._in_use.require()

    def _image(self) -> Image | None:
        source = self.session.source
        layer = None if source is None else source.image_layer()
        return layer if layer in self.viewer.layers else None


def _tell_saved(paths: tuple[Path, ...]) -> None:
    show_info(f"Saved {' and '.join(str(path) for path in paths)}.")
