"""The only room that reads or writes napari layers."""

from napari_disentangle.widgets._layers.color import (
    FAST_ABOVE,
    Coloring,
    limits_of,
    paint,
    restore_colors,
    rgba_of,
)
from napari_disentangle.widgets._layers.features import (
    FrameFollower,
    current_frame,
    set_features,
)
from napari_disentangle.widgets._layers.pick import Picker, cell_at, center_on
from napari_disentangle.widgets._layers.read import (
    Source,
    axes_choices,
    is_open,
    read_image,
    read_source,
    visible_region,
)
from napari_disentangle.widgets._layers.stacks import (
    DECODED_NAME,
    NEAREST_NAME,
    add_labels,
    add_stack,
    show_preview,
)

__all__ = [
    "DECODED_NAME",
    "FAST_ABOVE",
    "NEAREST_NAME",
    "Coloring",
    "FrameFollower",
    "Picker",
    "Source",
    "add_labels",
    "add_stack",
    "axes_choices",
    "cell_at",
    "center_on",
    "current_frame",
    "is_open",
    "limits_of",
    "paint",
    "read_image",
    "read_source",
    "restore_colors",
    "rgba_of",
    "set_features",
    "show_preview",
    "visible_region",
]
