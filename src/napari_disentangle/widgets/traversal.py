"""The Traversal dock: what a factor does, on these cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import Dock
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._traverse.findings import Findings
from napari_disentangle.widgets._traverse.ground import Ground
from napari_disentangle.widgets._traverse.live_cells import LiveCells
from napari_disentangle.widgets._traverse.panels import TraversePanels
from napari_disentangle.widgets._traverse.stacks import Stacks
from napari_disentangle.widgets._traverse.work import clicked_end
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import napari

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.widgets._selection import Cell
    from napari_disentangle.widgets._traverse.known import KnownCells


class TraversalWidget(Dock):
    """Walk factors, edit cells, compare groups, read factor cards, save it all."""

    onward = ("Export",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self.panels = panels = TraversePanels(self.viewer, self)
        self._body.addWidget(panels)
        self._body.addStretch(1)
        ground = Ground(self.viewer, self.session, self.jobs, panels, self.refresh)
        self._cells = ground.cells
        self._stacks, self._findings = Stacks(ground), Findings(ground)
        self._live = LiveCells(ground)
        self._shown: KnownCells | None = None
        self._groups_soon = Soon(self._show_groups, self)
        self._follow()
        self._on_codes()
        self._on_stack()

    # What a script may call; what each raises is told where it is done ----------------

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

    def make(self) -> None:
        """Walk the factors and add the stacks; the session's `stack` changes."""
        self._groups_soon.flush()
        self._stacks.make()

    def make_again(self) -> None:
        """Make the last walk, whichever it was, of the cells there are now."""
        self._groups_soon.flush()
        self._stacks.make_again()

    def walk_to_sliders(self) -> None:
        """Walk from the starting cell to where the sliders are."""
        self._stacks.walk_to_sliders()

    def walk_between(self) -> None:
        """Walk from A to B, as chosen."""
        self._groups_soon.flush()
        self._stacks.walk_between()

    def cross(self, contrast: FactorContrast) -> None:
        """Walk across the difference of two groups in one factor."""
        self._stacks.cross(contrast)

    def save(self, path: Path) -> None:
        """Write the pictures in the format of the ending of `path`.

        Of TIFF and OME-Zarr the nearest real cells go to a second file,
        ``..._nearest``; walks from several cells have files of their own.
        """
        self._stacks.save(path)

    def compare_groups(self) -> None:
        """Tell which factors separate the chosen groups."""
        self._groups_soon.flush()
        self._findings.compare_groups()

    def find_words(self) -> None:
        """Offer the edits that hold on these cells."""
        self._findings.find_words()

    def explain(self) -> None:
        """Make the card of every factor on these cells."""
        self._findings.explain()

    def save_cards(self, path: Path) -> None:
        """Write the factor cards as a page (.html) or a document (.json)."""
        self._findings.save_cards(path)

    def learn_pictures(self) -> None:
        """Fit a picture decoder on these cells; the session's `pictured` changes.

        Cancel keeps the decoder there was.
        """
        self._findings.learn_pictures()

    @property
    def explanation(self) -> Explanation | None:
        """The factor cards that are shown."""
        return self._findings.explanation

    @property
    def groups_due(self) -> bool:
        """Whether the groups on offer are about to change."""
        return self._groups_soon.due

    def refresh(self) -> None:
        self.panels.allow(
            self._why_busy(),
            self._cells.why_none(),
            self._cells.now(),
            has_stack=self.session.stack is not None,
            has_cards=self.explanation is not None,
        )

    # The session ---------------------------------------------------------------------

    def _follow(self) -> None:
        """Follow the panels, the viewer and the session."""
        panels, events = self.panels, self.session.events
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        self._undo += [picker.stop, panels.stop, self._groups_soon.stop]
        self._connect(events.embedding, self._on_codes)
        self._connect(events.pictured, self._on_pictured)
        self._connect(events.cell, self._on_cell)
        self._connect(events.stack, self._on_stack)
        for name in ("selection", "annotations", "table", "images"):
            self._connect(getattr(events, name), self._on_groups)
        self._connect(self.viewer.layers.events.removed, lambda _: self._tell_age())
        self._connect(self.viewer.dims.events.point, lambda _: self._stacks.tell())
        self._connect(panels.start.changed, self._live.start)
        self._connect(panels.walk.changed, self.refresh)
        self._connect(panels.live.changed, self.refresh)
        self._connect(
            panels.groups.chosen, lambda contrast: guard(self.cross, contrast)
        )
        panels.sections["live"].button.toggled.connect(lambda _: self._live.refresh())
        for combo in (*panels.ways.combos, *panels.groups.combos):
            combo.currentIndexChanged.connect(lambda _: self.refresh())

    def _on_codes(self) -> None:
        self._shown = known = self._cells.now()
        self.panels.walk.set_factors(() if known is None else known.model.dimensions)
        self._findings.forget()
        self._show_groups()
        self._live.refresh()
        self._tell_age()
        self._on_cell()

    def _on_pictured(self) -> None:
        self._live.refresh()
        self._tell_age()
        self.refresh()

    def _on_groups(self) -> None:
        self._groups_soon()

    def _show_groups(self) -> None:
        known, before = self._cells.now(), self._shown
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
        cell, known = self.session.cell, self._cells.now()
        self.panels.start.set_cell(None if cell is None else cell.label)
        end = None if known is None else clicked_end(known, cell)
        self.panels.ways.set_clicked(end)
        self._live.start()
        self.refresh()

    def _on_stack(self) -> None:
        self._stacks.forget_others()
        self._stacks.tell()
        self._tell_age()
        self.refresh()

    def _tell_age(self) -> None:
        self.panels.aged.tell(self.session, self.viewer)
