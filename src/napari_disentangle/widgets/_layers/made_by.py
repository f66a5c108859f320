"""How the cells of a Labels layer were made, kept with the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.config import check_config
from napari_disentangle.crops.segment import SegmentConfig
from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from napari.layers import Layer

_KEY = "segmentation"


def keep_segmentation(layer: Layer, config: SegmentConfig) -> None:
    """Remember in the metadata of `layer` by which settings it was made."""
    layer.metadata = {**layer.metadata, _KEY: config.model_dump(mode="json")}


def segmentation_of(layer: Layer | None) -> SegmentConfig | None:
    """Return by which settings a layer was made here, None if it is not known."""
    kept = None if layer is None else layer.metadata.get(_KEY)
    try:
        return check_config(SegmentConfig, kept) if isinstance(kept, dict) else None
    except ConfigError:  # metadata of another plugin
        return None
