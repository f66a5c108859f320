"""`finetune`: adapt a model to a user's cells without losing its names."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli import inputs, options
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.counted import CountedCells
    from napari_disentangle.recipes.finetune import FinetunedModel
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.training.finetune_config import FinetuneConfig


class Mode(StrEnum):
    ANCHORED = "anchored"
    PAPER = "paper"


def finetune(
    out: Annotated[
        Path, typer.Option(help="New folder for the run and the fine-tuned model.")
    ],
    model: options.Model = options.DEFAULT_MODEL,
    folder: inputs.Folder = None,
    image: options.OptionalImage = None,
    labels: options.Labels = None,
    classes: Annotated[
        Path | None, typer.Option(help="CSV with the class of each label.")
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option(help="Replay Source images, or the papers' plain fine-tuning."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Times that every cell is seen.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML or JSON file with all settings.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out.")
    ] = False,
    pictures: Annotated[
        bool,
        typer.Option(
            "--pictures/--no-pictures", help="Let the picture decoder learn the cells."
        ),
    ] = True,
    cache: Annotated[
        Path | None,
        typer.Option(help="Folder of features read before; default: the user's own."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Figure of losses and names (.png, .pdf, .svg).")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="JSON file for all numbers.")
    ] = None,
    channels: options.Channels = "",
    window: options.Window = options.WindowKind.COMMON,
    window_px: options.WindowPx = 0,
    background: options.Background = options.BackgroundKind.SUPPRESS,
    projection: options.Projection = options.ProjectionKind.CENTRAL,
    device: options.Device = "auto",
) -> None:
    """Fine-tune a model on the cells of a folder or of an image, without labels.

    Cells that were excluded in napari are left out.

    After each epoch a line tells losses and, for each named dimension, how far it still
    agrees with itself before. An interrupted run goes on with --resume.

    Example: napari-disentangle finetune --model features --folder plankton --out tuned
    --plot tuned.png
    """
    from napari_disentangle.places import cache_folder
    from napari_disentangle.recipes.comparison_files import iter_keep_comparison
    from napari_disentangle.recipes.finetune import iter_finetune_model
    from napari_disentangle.recipes.finetune_plot import plot_finetune
    from napari_disentangle.storage.layout import FEATURES
    from napari_disentangle.storage.models import read_model

    inputs.require_one(image=image, folder=folder)
    inputs.allow_one(labels=labels, folder=folder)
    inputs.allow_one(classes=classes, folder=folder)
    settings = _settings(config, mode, epochs, seed, pictures=pictures)
    chosen = read_model(model)
    crop = options.crop_config(channels, window, window_px, background, projection)
    counted, known = follow(_iter_cells(folder, image, labels, classes, out, crop))
    features = cache or cache_folder() / FEATURES
    task = iter_finetune_model(
        counted.crops,
        chosen,
        settings,
        out,
        labels=known,
        data=counted.describe(f"of {(folder or image or out).name}"),
        cache=features,
        resume=resume,
        device=device,
    )
    tuned = follow(task)
    follow(
        iter_keep_comparison(
            counted.crops, chosen, tuned, labels=known, cache=features, device=device
        )
    )
    if json_file is not None:
        document = json.dumps(tuned.to_json(), indent=2) + "\n"
        _write(json_file, document)
    if plot is not None:
        result = tuned.result
        plot_finetune(plot, result.history, tuned.model.dimensions, result.best_epoch)
    typer.echo(_describe(tuned))


def _settings(
    config: Path | None,
    mode: Mode | None,
    epochs: int | None,
    seed: int | None,
    *,
    pictures: bool,
) -> FinetuneConfig:
    """Return the settings of a file or of a mode, with what else was given."""
    from napari_disentangle.config import read_config
    from napari_disentangle.training.finetune_config import FinetuneConfig

    if config is not None and mode is not None:
        raise typer.BadParameter("write the mode into --config, or give --mode alone.")
    if config is not None:
        settings = read_config(FinetuneConfig, config)
    else:
        settings = FinetuneConfig.of_mode(str(mode or Mode.ANCHORED))
    given = {"epochs": epochs, "seed": seed}
    changes = {name: value for name, value in given.items() if value is not None}
    if epochs is not None:
        changes["min_steps"] = 0
    if not pictures:
        changes["picture_steps"] = 0
    return settings.replace(**changes)


def _iter_cells(
    folder: Path | None,
    image: Path | None,
    labels: Path | None,
    classes: Path | None,
    out: Path,
    crop: CropConfig,
) -> Task[Progress, tuple[CountedCells, Sequence[str]]]:
    """Return the cells that are not excluded, and the class of each."""
    from napari_disentangle.recipes.finetune_cells import class_names
    from napari_disentangle.recipes.folders import iter_open_crops
    from napari_disentangle.recipes.marks import with_classes
    from napari_disentangle.recipes.segment import iter_open_cells

    if folder is not None:
        crops = yield from iter_open_crops(folder, crop)
        inputs.tell_left_out(crops, out)
        counted = inputs.tell_excluded(crops, folder).counted()
        return counted, class_names(counted.crops)
    cells = yield from iter_open_cells(image or Path(), labels, crop=crop)
    counted = inputs.tell_excluded(cells.crops, image or Path()).counted()
    if classes is None:
        return counted, class_names(counted.crops)
    measured = with_classes(cells, classes).measured
    known = measured.drop_duplicates("label").set_index("label")["annotation"]
    return counted, counted.crops.table["label"].map(known).fillna("").tolist()


def _write(path: Path, text: str) -> None:
    from napari_disentangle.storage.atomic import write_atomic

    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def _describe(tuned: FinetunedModel) -> str:
    found, best = tuned.persistence, tuned.result.best_epoch
    lines = [f"{tuned.model.id} in {tuned.folder} (best epoch {best})"]
    for key, value in found.after.items():
        before = found.before[key]
        part = f" ({value / before:.0%})" if before > 0 else ""
        lines.append(f"  {key}: {before:.3f} before, {value:.3f} after{part}")
    judge = found.source or found.target
    for which, word in ((judge.swapped, "swapped"), (judge.dead, "silent")):
        if which:
            names = ", ".join(found.dimensions[j] for j in which)
            lines.append(f"  {word}: {names}")
    return "\n".join(lines)
