"""Columns that were computed from other columns of a table: from which, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from napari_disentangle.recipes.similar import DISTANCE
from napari_disentangle.tables import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from napari_disentangle.annotations.image_info import ImageId
    from napari_disentangle.recipes.project_points import ProjectConfig, Projection
    from napari_disentangle.recipes.similar import Similar, SimilarConfig


@dataclass(frozen=True, slots=True, eq=False)
class MadeColumns:
    """Columns that are in the table of an image, and how they came about.

    Attributes
    ----------
    image : ImageId
        Name and key of the image.
    values : pandas.DataFrame
        `KEY` and the columns, of the cells that got a value.
    method : str
        What computed them; "similar" are distances from one cell.
    weights : mapping of str to float
        The columns they were computed from, and how much each counted.
    settings : mapping of str to number or text
        Neighbors, least distance and seed of UMAP; the `KEY` of the cell from which
        distances are measured.
    explained : tuple of float
        Of PCA, the share of the variance in each axis.
    """

    image: ImageId
    values: pd.DataFrame
    method: Literal["pca", "umap", "similar"]
    weights: Mapping[str, float]
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    explained: tuple[float, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(str(name) for name in self.values if name not in KEY)

    def are_in(self, table: pd.DataFrame) -> bool:
        """Return whether all values that `table` has in the columns are these."""
        names = list(self.columns)
        if not set(names) <= set(table):
            return False
        found = table[[*KEY, *names]].dropna(subset=names, how="all")
        known = found[list(KEY)].merge(self.values, on=list(KEY), how="left")
        return len(found) > 0 and bool(
            (found[names].to_numpy() == known[names].to_numpy()).all()
        )


def made_by_map(
    image: ImageId, config: ProjectConfig, found: Projection
) -> MadeColumns:
    """Return how the columns of a map were made."""
    settings: dict[str, str | int | float] = {}
    if config.method == "umap":
        settings = {
            "n_neighbors": min(config.n_neighbors, len(found.table) - 1),
            "min_dist": config.min_dist,
            "seed": config.seed,
        }
    weights = _weights(config, found.columns)
    return MadeColumns(
        image, found.table, config.method, weights, settings, found.explained
    )


def made_by_similar(
    image: ImageId,
    config: SimilarConfig,
    found: Similar,
    table: pd.DataFrame,
    key: Mapping[str, str | int],
) -> MadeColumns:
    """Return how distances were made, row by row of `table`, from the cell of a key."""
    values = table[list(KEY)].assign(**{DISTANCE: found.distance})
    values = values.dropna(subset=DISTANCE)
    weights = _weights(config, found.columns)
    return MadeColumns(image, values, "similar", weights, key)


def with_made(
    known: Sequence[MadeColumns], new: MadeColumns
) -> tuple[MadeColumns, ...]:
    """Return `known` with `new`, in the place of the same columns of that image."""
    others = (m for m in known if (m.image, m.columns) != (new.image, new.columns))
    return (*others, new)


def _weights(
    config: ProjectConfig | SimilarConfig, columns: Sequence[str]
) -> dict[str, float]:
    every = config.weights or (1.0,) * len(config.columns)
    chosen = dict(zip(config.columns, every, strict=True))
    return {name: chosen[name] for name in columns}
