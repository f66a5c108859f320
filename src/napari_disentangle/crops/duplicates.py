"""Images with the very same pixels, and what a split must therefore not part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray


def find_duplicates(images: pd.DataFrame) -> pd.DataFrame:
    """Return the images whose pixels an earlier one has.

    Parameters
    ----------
    images : pandas.DataFrame
        One row an image: `roi_id`, `annotation`, `digest`.

    Returns
    -------
    pandas.DataFrame
        `roi_id`, `annotation`, `original` (the first image with these pixels),
        `original_annotation`: a copy in another class contradicts itself.
    """
    first = images.drop_duplicates("digest").set_index("digest")
    copies = images[images.duplicated("digest")]
    originals = first.loc[copies["digest"]]
    return pd.DataFrame(
        {
            "roi_id": copies["roi_id"].to_numpy(),
            "annotation": copies["annotation"].to_numpy(),
            "original": originals["roi_id"].to_numpy(),
            "original_annotation": originals["annotation"].to_numpy(),
        }
    )


def group_images(*marks: pd.Series[str]) -> NDArray[np.int64]:
    """Return a number, (N,), equal for images that are linked by a common mark.

    Links go on: if A and B have the same origin, and B and C the same pixels, all
    three are one group. Numbers count from 0 in the order of first appearance.

    Parameters
    ----------
    marks : Series, (N,)
        What may be equal: origin, digest of the pixels, ...
    """
    n = len(marks[0])
    codes = [pd.factorize(mark)[0] for mark in marks]
    offsets = n + np.cumsum([0, *(code.max(initial=-1) + 1 for code in codes)])
    ends = np.concatenate(
        [code + offset for code, offset in zip(codes, offsets, strict=False)]
    )
    images = np.tile(np.arange(n), len(codes))
    links = coo_array((np.ones(len(ends)), (images, ends)), shape=(offsets[-1],) * 2)
    _, group = connected_components(links, directed=False)
    return np.asarray(pd.factorize(group[:n])[0], np.int64)
