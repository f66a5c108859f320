"""What a session knows of its images, written to one folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError
from napari_disentangle.export.anndata_table import write_anndata
from napari_disentangle.export.tabular import write_table
from napari_disentangle.recipes.batch_effects import batch_effects, effects_table
from napari_disentangle.recipes.image_cells import combine, list_images, list_skipped
from napari_disentangle.recipes.methods_text import MethodsFacts, methods_text
from napari_disentangle.recipes.outputs import (
    iter_write_files,
    page_writers,
    scatter_writers,
    stack_writers,
    table_writers,
)
from napari_disentangle.storage.atomic import ensure_folder, write_atomic
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.recipes.made_columns import MadeColumns
    from napari_disentangle.recipes.outputs import Writer
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task

METHODS = "methods.md"
BATCH = "batch_effects.csv"
MODEL = "model"


class ExportConfig(Config):
    """What is written."""

    table: Literal["csv", "parquet", "h5ad", "all three"] = Field(
        "csv",
        description="One row a cell, as CSV (spreadsheets), Parquet (pandas, R) or "
        "AnnData .h5ad (scanpy); images.csv beside it lists all images",
    )
    plots: bool = Field(
        True,
        description="factors.png: the cells of this image in two factors; of a "
        "classifier that was trained here also confusion.png, importances.png and "
        "calibration.png; of a model that was fine-tuned here finetune_curves.png and "
        "finetune_before_after.png",
    )
    traversal: bool = Field(
        True,
        description="The last traversal as ImageJ hyperstacks (.tif) and as one page "
        "(traversal.png)",
    )
    methods: bool = Field(
        True, description="methods.md: a paragraph for a paper with all settings"
    )
    model: bool = Field(
        False, description="The model's folder, so that others can encode alike"
    )

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of the tables."""
        every = (".csv", ".parquet", ".h5ad")
        return every if self.table == "all three" else (f".{self.table}",)


@dataclass(frozen=True, slots=True, eq=False)
class ExportSource:
    """What there is to write.

    Attributes
    ----------
    images : sequence of ImageCells
        The images.
    model : Model
        The model of their codes.
    crops, table : Crops and pandas.DataFrame, or None
        Crops of one of the images and their table, for the plots.
    stack : TraversalStack or None
        A traversal.
    classifier : Classifier or None
        The classifier behind the predictions.
    judged : ClassifierResult or None
        How good it is, if it was trained here.
    folders : sequence of str
        Folders of known models, to find the run in which this one was fine-tuned.
    stack_note, picture_note : str
        That traversal, or learned pictures, are older than the cells; empty if not.
    made : sequence of MadeColumns
        How maps and distances in the tables were made, as far as that is known.
    """

    images: Sequence[ImageCells]
    model: Model
    crops: Crops | None = None
    table: pd.DataFrame | None = None
    stack: TraversalStack | None = None
    classifier: Classifier | None = None
    judged: ClassifierResult | None = None
    folders: Sequence[str] = ()
    stack_note: str = ""
    picture_note: str = ""
    made: Sequence[MadeColumns] = ()

    def cells(self) -> pd.DataFrame:
        """Return the cells of all images: see `combine`.

        Raises
        ------
        DataError
            If there is no image, or the codes are not those of the model.
        """
        table = combine(self.images)
        others = set(table["model"].dropna()) - {self.model.id}
        if others:
            raise DataError(
                f"These cells were encoded with {others.pop()}, but the present model "
                f"is {self.model.id}; encode them with one model."
            )
        return table

    def without(self, config: ExportConfig) -> str:
        """Return which figure is lacking and why, empty if none: see `why_without`."""
        from napari_disentangle.recipes.finetune_figures import find_run, why_without

        if not config.plots:
            return ""
        card = self.model.card
        return why_without(card, find_run(card, self.folders))

    def methods(self) -> str:
        """Return the methods paragraph: see `methods_text`."""
        self.cells()
        card, model_id = self.model.card, self.model.id
        older = tuple(note for note in (self.stack_note, self.picture_note) if note)
        grouped_by = None if self.judged is None else self.judged.parts.grouped_by
        facts = MethodsFacts(
            self.images, card, model_id, self.classifier, grouped_by, older, self.made
        )
        return methods_text(facts)


def iter_export_images(
    source: ExportSource, folder: Path, config: ExportConfig | None = None
) -> Task[Progress, tuple[Path, ...]]:
    """Write tables, list of images, plots, traversal, methods and model.

    Each file is written whole or not at all; stop iterating and those that are finished
    stay. Files of the same names are replaced.

    Parameters
    ----------
    source : ExportSource
        What there is to write.
    folder : Path
        Made if need be.
    config : ExportConfig, optional
        What is written.

    Returns
    -------
    tuple of Path
        The files, and the folder of the model.

    Raises
    ------
    DataError
        If there is no image, or the codes are not those of the model.
    MissingExtraError
        If AnnData is asked for and not installed.
    StorageError
        If the folder cannot be written.
    """
    config = config or ExportConfig()
    table = source.cells()
    writers = _writers(source, table, config)
    ensure_folder(folder)
    return (yield from iter_write_files(folder, writers))


def iter_export_told(
    source: ExportSource, folder: Path, config: ExportConfig
) -> Task[Progress, tuple[tuple[Path, ...], str]]:
    """Do `iter_export_images`; return the files, and which figure is lacking."""
    files = yield from iter_export_images(source, folder, config)
    return files, source.without(config)


def export_images(
    source: ExportSource, folder: Path, config: ExportConfig | None = None
) -> tuple[Path, ...]:
    """Write what is known of images: `iter_export_images` at once."""
    return run(iter_export_images(source, folder, config))


def iter_write_methods(source: ExportSource, folder: Path) -> Task[Progress, str]:
    """Write the methods paragraph into `folder` and return it.

    Raises
    ------
    DataError
        If there is no image, or the codes are not those of the model.
    StorageError
        If the folder cannot be written.
    """
    text = source.methods()
    ensure_folder(folder)
    writers: dict[str, Writer] = {METHODS: lambda path: write_text(path, text)}
    yield from iter_write_files(folder, writers)
    return text


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def _writers(
    source: ExportSource, table: pd.DataFrame, config: ExportConfig
) -> dict[str, Writer]:
    """Return for each file the function that writes it."""
    images, skipped = list_images(source.images), list_skipped(source.images)
    writers = table_writers(table, config.suffixes)
    if ".h5ad" in config.suffixes:
        about = {
            "methods": source.methods(),
            "model_card": source.model.card.model_dump_json(),
        }
        writers["cells.h5ad"] = lambda path: write_anndata(path, table, images, about)
    writers["images.csv"] = lambda path: write_table(images, path)
    if len(skipped):
        writers["skipped.csv"] = lambda path: write_table(skipped, path)
    effects = effects_table(batch_effects(source.images, source.model.id))
    if len(effects):
        writers[BATCH] = lambda path: write_table(effects, path)
    if config.plots:
        writers |= _plot_writers(source)
    if config.traversal and source.stack is not None:
        stack = source.stack.with_note(source.stack_note)
        writers |= stack_writers(stack) | page_writers(stack)
    if config.methods:
        text = source.methods()
        writers[METHODS] = lambda path: write_text(path, text)
    if config.model:
        model, note = source.model, source.picture_note
        model = model.with_picture_note(note) if note else model
        writers[MODEL] = lambda path: _write_model(model, path)
    return writers


def _plot_writers(source: ExportSource) -> dict[str, Writer]:
    """Return the writers of the figures: of factors, classifier and fine-tuning."""
    from napari_disentangle.recipes.classify_files import figure_writers
    from napari_disentangle.recipes.finetune_figures import find_run, finetune_writers

    writers: dict[str, Writer] = {}
    if source.crops is not None and source.table is not None:
        dimensions = source.model.dimensions
        writers |= scatter_writers(source.table, source.crops, dimensions)
    if source.judged is not None:
        writers |= figure_writers(source.judged)
    run = find_run(source.model.card, source.folders)
    return writers if run is None else writers | finetune_writers(run)


def _write_model(model: Model, folder: Path) -> None:
    from napari_disentangle.storage.models import write_model

    write_model(model, folder)
