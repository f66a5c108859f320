"""The selection of each image, which comes back when its cells are encoded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.exclusions import exclude, is_excluded
from napari_disentangle.annotations.values import Annotations

if TYPE_CHECKING:
    from napari_disentangle.widgets._selection import Selection
    from napari_disentangle.widgets._session import Session

_WORD = "selected"


def keep_selection(session: Session) -> None:
    """Remember which cells of the image shown are selected, by id and place.

    Before its cells are encoded, what was remembered of them stays.
    """
    source, crops, selection = session.source, session.crops, session.selection
    if source is None or crops is None or not (selection or session.selections):
        return
    if session.table is None and selection is None:
        return
    key = _key(session)
    session.selections.pop(key, None)
    if selection is not None:
        cells = crops.table[selection.mask(crops.table, source.roi_id)]
        session.selections[key] = exclude(Annotations(), cells, _WORD)


def take_kept(session: Session) -> Selection | None:
    """Return once what was selected of the image shown when it was shown last.

    An image may have been segmented anew: as with classes, a cell is known again by its
    id only where all are where they were, else by its place.
    """
    from napari_disentangle.crops.places import fitted_to
    from napari_disentangle.widgets._selection import Selection

    crops = session.crops
    if crops is None or not session.selections:
        return None
    known = session.selections.pop(_key(session), None)
    if known is None:
        return None
    found = fitted_to(known, crops).annotations
    cells = crops.table[is_excluded(found, crops.table)]
    return Selection.of(cells) if len(cells) else None


def _key(session: Session) -> tuple[str, str]:
    from napari_disentangle.widgets._layers.identity import image_key

    assert session.source is not None
    return session.source.roi_id, image_key(session.source)
