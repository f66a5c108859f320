"""Cells whose pixels were changed: painted into the image, or replaced."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.crops.pixel_digest import (
    changed_cells,
    digest_planes,
    iter_digest_objects,
    iter_digest_pixels,
)
from napari_disentangle.widgets._layers.channels import join_channels
from napari_disentangle.widgets._layers.plane_watch import PlaneWatch
from napari_disentangle.widgets._layers.read import image_layers_of
from napari_disentangle.widgets._layers.touched import (
    pixels_of,
    planes_of,
)

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from napari_disentangle.crops.pixel_digest import PixelDigest
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._layers.read import Source
    from napari_disentangle.widgets._layers.watch import CellKey


class PixelWatch(PlaneWatch):
    """Knows which cells do not show the pixels that they were cut from.

    napari tells nothing when a plugin writes into an array, so digests of the cells are
    taken when they are cut, on a worker thread, and compared whenever the image is
    drawn anew (in the plane that is shown) or its data are replaced (everywhere). Of
    images that are not in memory only a replacement is noticed.

    Attributes
    ----------
    before : PixelDigest or None
        What the pixels were; None until that is known, and of lazy images.
    all_changed : bool
        Whether it is another image: of another shape or type, or other in all cells.
    """

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self.before: PixelDigest | None = None
        self.all_changed = False
        self._crops: ImageCrops | None = None
        self._held: set[CellKey] = set()
        super().__init__(viewer, parent)

    @property
    def due(self) -> bool:
        return self._touched or self.all_changed or bool(self.cells)

    def follow(self, source: Source, crops: Crops) -> None:
        if None in image_layers_of(source) or not isinstance(crops, ImageCrops):
            return
        self._source, self._crops = source, crops
        for each in image_layers_of(source):
            self._connect(each.events.data, self._on_data)
            self._connect(each.events.set_data, self._on_drawn)
        if isinstance(source.image, np.ndarray):
            task = iter_digest_pixels(crops, source.image, _labels_of(source))
            self._jobs.run(task, "Looking at pixels", self.know, quiet=True)

    def know(self, before: PixelDigest) -> None:
        """Compare with these pixels from now on."""
        self._jobs.abandon()
        self.before = before
        if self._source is not None:
            self._due = planes_of(self._source)
            self._soon()

    def forget(self) -> None:
        super().forget()
        self.before, self._crops = None, None
        self._held, self.all_changed = set(), False

    # What the layer tells ------------------------------------------------------------

    def _on_drawn(self, _: Any) -> None:
        if self._source is not None and self.before is not None:
            self._shown_due = True
            self._soon()

    # Looking -------------------------------------------------------------------------

    def _look(self) -> None:
        """Compare the planes that are due with what they were, unless a look runs."""
        source, crops = self._source, self._crops
        if source is None or crops is None or self._jobs.running:
            return
        now, layer = pixels_of(source), source.image_layer()
        if now is None or layer is None:
            return
        planes = self._take_due(layer)
        if not planes:
            return
        if self.before is None or not _is_alike(now, source.image):
            self._change_all()
            return
        looked = planes if self.cells else None
        task = _iter_look(crops, now, _labels_of(source), self.before, planes, looked)
        take = partial(self._take, len(self.before.objects))
        self._jobs.run(task, "Looking at pixels", take, quiet=True)

    def _take(self, n: int, found: tuple[set[CellKey], set[CellKey]]) -> None:
        looked, changed = found
        if self.hold:
            self._held |= changed
        self._touched = bool(self._due)
        cells = (self.cells - looked) | changed | self._held
        if len(cells) == n > 0:
            self._change_all()
        else:
            self.all_changed = False
            self._tell(cells)

    def _change_all(self) -> None:
        self.all_changed, self._touched = True, False
        self.changed.emit()


def _iter_look(
    crops: ImageCrops,
    parts: list[Any],
    labels: Any,
    before: PixelDigest,
    planes: frozenset[tuple[int, int]],
    looked: frozenset[tuple[int, int]] | None,
) -> Task[Progress, tuple[set[CellKey], set[CellKey]]]:
    """Return the cells that were looked at, and those that have changed.

    Cells are looked at in planes that have changed, or in those of `looked`.
    """
    image = join_channels(parts)
    digests = digest_planes(image, planes)
    differing = {at for at, digest in digests.items() if digest != before.planes[at]}
    if not differing and looked is None:
        return set(), set()
    now = yield from iter_digest_objects(crops, image, labels, looked or differing)
    return _keys(now), _keys(changed_cells(before.objects, now))


def _keys(table: Any) -> set[CellKey]:
    return set(zip(table["frame"].tolist(), table["label"].tolist(), strict=True))


def _labels_of(source: Source) -> Any:
    """Return the labels if they are in memory; without, all of each window counts."""
    objects = source.objects
    is_here = source.kind == "labels" and isinstance(objects, np.ndarray)
    return objects if is_here else None


def _is_alike(parts: list[Any], before: Any) -> bool:
    """Return whether channels in memory have together the shape and type of before."""
    if not all(isinstance(part, np.ndarray) and part.ndim == 5 for part in parts):
        return False
    shapes = {(*part.shape[:2], *part.shape[3:], str(part.dtype)) for part in parts}
    shape = before.shape
    same = shapes == {(*shape[:2], *shape[3:], str(before.dtype))}
    return same and sum(part.shape[2] for part in parts) == shape[2]
