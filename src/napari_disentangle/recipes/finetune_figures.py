"""Figures of the fine-tuning that a model came from, out of the folder of its run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari_disentangle.errors import ModelError
from napari_disentangle.recipes.comparison_files import read_kept_comparison
from napari_disentangle.recipes.finetune_cells import read_reports
from napari_disentangle.storage.card import read_card
from napari_disentangle.storage.layout import RUN_MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.export.before_after_plot import BeforeAfterView
    from napari_disentangle.recipes.compare_models import ModelComparison
    from napari_disentangle.recipes.outputs import Writer
    from napari_disentangle.storage.card import ModelCard

CURVES = "finetune_curves.png"
BEFORE_AFTER = "finetune_before_after.png"


def find_run(card: ModelCard, folders: Iterable[str | Path]) -> Path | None:
    """Return the folder of the run that made a model, None if it is not among these.

    Parameters
    ----------
    card : ModelCard
        Card of the model; other pictures are no other model.
    folders : iterable of str or Path
        Folders of models that are known, the newest last.
    """
    wanted = _without_pictures(card)
    for folder in reversed([Path(each) for each in folders]):
        if not (folder / RUN_MANIFEST).is_file():
            continue
        try:
            found = read_card(folder)
        except ModelError:  # not finished, or damaged
            continue
        if _without_pictures(found) == wanted:
            return folder
    return None


def finetune_writers(run: Path) -> dict[str, Writer]:
    """Return the writers of the figures of a finished run.

    They are ``finetune_curves.png`` and, if a comparison of the model before and after
    is kept, ``finetune_before_after.png``; see `why_without`.

    Raises
    ------
    StorageError
        If a file of the run is damaged.
    """
    from napari_disentangle.export.before_after_plot import before_after_figure
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.recipes.finetune_plot import plot_finetune

    card, reports = read_card(run), read_reports(run)
    compared, names = read_kept_comparison(run), card.dimension_names
    best = card.training.get("best_epoch")
    epoch = best if isinstance(best, int) else 0
    writers: dict[str, Writer] = {}
    if reports:
        writers[CURVES] = lambda path: plot_finetune(path, reports, names, epoch)
    if compared is not None:
        view = view_of(compared)
        writers[BEFORE_AFTER] = lambda path: write_figure(
            path, before_after_figure(view)
        )
    return writers


def why_without(card: ModelCard, run: Path | None) -> str:
    """Return in one sentence why a figure of a fine-tuning is lacking, else "".

    Parameters
    ----------
    card : ModelCard
        Card of the model; of one that was not fine-tuned nothing is lacking.
    run : Path or None
        The folder of its run: see `find_run`.

    Raises
    ------
    StorageError
        If a file of the run is damaged.
    """
    if "finetune" not in card.training:
        return ""
    if run is None:
        return (
            f"No {CURVES} and no {BEFORE_AFTER}: the folder in which {card.name} was "
            "fine-tuned is not known here; open that folder in Factors."
        )
    if read_kept_comparison(run) is None:
        return (
            f"No {BEFORE_AFTER}: the run {run.name} keeps no comparison of the model "
            "before and after (it was stopped before, or made by an older version); go "
            "on with it in Fine-tune, or fine-tune anew, to get one."
        )
    return "" if read_reports(run) else f"No {CURVES}: {run.name} keeps no epochs."


def view_of(found: ModelComparison) -> BeforeAfterView:
    """Return a comparison as its figure shows it."""
    from napari_disentangle.export.before_after_plot import BeforeAfterView

    text = separability_text(found)
    rows = pictures_of(found)
    return BeforeAfterView(found.dimensions, found.kept, found.drift, text, rows)


def separability_text(found: ModelComparison) -> str:
    """Return how well classes come apart before and after, or why that is unknown."""
    if found.separability is None:
        return f"Separability of classes: unknown, {found.why_not}."
    before, after = (
        f"{each.mean:.3f} (sd {each.sd:.3f})" for each in found.separability
    )
    return (
        f"Separability of classes (balanced accuracy, 1 is best): {before} before, "
        f"{after} after."
    )


def pictures_of(
    found: ModelComparison,
) -> tuple[tuple[str, NDArray[np.float32]], ...]:
    """Return the cells and, where a model draws, its pictures of them, with words."""
    rows = (
        ("cells", found.crops),
        ("drawn before", found.drawn_before),
        ("drawn after", found.drawn_after),
    )
    return tuple((name, each) for name, each in rows if each is not None)


def _without_pictures(card: ModelCard) -> ModelCard:
    return card.replace(picture_source="none", picture_note="")
