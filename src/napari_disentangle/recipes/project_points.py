"""Cells on a plane: PCA or UMAP of a chosen subset of factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError
from napari_disentangle.latents.space import cell_space
from napari_disentangle.recipes.similar import UNTURNED
from napari_disentangle.tables import KEY, join
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.tasks import Task

_FEWEST = 4


class ProjectConfig(Config):
    """How cells are laid out on a plane."""

    method: Literal["pca", "umap"] = Field(
        "pca", description="pca keeps distances, umap keeps neighbors"
    )
    columns: tuple[str, ...] = Field(
        UNTURNED, description="columns of the table that are laid out"
    )
    weights: tuple[float, ...] = Field(
        (), description="weight of each column; empty weighs all alike"
    )
    n_neighbors: int = Field(
        15, ge=2, le=500, description="cells that UMAP keeps near each other"
    )
    min_dist: float = Field(
        0.1, ge=0.0, le=1.0, description="least distance of points in UMAP's plane"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="decides UMAP's layout")


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Cells on a plane.

    Attributes
    ----------
    table : pandas.DataFrame
        `KEY` and two columns, ``pca_1`` and ``pca_2`` or ``umap_1`` and ``umap_2``, of
        the cells that are not excluded and have a value in every column laid out.
    columns : tuple of str
        What was laid out: constant columns and those of weight 0 are not.
    left_out : int
        Excluded cells, and those without a value in one of the columns.
    explained : tuple of float
        Of PCA, the share of the variance in each axis, in [0, 1]; empty of UMAP.
    """

    table: pd.DataFrame
    columns: tuple[str, ...]
    left_out: int
    explained: tuple[float, ...] = ()

    @property
    def axes(self) -> tuple[str, str]:
        """The names of the two new columns."""
        x, y = self.table.columns[-2:]
        return str(x), str(y)


def iter_project_points(
    table: pd.DataFrame, config: ProjectConfig | None = None
) -> Task[Progress, Projection]:
    """Return a place on a plane for each cell of `table`.

    UMAP runs in a process of its own, which ends at once when no further event is asked
    for.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells of any number of images and time points.
    config : ProjectConfig, optional
        Method, columns, weights, seed.

    Raises
    ------
    DataError
        If there are fewer than 4 cells or 2 columns that differ among them.
    MissingExtraError
        If UMAP is asked for and not installed.
    TaskError
        If UMAP fails.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.read_parquet("cells.parquet")  # doctest: +SKIP
    >>> plane = project_points(cells, ProjectConfig(method="umap"))  # doctest: +SKIP
    >>> cells = with_projection(cells, plane)  # doctest: +SKIP
    """
    config = config or ProjectConfig()
    yield Progress("Comparing cells", 0, 1)
    space = cell_space(table, config.columns, config.weights)
    if len(space.rows) < _FEWEST or len(space.columns) < 2:
        raise DataError(
            f"{len(space.rows)} cells that differ in {len(space.columns)} factors "
            f"cannot be laid out; at least {_FEWEST} cells and 2 factors are needed."
        )
    explained: tuple[float, ...] = ()
    if config.method == "umap":
        from napari_disentangle.recipes.umap_process import iter_umap

        places = yield from iter_umap(
            space.points,
            n_neighbors=min(config.n_neighbors, len(space.rows) - 1),
            min_dist=config.min_dist,
            seed=config.seed,
        )
    else:
        places, explained = pca(space.points)
    keys = table[list(KEY)].iloc[space.rows].reset_index(drop=True)
    names = [f"{config.method}_{axis}" for axis in (1, 2)]
    points = keys.assign(**dict(zip(names, places.T, strict=True)))
    return Projection(points, space.columns, len(table) - len(space.rows), explained)


def project_points(
    table: pd.DataFrame, config: ProjectConfig | None = None
) -> Projection:
    """Return a place on a plane for each cell: `iter_project_points` at once."""
    return run(iter_project_points(table, config))


def with_projection(table: pd.DataFrame, projection: Projection) -> pd.DataFrame:
    """Return `table` with the two columns of `projection`, matched by `KEY`.

    Earlier columns of these names are replaced; cells that were left out get NaN.
    """
    return join(table, projection.table)


def pca(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Return the first two principal components, (n, 2), and their share of variance.

    Signs are fixed: the largest loading of each component is positive.

    Parameters
    ----------
    points : array, (n, F)
        Centered, F at least 2.
    """
    variances, vectors = np.linalg.eigh(points.T @ points)  # ascending
    loadings = vectors[:, :-3:-1]  # (F, 2)
    largest = np.abs(loadings).argmax(axis=0)
    loadings = loadings * np.sign(loadings[largest, [0, 1]])
    share = np.clip(variances[:-3:-1] / variances.sum(), 0, 1)
    return points @ loadings, (float(share[0]), float(share[1]))
