"""How good are drawn pictures: the image decoder beside a pixel model, on new images.

Both draw 64-pixel pictures from a code of the same width. On generated images both are
as they are; on real cells both are also fine-tuned on the same ones and tested on
others. It can be repeated with other models and other cells, for the spread.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias, TypeVar

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
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.recipes.picture_data import PictureData
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

    Pictures = NDArray[np.float32]
    Drawn: TypeAlias = tuple[str, str, Pictures]

T = TypeVar("T")

PICTURE_PX = 64
"""Side of the compared pictures."""

DECODER, PIXELS, MEAN = "image decoder", "pixel model", "mean picture"
"""Who draws; the mean picture of the cells to learn from knows no cell."""

AS_TRAINED = "trained on sprites"
LEARNED = "pictures learned from cells"
FINETUNED = "fine-tuned on cells"
"""What a drawer knows; with `LEARNED` the codes stay those of the trained model."""

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """How like the real pictures those of one drawer are.

    Attributes
    ----------
    data, drawer, state : str
        Cells; `DECODER`, `PIXELS` or `MEAN`; `AS_TRAINED`, `LEARNED`, `FINETUNED`.
    n_learned : int
        Cells that it learned from, 0 if from none of these.
    found : Likeness
        How like.
    repeat : int
        Which repeat, from 0.
    """

    data: str
    drawer: str
    state: str
    n_learned: int
    found: Likeness
    repeat: int = 0

    def to_json(self) -> Document:
        """Return the record, numbers rounded."""
        own: Document = {"data": self.data, "drawer": self.drawer, "state": self.state}
        scores = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self.found).items()
        }
        return {**own, "repeat": self.repeat, "n_learned": self.n_learned, **scores}


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
class PictureRepeat:
    """What is compared once.

    Attributes
    ----------
    features : Model
        A model of features with an image decoder.
    pixels : Model
        A model of pixels.
    data : tuple of tasks
        Cells, see `recipes.picture_data`.
    """

    features: Model
    pixels: Model
    data: tuple[Task[Progress, PictureData], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PictureBenchmark:
    """All records, and pictures of each data set in the first repeat."""

    records: tuple[PictureRecord, ...]
    shown: tuple[PictureRows, ...]


def iter_picture_benchmark(
    repeats: Sequence[PictureRepeat],
    *,
    device: str = "auto",
    finetune: FinetuneConfig | None = None,
) -> Task[Progress, PictureBenchmark]:
    """Return how like the real pictures those of both kinds of models are.

    Parameters
    ----------
    repeats : sequence of PictureRepeat
        What is compared.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    finetune : FinetuneConfig, optional
        How models are fine-tuned on cells.
    """
    records: list[PictureRecord] = []
    shown: list[PictureRows] = []
    for number, repeat in enumerate(repeats):
        for task in repeat.data:
            cells = yield from task
            real = _cut(cells.test)
            drawn = yield from _iter_drawn(cells, repeat, device, finetune)
            records += _records(cells, real, drawn, number)
            if number == 0:
                shown.append(_rows(cells.name, real, drawn))
    return PictureBenchmark(tuple(records), tuple(shown))


def _records(
    cells: PictureData, real: Pictures, drawn: Sequence[Drawn], repeat: int
) -> list[PictureRecord]:
    """Return how like the real pictures those of each drawer are."""
    masks = np.stack([segment_crop(picture) for picture in real])
    return [
        PictureRecord(
            cells.name,
            drawer,
            state,
            0 if state == AS_TRAINED else cells.n_learned,
            likeness(pictures, real, masks),
            repeat,
        )
        for drawer, state, pictures in drawn
    ]


def _rows(name: str, real: Pictures, drawn: Sequence[Drawn]) -> PictureRows:
    """Return some pictures, chosen evenly by their number."""
    kept = np.linspace(0, len(real) - 1, min(_SHOWN, len(real))).astype(np.int64)
    rows = [(f"{drawer}, {state}", each[kept]) for drawer, state, each in drawn]
    return PictureRows(name, (("real", real[kept]), *rows))


def picture_benchmark(
    repeats: Sequence[PictureRepeat],
    *,
    device: str = "auto",
    finetune: FinetuneConfig | None = None,
) -> PictureBenchmark:
    """Return how like pictures are: `iter_picture_benchmark` at once."""
    return run(iter_picture_benchmark(repeats, device=device, finetune=finetune))


def _iter_drawn(
    cells: PictureData,
    repeat: PictureRepeat,
    device: str,
    finetune: FinetuneConfig | None,
) -> Task[Progress, list[Drawn]]:
    """Return what each drawer makes of the test cells, with all it may know."""
    drawn: list[Drawn] = []
    drawers = (DECODER, repeat.features), (PIXELS, repeat.pixels)
    for drawer, model in drawers:
        pictures = yield from _iter_redraw(model, cells.test, device)
        drawn.append((drawer, AS_TRAINED, pictures))
    if cells.train is None:
        return drawn
    learned = yield from _iter_progress(
        iter_learn_pictures(cells.train, repeat.features, device=device)
    )
    pictures = yield from _iter_redraw(learned, cells.test, device)
    drawn.append((DECODER, LEARNED, pictures))
    for drawer, model in drawers:
        with TemporaryDirectory() as folder:
            out, config = Path(folder) / "tuned", finetune or FinetuneConfig()
            task = iter_finetune_model(cells.train, model, config, out, device=device)
            tuned = yield from _iter_progress(task)
            pictures = yield from _iter_redraw(tuned.model, cells.test, device)
        drawn.append((drawer, FINETUNED, pictures))
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
            yield Progress("Fine-tuning", event.epoch, event.epochs)


def _cut(crops: Crops) -> Pictures:
    """Return all crops, (N, 64, 64, 3)."""
    pictures = crops.cut(np.arange(len(crops)), PICTURE_PX)
    return np.ascontiguousarray(np.moveaxis(pictures, 1, -1))
