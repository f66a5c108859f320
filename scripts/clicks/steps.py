"""What the steps of a hand have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from clicks.watch import Watch
    from clicks.window import Window


class Steps:
    """Steps in a part of the window, each a method.

    Parameters
    ----------
    window : Window
        Where it is done.
    rng : Random
        Decides how.
    watch : Watch
        Is told each step just before it is done.
    """

    def __init__(self, window: Window, rng: Random, watch: Watch) -> None:
        self._window = window
        self._viewer = window.viewer
        self._rng = rng
        self._watch = watch
