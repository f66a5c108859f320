"""A box of all models at hand: bundled, opened before, and fine-tuned here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari_disentangle.storage.layout import CARD, bundled_models
from napari_disentangle.widgets._combo import ShortCombo, keep_narrow
from napari_disentangle.widgets._settings import recall, remember

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session

_KEPT = 12
_KEY = "models"


class ModelCombo(ShortCombo):
    """Choose a model; follows what other docks of the session open or fine-tune.

    The one used last is chosen at first.

    Its data are bundled names and folders, as text.

    Parameters
    ----------
    session : Session
        Its `models` are offered until `stop`.
    tooltip : str
        What the model is for.
    """

    def __init__(self, session: Session, tooltip: str) -> None:
        super().__init__()
        self._session = session
        self.setToolTip(tooltip)
        keep_narrow(self, 10)
        for name in bundled_models():
            self.addItem(name, name)
        kept = (Path(folder) for folder in recall(_KEY, []))
        self._offer(tuple(str(path) for path in kept if (path / CARD).is_file()))
        self._offer(session.models)
        self.setCurrentIndex(max(0, self.findData(recall("model", ""))))
        session.events.models.connect(self._on_models)

    def models(self) -> list[str]:
        """Return all bundled names and folders on offer."""
        return [str(self.itemData(row)) for row in range(self.count())]

    def choose(self, name_or_dir: str | Path) -> None:
        """Choose a bundled model by name, or a folder, which other docks get, too."""
        data = str(name_or_dir)
        if self.findData(data) < 0:
            self._session.add_model(Path(data))
        self.setCurrentIndex(self.findData(data))

    def stop(self) -> None:
        """Stop following the session."""
        self._session.events.models.disconnect(self._on_models)

    def _on_models(self, folders: tuple[str, ...]) -> None:
        self._offer(folders)
        names = bundled_models()
        remember(_KEY, [data for data in self.models() if data not in names][-_KEPT:])

    def _offer(self, folders: tuple[str, ...]) -> None:
        for folder in folders:
            if self.findData(folder) < 0:
                self.addItem(Path(folder).name, folder)
                self.setItemData(self.count() - 1, folder, 3)  # the tooltip role
