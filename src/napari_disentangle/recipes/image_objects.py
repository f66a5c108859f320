"""An image and its objects as arrays, where no layer holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.pixel_size import Spacing


@dataclass(frozen=True, slots=True, eq=False)
class ImageObjects:
    """An image in memory or lazy, and where its objects are: see `Objects`."""

    image: Any
    objects: Any
    kind: Literal["labels", "points", "shapes"] = "labels"
    ids: NDArray[Any] | None = None
    is_rgb: bool = False
    n_frames: int = 1
    roi_id: str = "image"
    spacing_um: Spacing | None = None
    channels: tuple[str, ...] = ()
