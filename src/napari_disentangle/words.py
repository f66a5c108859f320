"""Words for readers: titles of factors and columns, numbers of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def words_of(name: str, channels: Sequence[str] = ()) -> str:
    """Return the name of a factor or a measurement in words, as within a sentence.

    Parameters
    ----------
    name : str
        Its name in tables.
    channels : sequence of str
        Names of the channels, which replace their numbers in the names of intensities.

    Examples
    --------
    >>> words_of("intensity_std_1"), words_of("intensity_std_1", ["DAPI", "GFP"])
    ('intensity std 1', 'intensity std GFP')
    """
    channel = channel_of(name, channels)
    if channel:
        return f"{words_of(name.rpartition('_')[0])} {channel}"
    return name.replace("_", " ")


def channel_of(name: str, channels: Sequence[str]) -> str:
    """Return the name of the channel that an intensity is of, "" if it has none.

    Examples
    --------
    >>> channel_of("intensity_std_1", ["DAPI", "GFP"]), channel_of("area", ["DAPI"])
    ('GFP', '')
    """
    words, _, number = name.rpartition("_")
    known = words.startswith("intensity_") and number.isdigit()
    return channels[int(number)] if known and int(number) < len(channels) else ""


def title_of(name: str, channels: Sequence[str] = ()) -> str:
    """Return the name of a factor or a measurement as a title: see `words_of`.

    Examples
    --------
    >>> title_of("residual_1"), title_of("intensity_mean_0", ["DAPI"])
    ('Residual 1', 'Intensity mean DAPI')
    """
    text = words_of(name, channels)
    return text[:1].upper() + text[1:]


def cells_text(n: int) -> str:
    """Return a number of cells in words.

    Examples
    --------
    >>> cells_text(1), cells_text(3)
    ('1 cell', '3 cells')
    """
    return f"{n} {'cell' if n == 1 else 'cells'}"
