"""How maps and distances in a table were made, for the methods paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.recipes.image_cells import distinct
from napari_disentangle.recipes.similar import DISTANCE
from napari_disentangle.recipes.versions import version_of
from napari_disentangle.tables import KEY
from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.recipes.made_columns import MadeColumns

UMAP_PACKAGES = ("umap-learn", "pynndescent", "numba")
"""Packages whose versions decide a UMAP, beside those that are always told."""

UMAP_PAPER = (
    "McInnes L, Healy J, Melville J (2018). UMAP: uniform manifold approximation and "
    "projection for dimension reduction. arXiv:1802.03426."
)

_COLUMNS = (("pca_1", "pca_2"), ("umap_1", "umap_2"), (DISTANCE,))


def made_text(images: Sequence[ImageCells], made: Sequence[MadeColumns]) -> str:
    """Return how maps and distances came about that are in the tables of `images`.

    Empty if there are none. Of values that are not those of any of `made` it says that
    how they were made is not recorded.
    """
    sentences, maps = [], 0
    for name, columns, how in _present(images, made):
        maps += columns[0] != DISTANCE
        sentences.append(
            f"How {_named(columns)} of {name} came about is not recorded here."
            if how is None
            else _sentence(name, how)
        )
    if maps > 1:
        sentences.append("Each map has axes of its own, so that maps do not compare.")
    return " ".join(sentences)


def made_settings(
    images: Sequence[ImageCells], made: Sequence[MadeColumns]
) -> list[dict[str, object]]:
    """Return the settings of these maps and distances, for JSON."""
    return [
        {
            "image": name,
            "columns": list(columns),
            "method": how.method,
            "weights": dict(how.weights),
            **how.settings,
        }
        for name, columns, how in _present(images, made)
        if how is not None
    ]


def has_umap(images: Sequence[ImageCells], made: Sequence[MadeColumns]) -> bool:
    """Return whether a UMAP that was made here is in any table."""
    return any(how and how.method == "umap" for *_, how in _present(images, made))


def _present(
    images: Sequence[ImageCells], made: Sequence[MadeColumns]
) -> Iterator[tuple[str, tuple[str, ...], MadeColumns | None]]:
    """Yield image, columns, and how they were made if that is known."""
    for image, named in zip(images, distinct(images), strict=True):
        for columns in _COLUMNS:
            names = [name for name in columns if name in image.table]
            if image.table[names].notna().any(axis=None):
                mine = (m for m in made if m.image == (image.roi_id, image.key))
                ours = (m for m in mine if m.columns == columns)
                how = next((m for m in ours if m.are_in(image.table)), None)
                yield named.roi_id, columns, how


def _sentence(name: str, how: MadeColumns) -> str:
    cells = f"{cells_text(len(how.values))} of {name}"
    of = f"{_weighted(how)}, each standardized by mean and sd of these cells"
    if how.method == "similar":
        cell = _cell(name, how)
        return (
            f"The column {DISTANCE} is how far {cells} are from {cell}: the root of "
            f"the weighted mean of squared differences, in sd, of {of}."
        )
    if how.method == "pca":
        shares = " and ".join(f"{100 * share:.0f} %" for share in how.explained)
        return (
            f"{cells} were laid out by the first two principal components ("
            f"{_named(how.columns)}; {shares} of the variance) of {of}."
        )
    settings = how.settings
    return (
        f"{cells} were laid out by UMAP (McInnes et al., 2018; umap-learn "
        f"{version_of('umap-learn')}; {settings['n_neighbors']} neighbors, least "
        f"distance {settings['min_dist']:g}, seed {settings['seed']}; "
        f"{_named(how.columns)}) of {of}."
    )


def _cell(name: str, how: MadeColumns) -> str:
    """Return from which cell distances are measured."""
    roi_id, frame, label = (how.settings[part] for part in KEY)
    cell = f"cell {label}" + (f" of {roi_id}" if name.endswith("/") else "")
    return cell + (f" at time point {frame}" if frame else "")


def _weighted(how: MadeColumns) -> str:
    """Return the columns that counted, with their weights if these differ."""
    alike = len(set(how.weights.values())) == 1
    return ", ".join(
        name if alike else f"{name} (weight {weight:g})"
        for name, weight in how.weights.items()
    )


def _named(columns: Sequence[str]) -> str:
    word = "the column" if len(columns) == 1 else "the columns"
    return f"{word} {' and '.join(columns)}"
