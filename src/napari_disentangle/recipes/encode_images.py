"""More images, cut and encoded as one that is encoded already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from napari_disentangle.crops.joined import JoinedCrops
from napari_disentangle.errors import CropError, DataError, NoCellsError
from napari_disentangle.recipes.aligned import aligned_with, check_pixels
from napari_disentangle.recipes.objects import (
    Objects,
    iter_encode_objects,
    iter_plan_objects,
)
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.recipes.objects import EncodedObjects
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Task

S = TypeVar("S", bound=Objects)


@dataclass(frozen=True, slots=True, eq=False)
class EncodedImage(Generic[S]):
    """An image with its crops and codes, or the reason why it has none.

    Attributes
    ----------
    source : Objects
        The image and its cells.
    crops : ImageCrops or None
        Its crops.
    codes : EncodedObjects or None
        Their codes.
    problem : str
        Why there are none; empty of an image without cells.
    """

    source: S
    crops: ImageCrops | None = None
    codes: EncodedObjects | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ImageDone(Progress, Generic[S]):
    """One more image is done, whatever becomes of the others.

    Attributes
    ----------
    image : EncodedImage
        That image.
    """

    image: EncodedImage[S]


def iter_encode_images(
    sources: Sequence[S],
    shown: Objects,
    like: ImageCrops,
    model: Model,
    *,
    device: str = "auto",
    batch_size: int = 16,
) -> Task[Progress | ImageDone[S], list[EncodedImage[S]]]:
    """Cut and encode the cells of images as those of another image were.

    Options, side of the common window and limits of brightness are those of `like`, so
    that Scale and Color compare. Each image is told as soon as it is done; one that
    cannot be read or cut does not stop the others.

    Parameters
    ----------
    sources : sequence of Objects
        Images with cells; see `aligned_with` for what compares with those of `shown`.
    shown : Objects
        The other image.
    like : ImageCrops
        Its crops.
    model : Model
        Encodes all of them.
    device, batch_size
        As in `iter_encode_objects`.
    """
    found: list[EncodedImage[S]] = []
    for number, source in enumerate(sources, start=1):
        stage = f"Image {number} of {len(sources)}"
        yield Progress(stage, number - 1, len(sources))
        try:
            aligned = aligned_with(source, shown, like.config)
            crops = yield from iter_cut_like(aligned, shown, like)
            codes = yield from iter_encode_objects(
                aligned, crops, model, device=device, batch_size=batch_size
            )
            image = EncodedImage(source, crops, codes)
        except NoCellsError:
            image = EncodedImage(source)
        except (CropError, DataError, OSError) as error:
            reason = " ".join(str(error).split())
            image = EncodedImage(source, problem=f"{source.roi_id}: {reason}")
        found.append(image)
        yield ImageDone(stage, number, len(sources), image)
    return found


def iter_join_images(
    sources: Sequence[Objects], shown: Objects, like: ImageCrops
) -> Task[Progress, JoinedCrops]:
    """Return the crops of `shown` and of other images, cut alike, as one set.

    Images without cells are left out.

    Parameters
    ----------
    sources : sequence of Objects
        The other images with cells.
    shown, like
        As of `iter_encode_images`; `like` is the first part of the set.

    Raises
    ------
    CropError, DataError
        Naming the image that cannot be cut like the others.
    """
    parts: list[ImageCrops] = [like]
    for number, source in enumerate(sources, start=1):
        yield Progress(f"Image {number} of {len(sources)}", number - 1, len(sources))
        try:
            aligned = aligned_with(source, shown, like.config)
            parts.append((yield from iter_cut_like(aligned, shown, like)))
        except NoCellsError:
            continue
        except CropError as error:
            raise CropError(f"{source.roi_id}: {error}") from error
    return JoinedCrops(parts)


def iter_cut_like(
    source: Objects, shown: Objects, like: ImageCrops
) -> Task[Progress, ImageCrops]:
    """Cut one image as another one was: options, window and limits of brightness.

    Its cells and channels are those of an image `aligned_with` the other one.

    Raises
    ------
    CropError
        If the two images do not compare, or nothing can be cut.
    """
    check_pixels(source.image.dtype, source.image.shape[2], shown, like)
    config, limits = like.shared_config, like.limits
    return (yield from iter_plan_objects(source, config, limits=limits))
