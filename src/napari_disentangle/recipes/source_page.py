"""The page of Source models: scores over seeds, training curves, what they draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.figures import write_figure
from napari_disentangle.export.montage import traversal_montage
from napari_disentangle.export.source_plots import (
    SourceCurves,
    score_dots,
    training_curves,
)
from napari_disentangle.export.source_report import write_source_report
from napari_disentangle.export.traversal_tiff import TraversalInfo
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.render import (
    has_pictures,
    picture_source,
    render_codes,
)
from napari_disentangle.latents.traverse import traverse
from napari_disentangle.recipes.known_inputs import iter_known_inputs
from napari_disentangle.recipes.source_data import encode
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.storage.history import read_history
from napari_disentangle.training.state import read_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from napari_disentangle.storage.card import ModelCard
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Progress, Task

_REFERENCE = 600  # images whose codes say how far a walk goes


def iter_write_source_page(
    path: Path, models: Sequence[Model], folders: Sequence[Path]
) -> Task[Progress, None]:
    """Write the scores of models as a Markdown page, figures in a folder beside it.

    Parameters
    ----------
    path : Path
        The page; its figures go to a folder of the same name without suffix.
    models : sequence of Model
        Models of one name differ in their seed, and maybe in beta, only.
    folders : sequence of Path
        The folder of each, with the history of its training if that was kept.

    Raises
    ------
    DataError
        If there is no model, or models of one name do not hold the same scores.
    StorageError
        If a file cannot be written.
    """
    beside = path.with_suffix("")
    shown: dict[str, list[tuple[str, str]]] = {}
    for name in dict.fromkeys(model.card.name for model in models):
        family = [
            (model, folder)
            for model, folder in zip(models, folders, strict=True)
            if model.card.name == name
        ]
        figures = list(_figures([m.card for m, _ in family], [f for _, f in family]))
        walks = yield from _iter_walks(family[0][0])
        ensure_folder(beside)
        shown[name] = []
        for kind, caption, figure in (*figures, *walks):
            file = beside / f"{name}-{kind}.png"
            write_figure(file, figure, dpi=100)
            shown[name].append((caption, f"{beside.name}/{file.name}"))
    write_source_report(path, [model.card for model in models], shown)


def _figures(
    cards: Sequence[ModelCard], folders: Sequence[Path]
) -> Iterator[tuple[str, str, Figure]]:
    """Yield kind, caption and figure of scores and of training."""
    yield "scores", "Scores of each seed, with chance and ceiling", score_dots(cards)
    found = [_curves(card, at) for card, at in zip(cards, folders, strict=True)]
    curves = [each for each in found if each is not None]
    if curves:
        caption = "Training: reconstruction error, and what each dimension tells"
        yield "training", caption, training_curves(curves)


def _curves(card: ModelCard, folder: Path) -> SourceCurves | None:
    epochs = [read_epoch(values) for values in read_history(folder)]
    if not epochs:
        return None
    return SourceCurves(
        card.seed,
        np.array([epoch.step for epoch in epochs]),
        np.array([epoch.validation.reconstruction for epoch in epochs]),
        np.array([epoch.validation.kl for epoch in epochs]),
        card.dimension_names,
    )


def _iter_walks(model: Model) -> Task[Progress, list[tuple[str, str, Figure]]]:
    """Return kind, caption and figure of walks from a typical Source image."""
    if not has_pictures(model):
        return []
    values = yield from iter_known_inputs(model, n=_REFERENCE)
    if values is None:
        return []
    codes = encode(model.vae, values[:_REFERENCE])
    reference = reference_of(codes)
    far = np.abs((codes - reference.mean) / reference.sd).max(axis=1)
    walk = traverse(codes[np.argmin(far)], reference, model.dimensions)
    info = TraversalInfo(
        factors=walk.factors,
        steps_sd=tuple(float(step) for step in walk.steps_sd),
        picture="decoded",
        model_id=model.id,
        picture_source=picture_source(model),
    )
    figure = traversal_montage([(render_codes(model, walk.codes), info)])
    caption = (
        f"Walks of seed {model.card.seed} from the Source image nearest the mean: "
        "one dimension moves in each row"
    )
    return [("walks", caption, figure)]
