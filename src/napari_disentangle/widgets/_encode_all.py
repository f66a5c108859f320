"""All open images encoded without going through each, for exports and classifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info, show_warning

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.errors import DataError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._images import add_empty, keep_image
from napari_disentangle.widgets._settings import encoding_options

if TYPE_CHECKING:
    from napari_disentangle.recipes.encode_images import EncodedImage
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session

ENCODE_ALL_TIP = (
    "Cut and encode the cells of every other open image that has a Labels layer, with "
    "the crop options, the window and the brightness limits of this one; Export and "
    "Classify then have them all"
)


def why_not_all(session: Session) -> str:
    """Return why the other images cannot be encoded like the one shown, else ""."""
    if session.table is None or session.model is None:
        return "encode the cells of one image first; the others follow it"
    if not isinstance(session.crops, ImageCrops):
        return "crops of a folder are shown; cut those of an open image"
    return ""


def encode_all(jobs: Jobs, viewer: Any, session: Session) -> None:
    """Cut and encode the other open images of `viewer` like the one shown.

    Raises
    ------
    DataError
        If the shown one is not encoded, or no other image has labels of its own.
    """
    from napari_disentangle.recipes.encode_images import iter_encode_images

    source, crops, model = session.source, session.crops, session.model
    why = why_not_all(session)
    if source is None or model is None or not isinstance(crops, ImageCrops) or why:
        raise DataError(f"Not all images can be encoded yet: {why}.")
    others, without = _layers.other_sources(viewer, source)
    if not others:
        raise DataError(
            "No other open image has a Labels layer of its own; name the labels after "
            'their image: "slide 1" and "slide 1 cells".'
        )
    task = iter_encode_images(others, source, crops, model, **encoding_options())

    def keep(found: list[EncodedImage[Source]]) -> None:
        if session.crops is not crops:
            show_warning("Other crops were cut meanwhile; the result was dropped.")
            return
        keep_all(session, found)
        show_info(sentence_of(found, without))

    jobs.run(task, "Encoding all images", keep)


def keep_all(session: Session, found: list[EncodedImage[Source]]) -> None:
    """Keep each image with its cells, also those in which there is none."""
    for image in found:
        if image.codes is not None:
            keep_image(session, image.source, image.crops, image.codes.table)
        elif not image.problem:
            add_empty(session, image.source)


def sentence_of(found: list[EncodedImage[Source]], without: list[str]) -> str:
    """Return how many images were encoded, and which were not and why."""
    n = sum(image.codes is not None for image in found)
    empty = [i.source.roi_id for i in found if i.codes is None and not i.problem]
    parts = [f"{n} more {'image is' if n == 1 else 'images are'} encoded."]
    parts += [f"No cells: {', '.join(empty)}."] if empty else []
    parts += [image.problem for image in found if image.problem]
    parts += [f"No labels of their own: {', '.join(without)}."] if without else []
    return " ".join(parts)
