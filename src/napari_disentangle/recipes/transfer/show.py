"""A benchmark as a page of tables with figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_disentangle.storage.atomic import ensure_folder, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.transfer.plan import TransferConfig
    from napari_disentangle.recipes.transfer.result import TransferResult


def write_transfer(path: Path, result: TransferResult) -> None:
    """Write the Markdown page of a benchmark, and its figures into a folder beside it.

    Parameters
    ----------
    path : Path
        Markdown file; figures go into the folder of its stem.
    result : TransferResult
        What was found.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.transfer_report import transfer_report
    from napari_disentangle.recipes.transfer.figures import figures_of

    folder, figures = path.with_suffix(""), []
    ensure_folder(folder)
    for name, caption, figure in figures_of(result):
        write_figure(folder / f"{name}.png", figure)
        figures.append((caption, f"{folder.name}/{name}.png"))
    rows = result.rows()
    notes = (_written_by(result.config), *rows.notes)
    text = transfer_report(replace(rows, notes=notes), figures)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def _written_by(config: TransferConfig) -> str:
    """Return the command that writes the page, with what differs from its defaults."""
    changed = config.model_dump(exclude_defaults=True, exclude={"n_seeds", "arms"})
    words = ", ".join(f"`{name} = {value}`" for name, value in changed.items())
    command = f"`napari-disentangle benchmark transfer --seeds {config.n_seeds}`"
    settings = f"with {words}" if words else "with its own settings"
    return f"Written by {command} {settings}; {len(config.chosen)} ways to code cells."
