"""`classify`: train a classifier on annotated cells, or let one predict."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli import inputs, options
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.recipes.classify_result import ClassifierResult


class Kind(StrEnum):
    GBT = "gbt"
    MLP = "mlp"
    LINEAR = "linear"


def classify(
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for the classifier; with --use the table of predictions."
        ),
    ],
    table: Annotated[
        Path | None, typer.Option(help="Table of cells (.csv, .parquet), as of encode.")
    ] = None,
    folder: inputs.Folder = None,
    use: Annotated[
        Path | None, typer.Option(help="Folder of a trained classifier; it predicts.")
    ] = None,
    model: options.Model = options.DEFAULT_MODEL,
    columns: Annotated[
        str, typer.Option(help="named, all, or columns as in z_scale,area.")
    ] = "named",
    annotation: Annotated[str, typer.Option(help="Column of the classes.")] = (
        "annotation"
    ),
    classifier: Annotated[
        Kind | None,
        typer.Option(help="Boosted trees, neural network, or logistic regression."),
    ] = None,
    group: Annotated[
        str,
        typer.Option(
            help="Column whose values stay on one side of a split; cell: none; auto: "
            "images, where every class is in two."
        ),
    ] = "auto",
    balanced: Annotated[
        bool, typer.Option(help="Let rare and common classes count alike.")
    ] = False,
    min_probability: Annotated[
        float | None, typer.Option(help="Below it no class is predicted.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML or JSON file with more settings.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
    device: options.Device = "auto",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="JSON file for all numbers.")
    ] = None,
) -> None:
    """Train and cross-validate a classifier of cells, or predict with one.

    Cells come from a table, or from a folder that is encoded first. Excluded cells
    neither teach nor get a prediction.

    Example: napari-disentangle classify --table cells.csv --columns named --out
    classifier --json scores.json; then classify --use classifier --table new.csv --out
    predicted.csv
    """
    inputs.require_one(table=table, folder=folder)
    settings: dict[str, object] = {
        "kind": str(classifier) if classifier else None,
        "balanced": balanced or None,
        "min_probability": min_probability,
        "seed": seed,
    }
    chosen = _config(config, settings)
    if use is not None:
        _predict(use, out, _read(table, folder, model, device, out), min_probability)
        return
    cells = _read(table, folder, model, device, out)
    _train(cells, out, columns, annotation, chosen, group, json_file)


def _train(
    cells: pd.DataFrame,
    out: Path,
    columns: str,
    annotation: str,
    config: ClassifierConfig,
    group: str,
    json_file: Path | None,
) -> None:
    from napari_disentangle.recipes.classify import iter_train_classifier
    from napari_disentangle.recipes.classify_files import save_report
    from napari_disentangle.storage.documents import write_json

    task = iter_train_classifier(cells, columns, annotation, config, group=group)
    result = follow(task)
    save_report(result, out)
    if json_file is not None:
        write_json(json_file, result.to_json())
    for note in result.notes:
        typer.echo(note, err=True)
    typer.echo(_describe(result))
    typer.echo(f"Classifier in {out}")


def _predict(
    use: Path, out: Path, cells: pd.DataFrame, min_probability: float | None
) -> None:
    from napari_disentangle.export.tabular import check_format, write_table
    from napari_disentangle.recipes.classify import iter_predict
    from napari_disentangle.recipes.classify_files import open_classifier

    check_format(out)
    predicted = follow(iter_predict(cells, open_classifier(use), min_probability))
    write_table(predicted.table, out)
    for note in predicted.notes:
        typer.echo(note, err=True)
    for name, n in predicted.table["prediction"].value_counts().items():
        typer.echo(f"{name}: {n}")
    typer.echo(f"{len(predicted.table)} cells in {out}")


def _read(
    table: Path | None, folder: Path | None, model: str, device: str, out: Path
) -> pd.DataFrame:
    """Return the cells of a table, or of a folder with what a split must not part."""
    from napari_disentangle.export.tabular import read_table

    if table is not None:
        return read_table(table)
    from napari_disentangle.recipes.classify_cells import GROUP
    from napari_disentangle.recipes.folders import iter_encode_folder, iter_open_crops
    from napari_disentangle.storage.models import read_model
    from napari_disentangle.tables import KEY, join

    chosen = read_model(model)
    crops = follow(iter_open_crops(folder or Path()))
    inputs.tell_left_out(crops, out.with_suffix(".csv"))
    cells = follow(iter_encode_folder(crops, chosen, device=device))
    cells = inputs.mark_excluded(cells, crops, folder or Path())
    groups = crops.table[list(KEY)].assign(**{GROUP: crops.groups})
    return join(cells, groups)


def _config(path: Path | None, given: dict[str, object]) -> ClassifierConfig:
    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.config import read_config

    config = read_config(ClassifierConfig, path) if path else ClassifierConfig()
    changes = {name: value for name, value in given.items() if value is not None}
    return config.replace(**changes)


def _describe(result: ClassifierResult) -> str:
    found, scores = result.found, result.found.scores
    balanced = found.balanced_accuracy
    by = result.parts.grouped_by or "cell"
    lines = [
        f"Balanced accuracy {balanced.mean:.3f} +- {balanced.sd:.3f} "
        f"(chance {scores.chance:.3f}); {scores.n} cells, "
        f"{result.parts.folds} folds by {by}",
        f"Accuracy {found.spread(lambda s: s.accuracy).mean:.3f}, "
        f"macro F1 {found.spread(lambda s: s.macro_f1).mean:.3f}, "
        f"calibration error {scores.calibration.ece:.3f}",
    ]
    for k, name in enumerate(scores.classes):
        lines.append(f"{name}: {scores.recall[k]:.3f} found of {scores.counts[k]}")
    told = result.importances
    order = (-told.permutation).argsort()[:5]
    best = ", ".join(f"{told.columns[j]} {told.permutation[j]:.3f}" for j in order)
    return "\n".join([*lines, f"Relies on: {best}"])
