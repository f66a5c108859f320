"""All open images encoded without going through each, for exports and classifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info, show_warning

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.encode_images import ImageDone, iter_encode_images
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._images import add_empty, keep_image
from napari_disentangle.widgets._settings import encoding_options
from napari_disentangle.widgets._spacing import apply_pixel_size

if TYPE_CHECKING:
    from napari_disentangle.recipes.encode_images import EncodedImage
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session

ENCODE_ALL_TIP = (
    "Cut and encode the cells of every other open image whose Labels, Points or Shapes "
    "layer is known, with the crop options, the window and the brightness limits of "
    "this one; Export and Classify then have them all. Channels are matched by name "
    "where both images have names. Cancel keeps the images that are done"
)

NAME_IT = 'name that layer after its image: "slide 1" and "slide 1 cells"'


def why_not_all(session: Session) -> str:
    """Return why the other images cannot be encoded like the one shown, else ""."""
    if session.table is None or session.model is None:
        return "encode the cells of one image first; the others follow it"
    return why_not_alike(session.crops)


def why_not_alike(crops: Crops | None) -> str:
    """Return why no other open image can be cut like `crops`, else ""."""
    if isinstance(crops, ImageCrops):
        return ""
    return "crops of a folder are shown; cut those of an open image"


class AllImages:
    """Encodes the other open images of a viewer, and keeps each that is done.

    Parameters
    ----------
    jobs : Jobs
        Run it; what was done before Cancel or an error stays.
    viewer : napari.Viewer
        Holds the images.
    session : Session
        The image it shows is the pattern; the others are kept in its `images`.
    """

    def __init__(self, jobs: Jobs, viewer: Any, session: Session) -> None:
        self._jobs = jobs
        self._viewer = viewer
        self._session = session
        self._like: ImageCrops | None = None
        self._left: list[Source] = []
        self._without: list[str] = []
        self._done: list[EncodedImage[Source]] = []
        jobs.progressed.connect(self._on_progressed)
        jobs.finished.connect(self._on_finished)

    def start(self) -> None:
        """Cut and encode the other open images like the one shown.

        Raises
        ------
        DataError
            If the shown one is not encoded, or no other image has cells of its own.
        """
        session = self._session
        source, crops, model = session.source, session.crops, session.model
        why = why_not_all(session)
        if source is None or model is None or not isinstance(crops, ImageCrops) or why:
            raise DataError(f"Not all images can be encoded yet: {why}.")
        others, without = _layers.other_sources(self._viewer, source)
        if not others:
            raise DataError(
                f"No other open image has a layer of cells of its own; {NAME_IT}."
            )
        task = iter_encode_images(others, source, crops, model, **encoding_options())
        self._jobs.run(task, "Encoding all images")
        self._like, self._left, self._done = crops, others, []
        self._without = without

    def _on_progressed(self, event: Any) -> None:
        if isinstance(event, ImageDone) and self._session.crops is self._like:
            keep_done(self._session, event.image)
            self._done.append(event.image)
            self._left = self._left[1:]

    def _on_finished(self, how: str) -> None:
        """Tell which images are done; also after Cancel and errors."""
        like, self._like = self._like, None
        if like is None:
            return
        if self._session.crops is not like:
            show_warning(
                "Other crops were cut meanwhile; the images left were dropped."
            )
        elif how == "done":
            show_info(sentence_of(self._done, self._without))
        else:
            show_warning(sentence_of_part(self._done, self._left))
        self._left, self._done = [], []


def keep_done(session: Session, image: EncodedImage[Source]) -> None:
    """Keep an image with its cells, also one in which there is none."""
    if image.codes is not None:
        keep_image(session, image.source, image.crops, image.codes.table)
        layer = image.source.image_layer()
        if layer is not None:
            apply_pixel_size(session, layer)  # changed during the work, maybe
    elif not image.problem:
        add_empty(session, image.source)


def sentence_of(found: list[EncodedImage[Source]], without: list[str]) -> str:
    """Return how many images were encoded, and which were not and why."""
    n = sum(image.codes is not None for image in found)
    empty = [i.source.roi_id for i in found if i.codes is None and not i.problem]
    parts = [f"{n} more {'image is' if n == 1 else 'images are'} encoded."]
    parts += [f"No cells: {', '.join(empty)}."] if empty else []
    parts += [image.problem for image in found if image.problem]
    if without:
        parts.append(f"No cells of their own: {', '.join(without)}; {NAME_IT}.")
    return " ".join(parts)


def sentence_of_part(done: list[EncodedImage[Source]], left: list[Source]) -> str:
    """Return in one sentence which images are done and which are not."""
    failed = [image.source.roi_id for image in done if image.problem]
    kept = [image.source.roi_id for image in done if not image.problem]
    rest = [*failed, *(source.roi_id for source in left)]
    told = f"Done and kept: {', '.join(kept)}" if kept else "No other image is done"
    return f"{told}; not done: {', '.join(rest)}." if rest else f"{told}."
