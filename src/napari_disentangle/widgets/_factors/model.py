"""Choose the model that turns crops into factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog, QVBoxLayout, QWidget

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.card import read_card
from napari_disentangle.widgets._dock import action, note, rows
from napari_disentangle.widgets._models import ModelCombo
from napari_disentangle.widgets._settings import remember
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.card import ModelCard
    from napari_disentangle.widgets._session import Session


class ModelPanel(QWidget):
    """The models at hand, and what the chosen one knows.

    Attributes
    ----------
    changed : Signal
        Emitted when another model is chosen.
    asked_for : Signal
        Emitted with the web address or path of the zip file that shall be got.
    """

    changed = Signal()
    asked_for = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._read_from = ""
        self.combo = ModelCombo(session, "The model that turns crops into factors")
        self.open_button = action(
            "&Open ...", "Open a model folder (weights and card)", self._ask
        )
        self.get_button = action(
            "Zip or &web ...",
            "Get a model that others published, from a zip file or a web address",
            self._ask_for_published,
        )
        self.facts = note()
        line = QHBoxLayout()
        line.addWidget(self.open_button)
        line.addWidget(self.get_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Model", self.combo)))
        layout.addLayout(line)
        layout.addWidget(self.facts)
        self.combo.currentIndexChanged.connect(lambda _: self._on_choice())
        session.events.models.connect(self._on_models)
        session.events.wanted_model.connect(self._on_wanted)
        self._on_choice()

    def choose(self, name_or_dir: str | Path) -> None:
        """Choose a bundled model by name, or a model folder.

        Raises
        ------
        ModelError
            If there is no such model or its card is damaged.
        """
        read_card(name_or_dir)
        self.combo.choose(name_or_dir)

    def model(self) -> Any:
        """Return the model that was read already, or its name or folder.

        Raises
        ------
        ModelError
            If there is none.
        """
        data = self.combo.currentData()
        if data is None:
            raise ModelError("There is no model; open a model folder first.")
        model = self._session.model
        return model if model is not None and self._read_from == data else data

    @property
    def is_read(self) -> bool:
        """Whether the chosen model is the session's."""
        return bool(self._read_from == self.combo.currentData())

    def keep(self) -> None:
        """Take the session's model for the chosen one: it was read just now."""
        self._read_from = self.combo.currentData()

    def stop(self) -> None:
        """Stop following the session."""
        self.combo.stop()
        self._session.events.models.disconnect(self._on_models)
        self._session.events.wanted_model.disconnect(self._on_wanted)

    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open a model folder")
        if folder:
            self.choose(folder)

    def _ask_for_published(self) -> None:
        text, given = QInputDialog.getText(
            self, "Get a model", "Web address (https://...) or path of a zip file:"
        )
        if given and text.strip():
            self.asked_for.emit(text.strip())

    def _on_models(self, _: tuple[str, ...]) -> None:
        """Read a model from its folder next time: it may have been written anew."""
        self._read_from = ""

    def _on_wanted(self, folder: str) -> None:
        if folder:
            guard(self.choose, folder)

    def _on_choice(self) -> None:
        data = self.combo.currentData()
        self.facts.setText("")
        if data is not None:
            remember("model", data)
            guard(lambda: self.facts.setText(facts_of(read_card(data))))
        self.changed.emit()


def facts_of(card: ModelCard) -> str:
    """Return in a sentence or two what a model knows and how its names came about."""
    named = [d for d in card.dimensions if d.how_named != "unnamed"]
    names = ", ".join(d.name.replace("_", " ") for d in named) or "none"
    how = " and ".join(sorted({d.how_named for d in named}))
    rest = len(card.dimensions) - len(named)
    reads = f"features of {card.backbone}" if card.backbone else "pixels"
    return f"Named ({how}): {names}; {rest} without a name. Reads {reads}."
