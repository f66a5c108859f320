"""The selected objects made visible, whatever kind of layer they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels, Points
from napari.utils.colormaps.standardize_color import transform_color

from napari_disentangle.tables import shown_ids
from napari_disentangle.widgets._layers.canvas import draw_later
from napari_disentangle.widgets._layers.id_colors import (
    cycle_length,
    id_colors,
    keep_order,
    no_colors,
)
from napari_disentangle.widgets._layers.placing import turned

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.widgets._layers.read import Source

NAME = "selected cells"
"""Name of the layer of outlines or rings."""

OUTLINE_BELOW_PX = 1_000_000
"""Up to this many pixels objects are outlined; napari needs 70 ns a pixel for it."""

_COLOR = "#ff9f1c"
_ROOM = 1.2  # diameter of a ring, over the length of its object
_LINE = 0.05  # of a ring, over its diameter
_CONTOUR_PX = 2


class Highlight:
    """Outlines of the objects of a small labels image; else one ring an object.

    Rings are points, which cost the same in an image of any size, in time series,
    stacks and lazy layers. The layer stands on top and is never the active one, so that
    hovering and clicking still meet the objects.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layer when it is first needed.
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._layer: Any = None

    def is_ready(self) -> bool:
        """Return whether the layer is there; to add it takes napari 0.1 s."""
        return self._layer is not None and self._layer in self._viewer.layers

    def show(self, source: Source | None, cells: pd.DataFrame, side_px: float) -> None:
        """Mark `cells`, and no others.

        Parameters
        ----------
        source : Source or None
            Where the objects come from; nothing is marked if its layers are gone.
        cells : pandas.DataFrame
            Rows with `label`, `frame` and `pos_y`, `pos_x`, maybe `pos_z`, in pixels.
        side_px : float
            Diameter of rings where the table does not tell lengths.
        """
        image = None if source is None else source.image_layer()
        objects = None if source is None else source.objects_layer()
        there = self._viewer.layers
        draw_later(self._viewer)
        if source is not None and source.montage is not None:
            cells, side_px = source.montage.placed(cells), source.montage.tile_px
        if source is None or image not in there or objects not in there:
            self.stop()
        elif _can_outline(objects):
            self._outline(objects, shown_ids(cells).tolist())
        else:
            self._ring(image, source.axes, cells, side_px)

    def clear(self) -> None:
        """Mark nothing; the layer stays for the next selection."""
        if self._layer not in self._viewer.layers:
            self._layer = None
        elif isinstance(self._layer, Points):
            self._layer.data = np.zeros((0, self._layer.ndim))
        elif self._layer is not None:
            self._layer.colormap = no_colors(self._layer.data)

    def stop(self) -> None:
        """Take the layer away."""
        layer, self._layer = self._layer, None
        if layer in self._viewer.layers:
            self._viewer.layers.remove(layer)

    def _outline(self, objects: Labels, ids: list[int]) -> None:
        layer = self._layer
        if layer not in self._viewer.layers or not isinstance(layer, Labels):
            self.stop()
            self._add("add_labels", objects.data, objects, opacity=1.0)
            self._layer.contour = _CONTOUR_PX
        elif layer.data is not objects.data:
            layer.data = objects.data
        self._lie_on(objects, list(range(objects.ndim)))
        self._layer.colormap = _only(objects.data, ids)
        keep_order(self._viewer)

    def _ring(self, image: Any, axes: str, cells: pd.DataFrame, side_px: float) -> None:
        letters = axes[:-1] if image.rgb else axes
        keep = [axis for axis, letter in enumerate(letters) if letter != "c"]
        some = cells[np.isfinite(cells["pos_y"].to_numpy(float))]
        layer = self._layer
        fits = isinstance(layer, Points) and layer.ndim == len(keep)
        if layer not in self._viewer.layers or not fits:
            self.stop()
            # napari 0.9 warns of it, and shrinks rings off the plane's center instead
            old = not hasattr(self._viewer, "scene")
            deep = {"out_of_slice_display": "z" in letters} if old else {}
            self._add(
                "add_points",
                np.zeros((0, len(keep))),
                image,
                keep,
                face_color="transparent",
                border_color=_COLOR,
                border_width=_LINE,
                **deep,
            )
        if len(some) or len(self._layer.data):  # napari draws anew at each change
            at = [_coordinates(some, letters[axis]) for axis in keep]
            self._layer.data = np.stack(at, axis=1)
            self._layer.size = _diameters(some, side_px)
        self._lie_on(image, keep)

    def _lie_on(self, other: Any, axes: list[int]) -> None:
        """Lie where `other` lies, also once that was moved."""
        if not np.array_equal(self._layer.scale, other.scale[axes]):
            self._layer.scale = other.scale[axes]
        if not np.array_equal(self._layer.translate, other.translate[axes]):
            self._layer.translate = other.translate[axes]
        affine = turned(other, axes)
        if not np.array_equal(self._layer.affine.affine_matrix, affine):
            self._layer.affine = affine

    def _add(
        self, how: str, data: Any, like: Any, keep: Any = slice(None), **looks: Any
    ) -> None:
        """Add the layer where another one lies, with the units of some of its axes."""
        active = self._viewer.layers.selection.active
        axes = np.arange(like.ndim)[keep]
        self._layer = getattr(self._viewer, how)(
            data,
            name=NAME,
            units=[like.units[axis] for axis in axes],
            axis_labels=[like.axis_labels[axis] for axis in axes],
            scale=like.scale[axes],
            translate=like.translate[axes],
            affine=turned(like, axes),
            metadata={"selection": True},
            **looks,
        )
        self._layer.editable = False
        self._viewer.layers.selection.active = active


def _can_outline(objects: Any) -> bool:
    return (
        isinstance(objects, Labels)
        and not objects.multiscale
        and isinstance(objects.data, np.ndarray)
        and objects.ndim == 2
        and objects.data.size <= OUTLINE_BELOW_PX
    )


def _only(labels: NDArray[np.int64], ids: list[int]) -> Any:
    """Return a colormap that shows these ids of `labels` and no others."""
    color = np.array([transform_color(_COLOR)[0]], np.float32)
    colors = np.repeat(color, len(ids), axis=0)
    return id_colors(
        cycle_length(labels), np.array(ids, np.int64), colors, (0, 0, 0, 0)
    )


def _coordinates(cells: pd.DataFrame, letter: str) -> NDArray[np.float64]:
    column = "frame" if letter == "t" else f"pos_{letter}"
    if column not in cells:
        return np.zeros(len(cells))
    return np.asarray(np.nan_to_num(cells[column].to_numpy(float)))


def _diameters(cells: pd.DataFrame, side_px: float) -> NDArray[np.float64]:
    if "axis_major_length" in cells:
        lengths = cells["axis_major_length"].to_numpy(float)
    elif "area" in cells:
        lengths = 2 * np.sqrt(cells["area"].to_numpy(float) / np.pi)
    else:
        lengths = np.full(len(cells), np.nan)
    return np.asarray(np.where(np.isfinite(lengths), _ROOM * lengths + 2, side_px))
