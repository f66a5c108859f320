"""A pixel size that becomes known after the cells were cut or encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_disentangle.crops.pixel_size import with_micrometers
from napari_disentangle.recipes.encode import order_columns
from napari_disentangle.widgets import _layers

if TYPE_CHECKING:
    import pandas as pd
    from napari.layers import Image

    from napari_disentangle.widgets._session import Session


def apply_pixel_size(session: Session, image: Image) -> None:
    """Let what the session knows of the cells of `image` follow its pixel size.

    Parameters
    ----------
    session : Session
        The cells that it shows, and the image kept for exports, are replaced.
    image : Image
        Its pixel size has changed, or become known.
    """
    spacing = _layers.pixel_size_of(image).spacing_um
    source, table = session.source, session.table
    if source is None or source.image_layer() is not image:
        return
    if source.spacing_um == spacing:
        return
    key = _layers.image_key(source)
    session.source = replace(source, spacing_um=spacing)
    if session.measured is not None:
        session.measured = with_micrometers(session.measured, spacing)
    session.images = tuple(
        replace(known, spacing_um=spacing)
        if (known.roi_id, known.key) == (source.roi_id, key)
        else known
        for known in session.images
    )
    if table is not None:
        session.table = _in_order(with_micrometers(table, spacing))


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    names = (str(name) for name in table)
    codes = [name for name in names if name.startswith("z_")]
    plain = [name for name in codes if not name.endswith("_sd")]
    return order_columns(table, [name.removeprefix("z_") for name in plain])
