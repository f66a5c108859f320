"""Says which results are older than the cells, each with the button that renews it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._made import pictures_note, stack_note

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from napari_disentangle.widgets._session import Session

_OTHERS = (
    "The traversal in the viewer is of cells or codes from before; make a new one."
)


class AgedBox(QWidget):
    """One sentence and one button for the traversal, and for learned pictures.

    Parameters
    ----------
    on_make, on_learn : callable
        Called by the buttons; what they raise for the user is shown.
    """

    def __init__(
        self, on_make: Callable[[], object], on_learn: Callable[[], object]
    ) -> None:
        super().__init__()
        self.walk, self.pictures = note(), note()
        self.walk_button = action(
            "Make it again", "Repeat it on the cells there are now", on_make
        )
        self.pictures_button = action(
            "Learn them again",
            "Fit the decoder on the cells there are now (about 2 minutes)",
            on_learn,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for text, button in self._pairs():
            layout.addWidget(text)
            layout.addWidget(button)
        self._tell("", "")

    def tell(self, session: Session, viewer: Any) -> None:
        """Say what is older than the cells; nothing hides the box."""
        walk = stack_note(session)
        walk = walk and f"{walk[:-1]}; make it again."
        if session.stack is None and _layers.has_walks(viewer):
            walk = _OTHERS
        pictures = pictures_note(session)
        self._tell(walk, pictures and f"{pictures[:-1]}; learn them again.")

    def allow(self, busy: str, no_codes: str) -> None:
        """Enable the buttons, or say why they cannot be pressed."""
        for button in (self.walk_button, self.pictures_button):
            allow(button, busy or no_codes)

    def _tell(self, *texts: str) -> None:
        for (label, button), text in zip(self._pairs(), texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
            button.setVisible(bool(text))
        self.setVisible(any(texts))

    def _pairs(self) -> tuple[tuple[Any, Any], ...]:
        walk = self.walk, self.walk_button
        return walk, (self.pictures, self.pictures_button)
