"""Another image as it compares with the one shown: its cells and its channels."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from napari_disentangle.errors import CropError
from napari_disentangle.recipes.image_objects import ImageObjects

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.recipes.objects import Objects

_CELLS = {"labels": "labels", "points": "points", "shapes": "rectangles"}


def aligned_with(source: Objects, shown: Objects, config: CropConfig) -> Objects:
    """Return `source` as it compares with `shown`: its channels in the same order.

    Channels are matched by name where both images tell names, else by order. Those that
    `shown` has not are left out.

    Parameters
    ----------
    source : Objects
        Another image.
    shown : Objects
        The image that is the pattern.
    config : CropConfig
        How its crops are cut.

    Raises
    ------
    CropError
        If the kinds of cells do not compare, or a channel of the crops is lacking.
    """
    order = _order_of(source, shown, config)
    if order == list(range(source.image.shape[2])):
        return source
    return ImageObjects(
        image=source.image[:, :, order],
        objects=source.objects,
        kind=source.kind,
        ids=source.ids,
        is_rgb=source.is_rgb,
        n_frames=source.n_frames,
        roi_id=source.roi_id,
        spacing_um=source.spacing_um,
        channels=tuple(source.channels[i] for i in order),
    )


def _order_of(source: Objects, shown: Objects, config: CropConfig) -> list[int]:
    """Return where `source` has each channel of `shown`; raises as `aligned_with`."""
    if not kinds_compare(source.kind, shown.kind, config):
        mine, theirs = (_CELLS[each.kind] for each in (source, shown))
        raise CropError(
            f"The cells are {mine}, those of {shown.roi_id} {theirs}, cut on different "
            "backgrounds; choose Window common and Background keep under Crop options "
            "and cut anew to take both."
        )
    if not (source.channels and shown.channels):
        return list(range(source.image.shape[2]))
    order = channel_order(source.channels, shown.channels)
    used = config.shown_channels(shown.image.shape[2])
    lacking = [shown.channels[i] for i in used if i >= len(order)]
    if lacking:
        raise CropError(
            f"It has no channel {lacking[0]!r} like {shown.roi_id} (its channels are "
            f"{', '.join(source.channels)}); name its channels alike, or cut anew "
            "without that channel."
        )
    return order


def check_pixels(
    dtype: np.dtype[Any], n_channels: int, shown: Objects, like: ImageCrops
) -> None:
    """Refuse an image whose brightness does not compare with that of `shown`.

    Parameters
    ----------
    dtype : numpy.dtype
        Of the pixels of the image.
    n_channels : int
        How many of its channels compare: see `aligned_with`.
    shown : Objects
        The image that is the pattern.
    like : ImageCrops
        Its crops.

    Raises
    ------
    CropError
        If data type or number of channels differ.
    """
    if dtype != shown.image.dtype:
        raise CropError(
            f"The pixels are {dtype}, those of {shown.roi_id} {shown.image.dtype}; "
            "their brightness does not compare: save both in one data type, or cut and "
            "encode this image by itself."
        )
    if not like.config.channels and min(n_channels, 3) != len(like.limits):
        raise CropError(
            f"The image has {n_channels} channels, the one that is encoded "
            f"{len(like.limits)}; choose the channels under Crop options and cut anew."
        )


def why_unlike(source: Objects, shown: Objects, like: ImageCrops) -> str:
    """Return why the cells of `source` cannot be cut like those of `shown`, else "".

    What is wrong and, after a semicolon, what to do; told without reading pixels.
    """
    try:
        order = _order_of(source, shown, like.config)
        check_pixels(source.image.dtype, len(order), shown, like)
    except CropError as error:
        return str(error)
    return ""


def kinds_compare(kind: str, other: str, config: CropConfig) -> bool:
    """Return whether crops of two kinds of cells, cut by `config`, compare.

    Points have no mask and a box is none of a cell, so that they do only where the
    background is kept, and with windows of one side.
    """
    return kind == other or (config.background == "keep" and config.window == "common")


def channel_order(own: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return where `own` has each of the `wanted` channels, up to the first it lacks.

    Capitals do not count. So what is measured in channel 2, say, is measured in the
    same channel of all images.
    """
    at = {name.casefold(): row for row, name in enumerate(own)}
    found = (at.get(name.casefold(), -1) for name in wanted)
    return list(takewhile(lambda row: row >= 0, found))
