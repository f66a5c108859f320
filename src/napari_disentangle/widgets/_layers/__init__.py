"""The only room that reads or writes napari layers."""

from napari_disentangle.widgets._layers.axes import axes_choices
from napari_disentangle.widgets._layers.belonging import (
    cells_for,
    lie_apart,
    named_after,
)
from napari_disentangle.widgets._layers.channels import (
    read_channels,
    siblings_of,
    why_not_together,
)
from napari_disentangle.widgets._layers.choose import LayerCombo, images_of, is_own
from napari_disentangle.widgets._layers.classes import paint_classes
from napari_disentangle.widgets._layers.color import (
    FAST_ABOVE,
    Coloring,
    limits_of,
    paint,
    restore_colors,
    rgba_of,
)
from napari_disentangle.widgets._layers.edit import edit_cells, why_not_editable
from napari_disentangle.widgets._layers.edits import EditWatch
from napari_disentangle.widgets._layers.features import (
    FrameFollower,
    current_frame,
    set_features,
)
from napari_disentangle.widgets._layers.highlight import Highlight
from napari_disentangle.widgets._layers.id_colors import iter_with_colors
from napari_disentangle.widgets._layers.identity import (
    fingerprint,
    image_file,
    image_key,
    image_name,
    keep_identity,
    known_image,
    named_apart,
)
from napari_disentangle.widgets._layers.keys import Keys, is_drawing
from napari_disentangle.widgets._layers.layer_list import follow_layers
from napari_disentangle.widgets._layers.live import LIVE_NAME, LiveLayer
from napari_disentangle.widgets._layers.made_by import keep_segmentation
from napari_disentangle.widgets._layers.montage import iter_add_montage, show_montage
from napari_disentangle.widgets._layers.objects import may_lie_on
from napari_disentangle.widgets._layers.pairs import other_images, other_sources
from napari_disentangle.widgets._layers.pick import (
    Picker,
    cell_at,
    center_on,
    view_events,
)
from napari_disentangle.widgets._layers.pixel_size import (
    PixelSize,
    enter_pixel_size,
    pixel_size_of,
    scale_layers,
    spacing_of,
)
from napari_disentangle.widgets._layers.read import (
    Source,
    has_layers,
    is_open,
    read_again,
    read_source,
)
from napari_disentangle.widgets._layers.stacks import (
    add_labels,
    add_opened_image,
    show_preview,
)
from napari_disentangle.widgets._layers.steps import (
    LABELS_NAME,
    OVERVIEW_NAME,
    STEPS_NAME,
    add_overview,
)
from napari_disentangle.widgets._layers.told_channels import channel_names
from napari_disentangle.widgets._layers.visible import visible_part, visible_region
from napari_disentangle.widgets._layers.walks import (
    CELL_AXES,
    NAMES,
    STACK_AXES,
    cell_position,
    has_walks,
    iter_add_cell_stacks,
    iter_add_stack,
    remove_walks,
    stack_position,
)

__all__ = [
    "CELL_AXES",
    "FAST_ABOVE",
    "LABELS_NAME",
    "LIVE_NAME",
    "NAMES",
    "OVERVIEW_NAME",
    "STACK_AXES",
    "STEPS_NAME",
    "Coloring",
    "EditWatch",
    "FrameFollower",
    "Highlight",
    "Keys",
    "LayerCombo",
    "LiveLayer",
    "Picker",
    "PixelSize",
    "Source",
    "add_labels",
    "add_opened_image",
    "add_overview",
    "axes_choices",
    "cell_at",
    "cell_position",
    "cells_for",
    "center_on",
    "channel_names",
    "current_frame",
    "edit_cells",
    "enter_pixel_size",
    "fingerprint",
    "follow_layers",
    "has_layers",
    "has_walks",
    "image_file",
    "image_key",
    "image_name",
    "images_of",
    "is_drawing",
    "is_open",
    "is_own",
    "iter_add_cell_stacks",
    "iter_add_montage",
    "iter_add_stack",
    "iter_with_colors",
    "keep_identity",
    "keep_segmentation",
    "known_image",
    "lie_apart",
    "limits_of",
    "may_lie_on",
    "named_after",
    "named_apart",
    "other_images",
    "other_sources",
    "paint",
    "paint_classes",
    "pixel_size_of",
    "read_again",
    "read_channels",
    "read_source",
    "remove_walks",
    "restore_colors",
    "rgba_of",
    "scale_layers",
    "set_features",
    "show_montage",
    "show_preview",
    "siblings_of",
    "spacing_of",
    "stack_position",
    "view_events",
    "visible_part",
    "visible_region",
    "why_not_editable",
    "why_not_together",
]
