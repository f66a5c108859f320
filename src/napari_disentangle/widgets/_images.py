"""All images of a session with what is known of their cells, for one export of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.recipes.cut_alike import REMEDY, unlike_text
from napari_disentangle.recipes.image_cells import ImageCells, with_image
from napari_disentangle.widgets._image_info.keeper import keeper_of
from napari_disentangle.widgets._layers.identity import image_file, image_key
from napari_disentangle.widgets._layers.made_by import segmentation_of
from napari_disentangle.widgets._reading import read_other

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session


def follow_images(session: Session) -> None:
    """Keep each image of `session` as its cells are encoded; new crops drop it."""
    follower = _Follower(session)
    session.events.crops.connect(lambda crops: follower.on_crops(crops))
    session.events.table.connect(lambda table: follower.on_table(table))


class _Follower:
    """Lives as long as the events of its session, which it does not hold."""

    def __init__(self, session: Session) -> None:
        self._session = ref(session)
        self._key = ""

    def on_crops(self, crops: Crops | None) -> None:
        session = self._session()
        if session is None or session.source is None or crops is None:
            return
        self._key = image_key(session.source)
        same = session.source.roi_id, self._key
        kept = (i for i in session.images if (i.roi_id, i.key) != same)
        session.images = tuple(kept)

    def on_table(self, table: pd.DataFrame | None) -> None:
        session = self._session()
        if session is None or session.source is None or table is None:
            return
        found = image_cells(session.source, session.crops, table, self._key)
        _keep(session, found)


def image_cells(
    source: Source, crops: Any, table: pd.DataFrame, key: str
) -> ImageCells:
    """Return what is known of the cells of `source`."""
    limits = getattr(crops, "limits", None)  # of a folder a pair a kind of file
    return ImageCells(
        roi_id=source.roi_id,
        key=key,
        n_frames=source.n_frames,
        table=table,
        skipped=crops.skipped,
        window_px=crops.window_px,
        spacing_um=source.spacing_um,
        axes=source.axes,
        crop=crops.config,
        limits=limits if isinstance(limits, np.ndarray) else None,
        kind=source.kind,
        segmentation=segmentation_of(source.objects_layer()),
    )


def cut_unlike(session: Session) -> str:
    """Return how the crops there are were cut unlike what is encoded, and what to do.

    Empty if they compare, or nothing else is encoded.
    """
    source, crops = session.source, session.crops
    if source is None or crops is None:
        return ""
    key = image_key(source)
    now = image_cells(source, crops, crops.table, key)
    others = [i for i in session.images if (i.roi_id, i.key) != (now.roi_id, key)]
    unlike = unlike_text([*others, now])
    return f"{unlike} {REMEDY}" if unlike else ""


def keep_image(session: Session, source: Source, crops: Any, table: Any) -> None:
    """Keep the encoded cells of an image that is not the one shown."""
    key = image_key(source)
    keeper_of(session).open({(source.roi_id, key): image_file(source)})
    value = read_other(session, source, crops)
    table = with_annotations(table, value)
    _keep(session, image_cells(source, crops, table, key))


def add_empty(session: Session, source: Source) -> None:
    """Keep that there is no cell in the image of `source`."""
    roi_id, key = source.roi_id, image_key(source)
    keeper_of(session).open({(roi_id, key): image_file(source)})
    empty = ImageCells.without_cells(roi_id, key, source.n_frames)
    _keep(session, empty)


def _keep(session: Session, found: ImageCells) -> None:
    """Keep an image with what is known of it as a whole."""
    info = session.image_info.of_key(found.key)
    session.images = with_image(session.images, replace(found, info=info))


def with_classes(session: Session, known: ImageCells) -> ImageCells:
    """Return `known`, if it is the image shown with its classes as they are now.

    Annotate puts them into the table some moments after they are given, and only while
    it is open.
    """
    if known.table is not session.table or session.annotations is None:
        return known
    return replace(known, table=with_annotations(known.table, session.annotations))


def shown_image(session: Session) -> ImageCells | None:
    """Return the image whose cells the docks show, None if they are not encoded."""
    return next((i for i in session.images if i.table is session.table), None)
