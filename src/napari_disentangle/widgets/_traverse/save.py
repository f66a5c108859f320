"""Buttons that save walks and cards, one a format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QFileDialog, QGridLayout, QPushButton, QSizePolicy, QWidget

from napari_disentangle.widgets._dock import action, allow
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Callable

_WALKS = (
    (".tif", "T&IFF", "ImageJ hyperstack (Z = factor, T = step) that Fiji opens"),
    (".ome.zarr", "OME-&Zarr", "OME-Zarr 0.5 (z = factor, t = step)"),
    (".gif", "&GIF", "Film of all factors, there and back"),
    (".mp4", "&MP4", "Film of all factors, there and back"),
    (".png", "&PNG", "One page with a row a factor"),
)
_CARDS = (
    (".html", "Cards, &HTML", "All factor cards as one page"),
    (".json", "Cards, &JSON", "All factor cards as one document for scripts"),
)
_COLUMNS = 3


class SavePanel(QWidget):
    """One button a format.

    Parameters
    ----------
    on_walk, on_cards : callable
        Get the path that the user chose.
    """

    def __init__(
        self, on_walk: Callable[[Path], object], on_cards: Callable[[Path], object]
    ) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        self.walk_buttons: dict[str, QPushButton] = {}
        self.card_buttons: dict[str, QPushButton] = {}
        for formats, buttons, stem, save in (
            (_WALKS, self.walk_buttons, "traversal", on_walk),
            (_CARDS, self.card_buttons, "factors", on_cards),
        ):
            for suffix, text, what in formats:
                button = action(text, what, self._asking(stem + suffix, what, save))
                policy = QSizePolicy.Policy
                button.setSizePolicy(policy.Ignored, policy.Fixed)
                buttons[suffix] = button
        for place, button in enumerate(self.walk_buttons.values()):
            grid.addWidget(button, *divmod(place, _COLUMNS))
        for place, button in enumerate(self.card_buttons.values()):
            grid.addWidget(button, 2, place)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)

    def allow(self, busy: str, no_walk: str, no_cards: str) -> None:
        """Enable the buttons, or say why they cannot be pressed."""
        for button in self.walk_buttons.values():
            allow(button, busy or no_walk)
        for button in self.card_buttons.values():
            allow(button, busy or no_cards)

    def _asking(
        self, name: str, what: str, save: Callable[[Path], object]
    ) -> Callable[[], None]:
        suffix = name[name.index(".") :]

        def ask() -> None:
            path, _ = QFileDialog.getSaveFileName(
                self, what, name, f"{suffix} (*{suffix})"
            )
            if path:
                whole = path if path.lower().endswith(suffix) else path + suffix
                guard(save, Path(whole))

        return ask
