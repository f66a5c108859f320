"""All sections of the Traversal dock, built and enabled together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.recipes.traversal_cells import MOST_CELLS
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._traverse.across import caution_across, groups_across
from napari_disentangle.widgets._traverse.aged import AgedBox
from napari_disentangle.widgets._traverse.cards import CardsPanel
from napari_disentangle.widgets._traverse.edit import EditPanel
from napari_disentangle.widgets._traverse.groups import GroupsPanel
from napari_disentangle.widgets._traverse.live import LivePanel
from napari_disentangle.widgets._traverse.pictures import PicturesPanel
from napari_disentangle.widgets._traverse.save import SavePanel
from napari_disentangle.widgets._traverse.walk import ShownBox, StartBox, WalkPanel
from napari_disentangle.widgets._traverse.ways import WayPanel
from napari_disentangle.widgets._traverse.words import source_of

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets._traverse.known import KnownCells


class Actions(Protocol):
    """What the buttons do."""

    def make(self) -> None: ...
    def make_again(self) -> None: ...
    def find_words(self) -> None: ...
    def walk_to_sliders(self) -> None: ...
    def walk_between(self) -> None: ...
    def compare_groups(self) -> None: ...
    def explain(self) -> None: ...
    def learn_pictures(self) -> None: ...
    def save(self, path: Path) -> None: ...
    def save_cards(self, path: Path) -> None: ...


class TraversePanels(QWidget):
    """The sections from top to bottom; the first is open.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme and layers are followed.
    do : Actions
        Called by the buttons.
    """

    def __init__(self, viewer: Any, do: Actions) -> None:
        super().__init__()
        self.start = StartBox()
        self.shown = ShownBox()
        self.aged = AgedBox(do.make_again, do.learn_pictures)
        self.walk = WalkPanel(do.make)
        self.live = LivePanel(viewer)
        self.edits = EditPanel(do.find_words, do.walk_to_sliders)
        self.ways = WayPanel(do.walk_between)
        self.groups = GroupsPanel(do.compare_groups)
        self.cards = CardsPanel(viewer, do.explain)
        self.pictures = PicturesPanel(do.learn_pictures)
        self.save = SavePanel(do.save, do.save_cards)
        self.sections = {
            "walk": Section("Walk", self.walk),
            "live": Section("Live: the same cell, but ...", self.live, self.edits),
            "ways": Section("From A to B", self.ways),
            "groups": Section("What separates two groups?", self.groups),
            "cards": Section("Factor cards", self.cards),
            "pictures": Section("Drawn pictures", self.pictures),
            "save": Section("Save", self.save),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.start)
        for section in self.sections.values():
            layout.addWidget(section)
        layout.insertWidget(1, self.aged)
        layout.insertWidget(3, self.shown)
        self.sections["walk"].expand()
        self.edits.edited.connect(self.live.sliders.nudge)

    def set_groups(self, known: KnownCells | None, session: Session) -> None:
        """Offer the groups that the cells can be compared by."""
        if known is None:
            self.start.set_selected(0, MOST_CELLS)
            self.groups.set_groups(())
            self.ways.set_groups(0, ())
            return
        selected = known.rows_selected(session)
        self.start.set_selected(len(selected), MOST_CELLS)
        caution = caution_across(known, session)
        self.groups.set_groups(groups_across(known, session), caution)
        groups = known.groups(session, selected)
        self.ways.set_groups(len(known.embedding.mean), groups)

    def allow(
        self,
        busy: str,
        no_codes: str,
        known: KnownCells | None,
        *,
        has_stack: bool,
        has_cards: bool,
    ) -> None:
        """Enable what can be done now and say why the rest cannot."""
        pixels = known is not None and known.model.kind == "pixels"
        unmoved = "" if self.live.is_moved() else "move a slider first"
        self.walk.allow(busy, no_codes)
        self.aged.allow(busy, no_codes)
        self.edits.allow(busy, no_codes, unmoved)
        for panel in (self.ways, self.groups, self.cards):
            panel.allow(busy, no_codes)
        draws = "this model draws by itself" if pixels else ""
        self.pictures.allow(busy, no_codes, draws)
        self.pictures.tell("" if known is None else source_of(known.model))
        self.save.allow(
            busy,
            "" if has_stack else "make a traversal first",
            "" if has_cards else "explain the factors first",
        )

    def stop(self) -> None:
        """Stop drawing, and following napari's theme."""
        self.live.stop()
        self.cards.stop()
