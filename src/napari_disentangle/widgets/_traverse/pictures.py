"""Pictures learned from the user's own cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.recipes.pictures import PicturesConfig
from napari_disentangle.training.config import DecoderConfig
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._settings import remember_form
from napari_disentangle.widgets._traverse.words import PICTURES

if TYPE_CHECKING:
    from collections.abc import Callable


class PicturesPanel(QWidget):
    """Say where drawn pictures come from, and learn better ones.

    Parameters
    ----------
    on_learn : callable
        Called by the button; what it raises for the user is shown.
    """

    def __init__(self, on_learn: Callable[[], object]) -> None:
        super().__init__()
        self.told = note()
        self.form = ConfigForm(DecoderConfig)
        self.form.setValue(PicturesConfig().decoder)
        remember_form(self.form, "pictures")
        self.learn_button = action(
            "&Learn pictures from these cells",
            "Fit a small decoder on your crops (about 2 minutes); the codes stay as "
            "they are",
            on_learn,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.told,
            self.learn_button,
            Section("Learning options", self.form),
        ):
            layout.addWidget(widget)

    def config(self) -> PicturesConfig:
        """Return how pictures are learned."""
        return PicturesConfig(decoder=self.form.value())

    def tell(self, source: str) -> None:
        """Say what the pictures were learned from."""
        self.told.setText(PICTURES.get(source, ""))
        self.told.setVisible(bool(source))

    def allow(self, busy: str, no_codes: str, draws: str) -> None:
        """Enable the button, or say why it cannot be pressed."""
        allow(self.learn_button, busy or no_codes or draws)
