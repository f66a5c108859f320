"""A pixel size that becomes known after the cells were cut or encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_disentangle.crops.pixel_size import with_micrometers
from napari_disentangle.recipes.encode import order_columns
from napari_disentangle.recipes.image_names import name_with_key
from napari_disentangle.widgets import _layers

if TYPE_CHECKING:
    import pandas as pd
    from napari.layers import Image

    from napari_disentangle.crops.pixel_size import Spacing
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.widgets._session import Session


def apply_pixel_size(session: Session, image: Image) -> None:
    """Let what the session knows of the cells of `image` follow its pixel size.

    Parameters
    ----------
    session : Session
        The cells that it shows, and those kept of other images, are replaced.
    image : Image
        Its pixel size has changed, or become known.
    """
    name, key = _layers.known_image(image)
    names = name, name_with_key(name, key)  # the latter where others share the name
    source, table = session.source, session.table
    images = tuple(
        _with_spacing(
            known, _layers.spacing_of(image, known.axes), shown=known.table is table
        )
        if known.key == key and known.roi_id in names
        else known
        for known in session.images
    )
    if images != session.images:
        session.images = images
    if source is None or source.image_layer() is not image:
        return
    spacing = _layers.spacing_of(image, source.axes)
    if source.spacing_um == spacing:
        return
    session.source = replace(source, spacing_um=spacing)
    if session.measured is not None:
        session.measured = with_micrometers(session.measured, spacing)
    if table is not None:
        session.table = _in_order(with_micrometers(table, spacing))


def _with_spacing(
    known: ImageCells, spacing_um: Spacing | None, *, shown: bool
) -> ImageCells:
    """Return a kept image with another pixel size, areas and positions included.

    The table of the image shown is the session's, which is replaced by itself.
    """
    if known.spacing_um == spacing_um:
        return known
    table = known.table
    if len(table) and not shown:
        table = _in_order(with_micrometers(table, spacing_um))
    return replace(known, spacing_um=spacing_um, table=table)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    names = (str(name) for name in table)
    codes = [name for name in names if name.startswith("z_")]
    plain = [name for name in codes if not name.endswith("_sd")]
    return order_columns(table, [name.removeprefix("z_") for name in plain])
