"""Which cells to annotate next.

Each function takes candidates and returns some of their rows, the most useful first.
Rows with NaN are never suggested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_NEIGHBORS = 10  # cells around a cell that tell how typical it is


def uncertain(probability: ArrayLike, n: int) -> NDArray[np.int64]:
    """Return the cells whose two most probable classes are closest.

    Parameters
    ----------
    probability : array, (N, C)
        Of the candidates, two classes at least.
    n : int
        Cells to suggest.
    """
    chance = np.asarray(probability, np.float64)
    best = np.sort(chance, axis=1)[:, -2:]
    return _smallest(best[:, 1] - best[:, 0], n)


def diverse(values: ArrayLike, annotated: ArrayLike, n: int) -> NDArray[np.int64]:
    """Return cells that are far from all annotated ones and from each other.

    One by one, the cell farthest from all before it is taken (greedy k-center [1]_).

    Parameters
    ----------
    values : array, (N, J)
        Codes of the candidates.
    annotated : array, (M, J)
        Codes of annotated cells; may be empty.
    n : int
        Cells to suggest.

    References
    ----------
    .. [1] Sener and Savarese, "Active learning for convolutional neural networks: a
       core-set approach", ICLR 2018.
    """
    rows, points = _standardized(values)
    if len(rows) == 0:
        return rows
    known = _like(annotated, values)
    if len(known):
        gap = _nearest(points, known)
    else:  # begin in the middle
        gap = -np.square(points).sum(axis=1)
    taken = np.zeros(len(rows), bool)
    chosen: list[int] = []
    for turn in range(min(n, len(rows))):
        at = int(np.argmax(np.where(taken, -np.inf, gap)))
        taken[at] = True
        chosen.append(at)
        step = np.linalg.norm(points - points[at], axis=1)
        gap = step if turn == 0 and not len(known) else np.minimum(gap, step)
    return rows[chosen]


def typical(values: ArrayLike, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return one typical cell of each of `n` kinds, the commonest kind first.

    Cells are clustered by k-means; of each cluster the cell in the densest place is
    taken, the best first annotations of all [1]_.

    Parameters
    ----------
    values : array, (N, J)
        Codes of the candidates.
    n : int
        Cells to suggest.
    rng : numpy.random.Generator
        Starts the clustering.

    References
    ----------
    .. [1] Hacohen et al., "Active learning on a budget: opposite strategies suit high
       and low budgets", ICML 2022.
    """
    from sklearn.cluster import KMeans

    rows, points = _standardized(values)
    distinct = len(np.unique(points, axis=0))
    if distinct <= n:
        return rows[np.unique(points, axis=0, return_index=True)[1]]
    start = int(rng.integers(2**31))
    cluster = KMeans(n, n_init=1, random_state=start).fit_predict(points)
    spread = _crowding(points)
    sizes = np.bincount(cluster, minlength=n)
    chosen = [
        int(np.flatnonzero(cluster == own)[np.argmin(spread[cluster == own])])
        for own in np.argsort(-sizes, kind="stable")
        if sizes[own]
    ]
    return rows[chosen]


def near(values: ArrayLike, boundary: float, n: int) -> NDArray[np.int64]:
    """Return the cells nearest to a value of one factor.

    Parameters
    ----------
    values : array, (N,)
        The factor of the candidates.
    boundary : float
        Where classes meet, such as `boundary_value` or the edge of a gate.
    n : int
        Cells to suggest.
    """
    return _smallest(np.abs(np.asarray(values, np.float64) - boundary), n)


def boundary_value(values: ArrayLike, y: ArrayLike) -> float:
    """Return the value of one factor that parts annotated cells best.

    Parameters
    ----------
    values : array, (M,)
        The factor of annotated cells.
    y : array, (M,)
        Their classes.

    Returns
    -------
    float
        The split that leaves least Gini impurity on both sides.

    Raises
    ------
    DataError
        If there is one class only, or all values are equal.
    """
    x, kind = np.asarray(values, np.float64), np.asarray(y)
    known = np.isfinite(x)
    order = np.argsort(x[known], kind="stable")
    x = x[known][order]
    classes, member = np.unique(kind[known][order], return_inverse=True)
    if len(classes) < 2 or x[0] == x[-1]:
        raise DataError(
            "A boundary needs annotated cells of two classes with different values."
        )
    below = np.cumsum(member[:, None] == np.arange(len(classes)), axis=0)[:-1]
    above = below[-1] + (member[-1] == np.arange(len(classes))) - below
    left, right = below.sum(axis=1), above.sum(axis=1)
    purity = (below**2).sum(axis=1) / left + (above**2).sum(axis=1) / right
    at = int(np.argmax(np.where(x[1:] > x[:-1], purity, -np.inf)))
    return float((x[at] + x[at + 1]) / 2)


def _smallest(score: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    order = np.argsort(score, kind="stable")  # NaN comes last
    return order[np.isfinite(score[order])][:n].astype(np.int64)


def _standardized(
    values: ArrayLike,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return rows without NaN and their codes in sd of all, centered."""
    codes = np.asarray(values, np.float64)
    rows = np.flatnonzero(np.isfinite(codes).all(axis=1))
    return rows, _scale(codes[rows], codes[rows])


def _like(other: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
    """Return other codes on the scale of `values`."""
    codes, own = (np.asarray(x, np.float64) for x in (other, values))
    if len(codes) == 0:
        return codes
    codes = codes[np.isfinite(codes).all(axis=1)]
    return _scale(codes, own[np.isfinite(own).all(axis=1)])


def _scale(codes: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(by) == 0:
        return codes
    sd = by.std(axis=0)
    return np.asarray((codes - by.mean(axis=0)) / np.where(sd > 0, sd, 1.0))


def _nearest(
    points: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(known).query(points)[0])


def _crowding(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean distance of each cell to its neighbors, small where crowded."""
    from scipy.spatial import cKDTree

    k = min(_NEIGHBORS + 1, len(points))
    return np.asarray(cKDTree(points).query(points, k=k)[0].mean(axis=1))
