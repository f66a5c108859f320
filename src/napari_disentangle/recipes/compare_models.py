"""Two models on the same cells: codes, separability of classes, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.metrics.persistence import persistence
from napari_disentangle.recipes.features import iter_cached_features
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.classify.validate import Spread
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

_SIZE = 64
_JUDGE = ClassifierConfig(kind="linear", repeats=1)


@dataclass(frozen=True, slots=True, eq=False)
class ModelComparison:
    """What changed from one model to the other.

    Attributes
    ----------
    dimensions : tuple of str, length L
        Dimensions of the model before.
    kept : array, (L,), in [-1, 1]
        Correlation of each dimension with itself before, over the cells.
    drift : array, (L,)
        Root mean square change of each code, in sd of the codes before.
    separability : pair of Spread, or None
        Balanced accuracy before and after, of a linear classifier of all codes on cells
        that it did not see; None without annotations.
    why_not : str
        Why there is no separability, empty if there is.
    crops, drawn_before, drawn_after : array, (n, S, S, 3), in [0, 1], or None
        Some cells, and what each model draws of their codes; None where it draws none.
    """

    dimensions: tuple[str, ...]
    kept: NDArray[np.float64]
    drift: NDArray[np.float64]
    separability: tuple[Spread, Spread] | None
    why_not: str
    crops: NDArray[np.float32]
    drawn_before: NDArray[np.float32] | None
    drawn_after: NDArray[np.float32] | None


def iter_compare_models(
    crops: Crops,
    before: Model,
    after: Model,
    *,
    labels: Sequence[str] | None = None,
    cache: Path | None = None,
    n_pictures: int = 6,
    device: str = "auto",
) -> Task[Progress, ModelComparison]:
    """Return what two models say of the same cells.

    Parameters
    ----------
    crops : Crops
        N cells.
    before, after : Model
        The models; `after` has the dimensions of `before` first.
    labels : sequence of str, length N, optional
        Class of each cell, empty where it is unknown.
    cache : Path, optional
        Folder of features that were read before.
    n_pictures : int
        Cells to draw, spread evenly.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.

    Raises
    ------
    ModelError
        If the models read different things.
    """
    if before.card.backbone != after.card.backbone:
        raise ModelError(f"{before.id} and {after.id} read different features.")
    old, new = yield from _iter_codes(crops, before, after, cache, device)
    change = persistence(old.mean, new.mean)
    separability, why_not = yield from _iter_separability(old, new, labels)
    n = min(n_pictures, len(crops))
    rows = np.unique(np.linspace(0, len(crops) - 1, n).astype(np.int64))
    yield Progress("Drawing cells", 0, 1)
    return ModelComparison(
        before.dimensions,
        change.kept,
        change.drift,
        separability,
        why_not,
        np.moveaxis(crops.cut(rows, _SIZE), 1, -1),
        _drawn(before, old.mean[rows]),
        _drawn(after, new.mean[rows]),
    )


def compare_models(
    crops: Crops,
    before: Model,
    after: Model,
    *,
    labels: Sequence[str] | None = None,
    cache: Path | None = None,
    device: str = "auto",
) -> ModelComparison:
    """Return what two models say of the same cells: `iter_compare_models` at once."""
    task = iter_compare_models(
        crops, before, after, labels=labels, cache=cache, device=device
    )
    return run(task)


def _iter_codes(
    crops: Crops, before: Model, after: Model, cache: Path | None, device: str
) -> Task[Progress, tuple[Embedding, Embedding]]:
    """Return the codes of both models; features are read once."""
    from napari_disentangle.latents.embed import iter_embed, iter_embed_pixels

    if before.kind == "pixels":
        old = yield from iter_embed_pixels(before, crops)
        new = yield from iter_embed_pixels(after, crops)
        return old, new
    backbone = before.card.backbone
    features = yield from iter_cached_features(crops, backbone, cache, device=device)
    old = yield from iter_embed(before, features)
    new = yield from iter_embed(after, features)
    return old, new


def _iter_separability(
    old: Embedding, new: Embedding, labels: Sequence[str] | None
) -> Task[Progress, tuple[tuple[Spread, Spread] | None, str]]:
    """Return balanced accuracies, or why there are none; the same parts for both."""
    if labels is None or len(set(labels) - {""}) < 2:
        return None, "fewer than two classes are annotated"
    try:
        first = yield from _iter_balanced(old, labels)
        second = yield from _iter_balanced(new, labels)
    except DataError as error:
        return None, str(error)
    return (first, second), ""


def _iter_balanced(codes: Embedding, labels: Sequence[str]) -> Task[Progress, Spread]:
    from napari_disentangle.classify.validate import iter_cross_validate
    from napari_disentangle.recipes.classify_cells import choose_cells, choose_parts

    names = [name or None for name in labels]
    table = codes.to_frame().assign(annotation=np.array(names, object))
    columns = [f"z_{name}" for name in codes.dimensions]
    cells = choose_cells(table, columns, "annotation")
    found = yield from iter_cross_validate(
        cells.values,
        cells.y,
        _JUDGE,
        choose_parts(cells, _JUDGE).splits,
        np.random.default_rng(0),
        classes=cells.classes,
    )
    return found.balanced_accuracy


def _drawn(model: Model, codes: NDArray[np.float32]) -> NDArray[np.float32] | None:
    from napari_disentangle.latents.render import has_pictures, render_codes

    return render_codes(model, codes) if has_pictures(model) else None
