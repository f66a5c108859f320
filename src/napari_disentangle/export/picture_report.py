"""How good drawn pictures are, as one Markdown page and one figure."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import TYPE_CHECKING, Protocol

from napari_disentangle.errors import DataError
from napari_disentangle.export.figures import new_figure
from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from napari_disentangle.metrics.pictures import Likeness

    Pictures = NDArray[np.float32]

_TILE = 0.8  # inches
_ALIKE = 0.02  # SSIM that differs by less is alike
_HEAD = (
    "who draws",
    "what it knows",
    "error",
    "SSIM of the cell",
    "SSIM of the picture",
    "found again",
)
_HOW_TO_READ = (
    "Both kinds of models draw pictures of 64 pixels from a code of ten numbers. The "
    "*image decoder* belongs to a `features` model: it was fitted on finished codes "
    "and never bends them. The *pixel model* is an autoencoder like `pixels`, trained "
    "to draw. *Pictures learned from cells* fits the image decoder anew while the "
    "codes stay (the button in the Traversal dock); *fine-tuned on cells* adapts the "
    "codes as well (the Fine-tune dock).",
    "*Error* is the root mean square error of all pixels, of 1. *SSIM* is 1 for equal "
    "pictures; that of the picture is flattered by an empty background, so read that "
    "of the cell. *Found again*: how often a drawn picture is nearer to its own cell "
    "than to any other tested one, which tells whether it is still this cell. The "
    "*mean picture* of all cells knows no cell and is the least that a drawer must "
    "beat.",
    "No tested cell was learned from: generated images show factor combinations that "
    "training never saw, real cells are from images that nothing was learned from.",
)


class Record(Protocol):
    """How like: see `recipes.picture_benchmark.PictureRecord`."""

    @property
    def data(self) -> str: ...
    @property
    def drawer(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def n_learned(self) -> int: ...
    @property
    def found(self) -> Likeness: ...
    @property
    def repeat(self) -> int: ...


class Shown(Protocol):
    """Pictures: see `recipes.picture_benchmark.PictureRows`."""

    @property
    def data(self) -> str: ...
    @property
    def rows(self) -> tuple[tuple[str, Pictures], ...]: ...


def write_picture_report(
    path: Path, records: Sequence[Record], command: str, figure: str = ""
) -> None:
    """Write what `picture_report` returns.

    Raises
    ------
    DataError
        If there are no records.
    StorageError
        If the file cannot be written.
    """
    text = picture_report(records, command, figure)
    with write_atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def picture_report(records: Sequence[Record], command: str, figure: str = "") -> str:
    """Return how like real pictures the drawn ones are.

    Parameters
    ----------
    records : sequence of Record
        At least one.
    command : str
        The command that made them.
    figure : str
        File of the figure relative to the page, "" for none.

    Raises
    ------
    DataError
        If there are no records.
    """
    if not records:
        raise DataError("There are no pictures to report.")
    lines = ["# How good the drawn pictures are", ""]
    lines += ["Written by", "", "```sh", command, "```", ""]
    for paragraph in (*_HOW_TO_READ, _repeats_text(records)):
        lines += [paragraph, ""]
    for data in dict.fromkeys(record.data for record in records):
        own = [record for record in records if record.data == data]
        tested = sorted({record.found.n for record in own})
        counts = " to ".join(map(str, dict.fromkeys((tested[0], tested[-1]))))
        lines += [f"## {data[0].upper()}{data[1:]}", "", f"{counts} tested."]
        lines += ["", *_reading(own)]
        lines += ["", *markdown_table(_HEAD, [_row(each) for each in _drawers(own)])]
    if figure:
        lines += [f"![Real and drawn pictures of the same cells]({figure})", ""]
        lines += ["*Cells chosen evenly by their number, not by their looks.*", ""]
    return "\n".join(lines)


def picture_figure(shown: Sequence[Shown]) -> Figure:
    """Return the pictures of each data set, a row a drawer."""
    names = [(data.data, name) for data in shown for name, _ in data.rows]
    pictures = [row for data in shown for _, row in data.rows]
    n_columns = max(len(row) for row in pictures)
    figure = new_figure(_TILE * n_columns + 2.6, _TILE * len(pictures))
    tiles = figure.subplots(len(pictures), n_columns, squeeze=False)
    for line, (data, name) in enumerate(names):
        for column, tile in enumerate(tiles[line]):
            tile.set(xticks=[], yticks=[])
            if column < len(pictures[line]):
                tile.imshow(pictures[line][column])
            else:
                tile.set_visible(False)
        words = f"{data}\nreal" if name == "real" else name.replace(", ", "\n", 1)
        weight = "bold" if name == "real" else "normal"
        tiles[line, 0].set_ylabel(
            words, rotation=0, ha="right", va="center", fontsize=8, fontweight=weight
        )
    return figure


def _repeats_text(records: Sequence[Record]) -> str:
    n = 1 + max(record.repeat for record in records)
    if n == 1:
        return "Compared once, so without a spread."
    return (
        f"Mean ± standard deviation over {n} repeats, each with other images to test "
        "and, where several are given, other models (seeds)."
    )


def _drawers(records: Sequence[Record]) -> list[list[Record]]:
    """Return the records of each drawer and what it knows, over all repeats."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.drawer, record.state), []).append(record)
    return list(groups.values())


def _reading(records: Sequence[Record]) -> list[str]:
    """Say in words how the decoder compares, by fixed rules."""
    lines = []
    for state in dict.fromkeys(record.state for record in records):
        same = [record for record in records if record.state == state]
        own = [r.found for r in same if r.drawer == "image decoder"]
        other = [r.found for r in same if r.drawer == "pixel model"]
        if not own or not other:
            continue
        ssim = [fmean(each.ssim_cell for each in found) for found in (own, other)]
        kept = [fmean(each.found for each in found) for found in (own, other)]
        gap = ssim[0] - ssim[1]
        word = "alike" if abs(gap) < _ALIKE else "better" if gap > 0 else "worse"
        lines.append(
            f"- **{state.capitalize()}**, the image decoder draws the cell {word} "
            f"(SSIM {ssim[0]:.2f}; the pixel model {ssim[1]:.2f}) and keeps "
            f"{kept[0]:.0%} of the cells apart (the pixel model {kept[1]:.0%})."
        )
    return lines


def _row(records: Sequence[Record]) -> list[str]:
    """Return a drawer as a row, over all repeats."""
    first, found = records[0], [record.found for record in records]
    counts = sorted({record.n_learned for record in records} - {0})
    span = " to ".join(map(str, dict.fromkeys(counts[:1] + counts[-1:])))
    return [
        first.drawer,
        f"{first.state} ({span})" if span else first.state,
        _spread([each.error for each in found], 3),
        _spread([each.ssim_cell for each in found], 3),
        _spread([each.ssim for each in found], 3),
        _spread([100 * each.found for each in found], 0, "%"),
    ]


def _spread(values: Sequence[float], digits: int, unit: str = "") -> str:
    """Return the mean, and the standard deviation of several."""
    text = f"{fmean(values):.{digits}f}"
    if len(values) > 1:
        text += f" ± {stdev(values):.{digits}f}"
    return text + unit
