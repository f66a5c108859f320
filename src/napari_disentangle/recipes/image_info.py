"""What is known of images, joined to a table of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.image_info import add_info
from napari_disentangle.annotations.image_names import match_names
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.encode import dimensions_of, order_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def join_info(
    table: pd.DataFrame, info: Mapping[str, Mapping[str, str]]
) -> tuple[pd.DataFrame, list[str]]:
    """Return cells with what is known of their images, and the images of which nothing.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells: see `cell_table`.
    info : mapping of str to mapping of str to str
        Values by column, for each name of an image: see `read_info_table`,
        `match_names`. Nothing is joined if it is empty.

    Raises
    ------
    DataError
        If it tells of none of the images, or it is not clear of which.
    """
    if not info:
        return table, []
    images = [str(roi_id) for roi_id in table["roi_id"].unique()]
    names = match_names(info, images)
    if not names:
        raise DataError(
            f"The file about images tells of none of these; it names "
            f"{next(iter(info))!r}, and an image here is {images[0]!r}."
        )
    columns = list(dict.fromkeys(name for values in info.values() for name in values))
    found = add_info(table, {i: info[name] for i, name in names.items()}, columns)
    lacking = [name for name in images if name not in names]
    return order_columns(found, dimensions_of(found)), lacking
