"""A hand that does one thing after another at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clicks.in_docks import InDocks
from clicks.in_viewer import InViewer

if TYPE_CHECKING:
    from random import Random

    from clicks.watch import Watch
    from clicks.window import Window


class Hand:
    """Chooses what it does by its share, more often what does the work.

    Parameters
    ----------
    window : Window
        Where it clicks.
    rng : Random
        Decides what is done, and how.
    watch : Watch
        Is told each step just before it is done.
    """

    def __init__(self, window: Window, rng: Random, watch: Watch) -> None:
        self._rng = rng
        docks, viewer = (kind(window, rng, watch) for kind in (InDocks, InViewer))
        self._shares = {
            docks.click: 52,
            docks.work: 12,
            docks.go_to: 8,
            docks.select: 6,
            docks.press_key: 6,
            docks.give_classes: 4,
            docks.edit_cells: 4,
            docks.reopen: 1,
            viewer.change_layers: 5,
            viewer.move_slider: 4,
            viewer.paint: 3,
            viewer.change_view: 2,
            viewer.change_data: 1,
        }

    def act(self) -> None:
        """Do something."""
        doing, shares = zip(*self._shares.items(), strict=True)
        self._rng.choices(doing, shares)[0]()
