"""Which open images a fine-tuning takes and which not, for the user and for records.

What a model has seen decides what its names are good for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from napari_disentangle.crops.counted import CountedCells
    from napari_disentangle.tables import Crops

NO_LAYER = "no layer of cells of its own"
_NO_CELLS = "no cells"
_EXCLUDED = "all cells excluded"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An open image that is not learned from.

    Attributes
    ----------
    roi_id : str
        Its name.
    why : str
        What is wrong with it and, after a semicolon, what to do.
    """

    roi_id: str
    why: str

    @property
    def reason(self) -> str:
        """What is wrong, to stand in brackets: "the pixels are uint16, ..."."""
        text = self.why.partition("; ")[0].rstrip(".")
        return text[:1].lower() + text[1:]


def taken_text(taken: Sequence[str], left_out: Iterable[LeftOut]) -> str:
    """Return in one sentence which images are learned from and which are not.

    Parameters
    ----------
    taken : sequence of str
        Names of the images that are.
    left_out : iterable of LeftOut
        Those that are not.
    """
    more = left_out_text(left_out)
    n = len(taken)
    images = f"Takes {n} open images" if n > 1 else f"Takes {', '.join(taken)} alone"
    return f"{images}; leaves out {more}." if more else f"{images}."


def left_out_text(left_out: Iterable[LeftOut]) -> str:
    """Return images that are left out by reason: "a, b (no cells), c (...)"."""
    names: dict[str, list[str]] = {}
    for image in left_out:
        names.setdefault(image.reason, []).append(image.roi_id)
    return ", ".join(f"{', '.join(each)} ({why})" for why, each in names.items())


def seen_text(
    joined: Crops, counted: CountedCells, asked: Sequence[str], known: Iterable[LeftOut]
) -> str:
    """Return what a model learns from, for its record: cells, images, what is left out.

    Parameters
    ----------
    joined : Crops
        Cells of all images.
    counted : CountedCells
        Those of them that are not excluded.
    asked : sequence of str
        Names of the open images that were to be taken; some may have no cells. Files
        of a folder are many and not named: none.
    known : iterable of LeftOut
        Images that were left out before.
    """
    names = list(counted.crops.table["roi_id"].unique())
    with_cells = set(joined.table["roi_id"])
    missing = [name for name in asked if name not in names]
    left_out = [
        *known,
        *(LeftOut(n, _EXCLUDED if n in with_cells else _NO_CELLS) for n in missing),
    ]
    what = f"of {names[0]}" if len(names) == 1 else f"of {len(names)} images"
    listed = f": {', '.join(names)}" if asked and len(names) > 1 else ""
    more = left_out_text(left_out)
    return counted.describe(what) + listed + (f"; left out: {more}" if more else "")
