"""Generated samples for napari's File > Open Sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.synthetic.field import FieldConfig

LayerData: TypeAlias = "tuple[NDArray[np.generic], dict[str, Any], str]"


def known_factors() -> list[LayerData]:
    """Return some hundreds of sprites and their Labels with the true factors."""
    from napari_disentangle.synthetic.field import FieldConfig

    return _layers(FieldConfig())


def known_factors_small() -> list[LayerData]:
    """Return four dozen sprites and their Labels with the true factors."""
    from napari_disentangle.synthetic.field import FieldConfig

    return _layers(FieldConfig(width_px=512, height_px=512, n_objects=48, seed=1))


def _layers(config: FieldConfig) -> list[LayerData]:
    from napari_disentangle.synthetic.field import sample_field

    field = sample_field(config)
    image = {"name": "known factors", "rgb": True}
    labels = {"name": "known factors labels", "features": field.table}
    return [(field.image, image, "image"), (field.labels, labels, "labels")]
