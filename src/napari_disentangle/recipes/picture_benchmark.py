"""How good are drawn pictures: the image decoder beside a pixel model, on new images.

Both draw 64-pixel pictures from a code of the same width. On generated images both are
as bundled; on real cells both learn from the same ones and are tested on others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from napari_disentangle.crops.picture import segment_crop
from napari_disentangle.metrics.pictures import Likeness, likeness
from napari_disentangle.recipes.encode import iter_encode
from napari_disentangle.recipes.finetune import iter_finetune_model
from napari_disentangle.recipes.pictures import iter_learn_pictures
from napari_disentangle.tasks import Progress, run
from napari_disentangle.training.decoder import DecoderReport
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.finetune_state import FinetuneReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from napari_disentangle.recipes.picture_data import PictureData
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

    Pictures = NDArray[np.float32]

T = TypeVar("T")

PICTURE_PX = 64
"""Side of the compared pictures."""

DECODER, PIXELS, MEAN = "image decoder", "pixel model", "mean picture"
"""Who draws; the mean picture of the cells to learn from knows no cell."""

AS_BUNDLED = "as bundled"
LEARNED = "learned from cells"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """How like the real pictures those of one drawer are.

    Attributes
    ----------
    data, drawer, state : str
        Cells; `DECODER`, `PIXELS` or `MEAN`; as bundled or learned from cells.
    n_learned : int
        Cells that it learned from, 0 if from none of these.
    found : Likeness
        How like.
    """

    data: str
    drawer: str
    state: str
    n_learned: int
    found: Likeness

    def to_json(self) -> Document:
        """Return the record, numbers rounded."""
        own = {"data": self.data, "drawer": self.drawer, "state": self.state}
        scores = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self.found).items()
        }
        return {**own, "n_learned": self.n_learned, **scores}


@dataclass(frozen=True, slots=True, eq=False)
class PictureRows:
    """Some pictures of one data set, drawer by drawer.

    Attributes
    ----------
    data : str
        Where the cells are from.
    rows : tuple of (str, array (n, H, W, 3))
        Who drew them, and the pictures of the same cells; the real ones first.
    """

    data: str
    rows: tuple[tuple[str, Pictures], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PictureBenchmark:
    """All records, and pictures of each data set."""

    records: tuple[PictureRecord, ...]
    shown: tuple[PictureRows, ...]


def iter_picture_benchmark(
    features: Model,
    pixels: Model,
    data: Iterable[Task[Progress, PictureData]],
    *,
    device: str = "auto",
    finetune: FinetuneConfig | None = None,
) -> Task[Progress, PictureBenchmark]:
    """Return how like the real pictures those of both models are.

    Parameters
    ----------
    features : Model
        A model of features with an image decoder.
    pixels : Model
        A model of pixels.
    data : iterable of tasks
        Cells, see `recipes.picture_data`.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    finetune : FinetuneConfig, optional
        How the pixel model learns from cells.
    """
    records: list[PictureRecord] = []
    shown = []
    for task in data:
        cells = yield from task
        real = _cut(cells.test)
        rows = [("real", real)]
        masks = np.stack([segment_crop(picture) for picture in real])
        drawers = yield from _iter_drawn(cells, features, pixels, device, finetune)
        for drawer, state, drawn in drawers:
            n_learned = 0 if state == AS_BUNDLED else cells.n_learned
            found = likeness(drawn, real, masks)
            records.append(PictureRecord(cells.name, drawer, state, n_learned, found))
            rows.append((f"{drawer}, {state}", drawn))
        kept = np.linspace(0, len(real) - 1, min(_SHOWN, len(real))).astype(np.int64)
        shown.append(
            PictureRows(cells.name, tuple((name, each[kept]) for name, each in rows))
        )
    return PictureBenchmark(tuple(records), tuple(shown))


def picture_benchmark(
    features: Model,
    pixels: Model,
    data: Iterable[Task[Progress, PictureData]],
    *,
    device: str = "auto",
    finetune: FinetuneConfig | None = None,
) -> PictureBenchmark:
    """Return how like pictures are: `iter_picture_benchmark` at once."""
    return run(
        iter_picture_benchmark(features, pixels, data, device=device, finetune=finetune)
    )


def _iter_drawn(
    cells: PictureData,
    features: Model,
    pixels: Model,
    device: str,
    finetune: FinetuneConfig | None,
) -> Task[Progress, list[tuple[str, str, Pictures]]]:
    """Return what each drawer makes of the test cells, as bundled and as learned."""
    drawn = []
    for drawer, model in ((DECODER, features), (PIXELS, pixels)):
        pictures = yield from _iter_redraw(model, cells.test, device)
        drawn.append((drawer, AS_BUNDLED, pictures))
    if cells.train is None:
        return drawn
    learned = yield from _iter_progress(
        iter_learn_pictures(cells.train, features, device=device)
    )
    pictures = yield from _iter_redraw(learned, cells.test, device)
    drawn.append((DECODER, LEARNED, pictures))
    with TemporaryDirectory() as folder:
        config = finetune or FinetuneConfig()
        task = iter_finetune_model(
            cells.train, pixels, config, Path(folder) / "pixels", device=device
        )
        tuned = yield from _iter_progress(task)
        pictures = yield from _iter_redraw(tuned.model, cells.test, device)
    drawn.append((PIXELS, LEARNED, pictures))
    mean = _cut(cells.train).mean(axis=0)
    drawn.append((MEAN, LEARNED, np.tile(mean, (len(pictures), 1, 1, 1))))
    return drawn


def _iter_redraw(model: Model, crops: Crops, device: str) -> Task[Progress, Pictures]:
    """Return what a model draws of the codes of crops."""
    from napari_disentangle.latents.render import render_codes

    embedding = yield from iter_encode(crops, model, device=device)
    return render_codes(model, embedding.mean)


def _iter_progress(task: Task[object, T]) -> Task[Progress, T]:
    """Pass on how far any learning has come, as progress."""
    while True:
        try:
            event = next(task)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if isinstance(event, Progress):
            yield event
        elif isinstance(event, DecoderReport):
            yield Progress("Learning pictures", event.step, event.total)
        elif isinstance(event, FinetuneReport):
            yield Progress("Fine-tuning pixels", event.epoch, event.epochs)


def _cut(crops: Crops) -> Pictures:
    """Return all crops, (N, 64, 64, 3)."""
    pictures = crops.cut(np.arange(len(crops)), PICTURE_PX)
    return np.ascontiguousarray(np.moveaxis(pictures, 1, -1))
