"""What must be said of slides and days beside the colors of a factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.recipes.batch_effects import batch_effects, factor_note

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session


def batch_note(session: Session, column: str) -> str:
    """Return whether a factor mostly separates slides or days, empty if not.

    What cannot be told of the images of `session` is said, too.
    """
    if session.model is None or not column.startswith("z_"):
        return ""
    return factor_note(batch_effects(session.images, session.model.id), column)
