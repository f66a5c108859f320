"""What was made before cells were excluded, edited or deleted, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.recipes.made_from import MadeFrom, made_before

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session


def cells_now(session: Session) -> MadeFrom | None:
    """Return the cells as they are now, None while they are not encoded."""
    if session.embedding is None:
        return None
    return MadeFrom.of(session.embedding, session.annotations)


def stack_note(session: Session) -> str:
    """Return the sentence that the traversal is older than its cells, else nothing."""
    made = None if session.stack is None else session.stack_from
    return made_before("The traversal was made", _since(made, session))


def pictures_note(session: Session) -> str:
    """Return the sentence that learned pictures are older, else nothing."""
    made = None if session.pictured is None else session.pictured_from
    return made_before("Pictures were learned", _since(made, session))


def _since(made: MadeFrom | None, session: Session) -> str:
    now = cells_now(session)
    return "" if made is None or now is None else made.since(now)
