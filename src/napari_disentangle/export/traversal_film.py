"""Traversals as a film, GIF or MP4: all factors walk at once, there and back.

Beneath stands what must be said beside the pictures.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.errors import DataError, require
from napari_disentangle.export.traversal_tiff import check_pictures
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from napari_disentangle.export.traversal_tiff import TraversalInfo

    Stack = tuple[NDArray[np.float32], TraversalInfo]
    Frame = NDArray[np.uint8]

FRAME_SECONDS = 0.15
"""How long each step is shown."""

_TILE = 128
_GAP = 8
_LINE = 20
_PER_ROW = 5
_NOTES_WIDTH = 420  # at least, of a film with notes beneath
_LETTER, _NOTE = 7, 16  # width of a letter, height of a line of notes
_INK, _PAPER = (235, 235, 235), 18


def film_frames(stacks: Sequence[Stack]) -> list[Frame]:
    """Return the frames of a film, (H, W, 3), uint8, of even height and width.

    Parameters
    ----------
    stacks : sequence of (array (F, T, H, W, 3) in [0, 1], TraversalInfo)
        Kinds of pictures of the same walks, shown below each other, each with its word.

    Raises
    ------
    DataError
        If pictures and walks do not fit.
    """
    for pictures, shown in stacks:
        check_pictures(pictures, shown)
    info = stacks[0][1]
    if any(shown.factors != info.factors for _, shown in stacks):
        raise DataError("The kinds of pictures of one film must show the same walks.")
    order = [*range(len(info.steps_sd)), *range(len(info.steps_sd) - 2, 0, -1)]
    return [_frame(stacks, step) for step in order]


def write_film(path: Path, stacks: Sequence[Stack]) -> None:
    """Write a film; the suffix decides between GIF and MP4.

    Raises
    ------
    MissingExtraError
        If an MP4 is asked for and no encoder is installed.
    DataError
        If pictures and walks do not fit.
    StorageError
        If the file cannot be written.
    """
    import imageio.v3 as iio

    frames = np.stack(film_frames(stacks))
    with write_atomic(path) as part:
        if path.suffix.lower() == ".gif":
            part.write_bytes(_gif(frames))
            return
        require("imageio_ffmpeg", extra="video")
        iio.imwrite(
            part,
            frames,
            plugin="FFMPEG",
            extension=".mp4",
            fps=1 / FRAME_SECONDS,
            macro_block_size=2,
        )


def _gif(frames: Frame) -> bytes:
    """Return frames as a GIF; imageio's writer cannot be closed on a full disk."""
    import imageio.v3 as iio

    milliseconds = FRAME_SECONDS * 1000
    told: Any = {"extension": ".gif", "duration": milliseconds, "loop": 0}
    written: bytes = iio.imwrite("<bytes>", frames, **told)
    return written


def _frame(stacks: Sequence[Stack], step: int) -> Frame:
    from PIL import Image as images
    from PIL import ImageDraw as drawing

    info = stacks[0][1]
    n = len(info.factors)
    columns = min(n, _PER_ROW)
    rows = -(-n // columns)
    block = _LINE + len(stacks) * (_TILE + _LINE) + _GAP
    width = _GAP + columns * (_TILE + _GAP)
    width = max(width, _NOTES_WIDTH) if info.notes else width
    notes = [s for note in info.notes for s in wrap(note, width // _LETTER)]
    below = _LINE + rows * block
    height = below + len(notes) * _NOTE + _GAP * bool(notes)
    size = (width + width % 2, height + height % 2)
    canvas = images.new("RGB", size, (_PAPER,) * 3)
    draw = drawing.Draw(canvas)
    _write(draw, (_GAP, 2), info.step_name(step))
    for walk, factor in enumerate(info.factors):
        row, column = divmod(walk, columns)
        x, y = _GAP + column * (_TILE + _GAP), _LINE + row * block
        _write(draw, (x, y + 2), factor.replace("_", " "))
        for kind, (pictures, shown) in enumerate(stacks):
            top = y + _LINE + kind * (_TILE + _LINE)
            canvas.paste(_tile(pictures[walk, step]), (x, top))
            _write(draw, (x, top + _TILE + 1), _caption(shown, walk, step), faint=True)
    for line, text in enumerate(notes):
        _write(draw, (_GAP, below + line * _NOTE), text, faint=True)
    return np.asarray(canvas)


def _caption(info: TraversalInfo, walk: int, step: int) -> str:
    """Return what a picture is, of a real cell with where it lies."""
    if not info.reached_sd:
        return info.words
    return f"{info.words}, at {info.reached_sd[walk][step]:+.1f} sd"


def _tile(picture: NDArray[np.float32]) -> Image:
    from PIL.Image import Resampling, fromarray

    colors = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return fromarray(colors).resize((_TILE, _TILE), Resampling.BICUBIC)


def _write(
    draw: ImageDraw, at: tuple[int, int], text: str, *, faint: bool = False
) -> None:
    from PIL import ImageFont

    ink = (150, 150, 150) if faint else _INK
    draw.text(at, text, fill=ink, font=ImageFont.load_default(12 if faint else 14))
