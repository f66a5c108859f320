"""The only room that reads or writes napari layers."""

from napari_disentangle.widgets._layers.choose import LayerCombo
from napari_disentangle.widgets._layers.classes import paint_classes
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
from napari_disentangle.widgets._layers.highlight import Highlight
from napari_disentangle.widgets._layers.identity import (
    fingerprint,
    image_file,
    image_key,
)
from napari_disentangle.widgets._layers.keys import Keys, is_drawing
from napari_disentangle.widgets._layers.pick import (
    Picker,
    cell_at,
    center_on,
    view_events,
)
from napari_disentangle.widgets._layers.read import (
    Source,
    axes_choices,
    channel_names,
    is_open,
    read_image,
    read_source,
    visible_plane,
    visible_region,
)
from napari_disentangle.widgets._layers.stacks import (
    NAMES,
    STACK_AXES,
    add_labels,
    add_opened_image,
    add_stack,
    show_preview,
    stack_position,
)

__all__ = [
    "FAST_ABOVE",
    "NAMES",
    "STACK_AXES",
    "Coloring",
    "FrameFollower",
    "Highlight",
    "Keys",
    "LayerCombo",
    "Picker",
    "Source",
    "add_labels",
    "add_opened_image",
    "add_stack",
    "axes_choices",
    "cell_at",
    "center_on",
    "channel_names",
    "current_frame",
    "fingerprint",
    "image_file",
    "image_key",
    "is_drawing",
    "is_open",
    "limits_of",
    "paint",
    "paint_classes",
    "read_image",
    "read_source",
    "restore_colors",
    "rgba_of",
    "set_features",
    "show_preview",
    "stack_position",
    "view_events",
    "visible_plane",
    "visible_region",
]
