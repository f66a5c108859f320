"""Codes that follow the layers: what was edited since, and how it is encoded again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.recipes.update_cells import KnownCells, iter_update_cells
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets._spacing import apply_pixel_size
from napari_disentangle.widgets._worker import guard
from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari_disentangle.recipes.objects import EncodedObjects
    from napari_disentangle.recipes.update_cells import UpdatedCells
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._layers import EditWatch, Source
    from napari_disentangle.widgets._session import Session


def encode_text(session: Session, watch: EditWatch, same_model: bool) -> str:
    """Return what the button to encode says; `same_model` made the codes there are."""
    crops, n = session.crops, len(watch.cells)
    if crops is None:
        return "&Encode"
    if session.embedding is None or watch.image_edited or not (n and same_model):
        return f"&Encode {len(crops)} cells"
    return f"Up&date {cells_text(n)}"


def edits_text(session: Session, watch: EditWatch) -> str:
    """Return what was edited since, and what to do; empty if nothing was."""
    encoded = session.embedding is not None
    then = "encoded" if encoded else "cut"
    n = len(watch.cells)
    if watch.image_edited:
        return (
            f"The image was changed since the cells were {then}: press Encode to do "
            "all of them anew."
        )
    if not n:
        return ""
    what = (
        "was repainted or moved, has other pixels, is new or is gone"
        if n == 1
        else "were repainted or moved, have other pixels, are new or are gone"
    )
    do = "update" if encoded else "cut and encode"
    return f"{cells_text(n)} {what} since the cells were {then}: {do} with the button."


def update_task(
    session: Session, watch: EditWatch, model: Any, **options: Any
) -> tuple[Source, Task[Progress, UpdatedCells]]:
    """Return the source as its layers are now, and the task that updates its cells.

    Raises
    ------
    DataError
        If the layers are gone.
    CropError
        If they do not fit each other any more.
    """
    before, crops = session.source, session.crops
    assert before is not None
    assert isinstance(crops, ImageCrops)
    if not watch.image_edited:
        _layers.keep_identity(before)
    source = _layers.read_again(before)
    same_size = source.spacing_um == before.spacing_um
    known = KnownCells(
        crops,
        session.embedding,
        session.measured if same_size else None,
        session.familiarity,
        watch.pixels,
    )
    return source, iter_update_cells(
        source,
        known,
        model,
        again=watch.cells,
        same_image=not watch.image_edited,
        **options,
    )


def keep_codes(session: Session, source: Source, codes: EncodedObjects) -> None:
    """Keep the codes of the cells of `source`, with the pixel size it has by now."""
    session.source = source
    session.measured = codes.measured
    session.set_codes(codes.model, codes.embedding, codes.table, codes.familiarity)
    image = source.image_layer()
    if image is not None:
        apply_pixel_size(session, image)


def iter_keep_update(
    session: Session, source: Source, found: UpdatedCells
) -> Iterator[None]:
    """Show the updated cells, then their codes; classes stay with their label ids.

    What another model's codes, or other cells, would void is dropped; the traversal and
    learned pictures stay, and the docks say that they are older.
    """
    codes, cell = found.codes, session.cell
    pictured, stack = session.pictured, session.stack
    same = session.embedding is not None and (
        session.embedding.model_id == codes.embedding.model_id
    )
    if source.ids is None:  # points and boxes are followed wherever they are cut
        guard(book_of(session).follow, found.crops.table)
    session.set_crops(source, found.crops)
    yield
    if session.crops is not found.crops:  # cut anew in the turn between
        return
    keep_codes(session, source, codes)
    if same:
        session.pictured, session.stack = pictured, stack
    if cell is not None and _holds(found.crops, cell.frame, cell.label):
        session.cell = cell


def _holds(crops: Crops, frame: int, label: int) -> bool:
    table = crops.table
    return bool(((table["frame"] == frame) & (table["label"] == label)).any())
