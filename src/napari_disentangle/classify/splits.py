"""Which cells teach and which test: the same parts for every method.

Parts depend on classes, groups and seed alone, never on codes, and on no library's
version. Cells of one group (one image, copies of one crop) are never parted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_TRIES = 50  # orders of the groups before a split is called impossible


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to learn from and rows to test on.

    Attributes
    ----------
    train, test : arrays, int64
        Rows, sorted; none is in both.
    repeat : int
        Which of the repeated cross-validations it belongs to.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]
    repeat: int = 0


def split_folds(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    folds: int = 5,
    repeats: int = 1,
    seed: int = 0,
    classes: Sequence[str] = (),
) -> tuple[Split, ...]:
    """Return the splits of a repeated, stratified cross-validation.

    Each row is tested once a repeat. Every class that occurs is in every training part.

    Parameters
    ----------
    y : array, (N,)
        Class of each row.
    groups : array, (N,), optional
        Rows of equal value stay together (the image they are of).
    folds : int
        Parts of each repeat.
    repeats : int
        Number of cross-validations.
    seed : int
        Decides the parts.
    classes : sequence of str
        Names of the classes 0, 1 ..., for messages.

    Returns
    -------
    tuple of Split, length repeats * folds
        Repeat after repeat.

    Raises
    ------
    DataError
        If there is one class only, a class has one row or is in one group only, there
        are fewer groups than folds, or no split keeps every class in every training
        part.
    """
    position, unit, names = _check(y, groups, classes)
    _check_split(position, unit, folds, names, grouped=groups is not None)
    rows = np.arange(len(position))
    splits = []
    for repeat in range(repeats):
        part = _deal_folds(position, unit, folds, np.random.default_rng([seed, repeat]))
        splits += [
            Split(rows[part != fold], rows[part == fold], repeat)
            for fold in range(folds)
        ]
    return tuple(splits)


def split_once(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    parts: int = 5,
    seed: int = 0,
    classes: Sequence[str] = (),
) -> Split:
    """Return one stratified split that tests on one in `parts`: see `split_folds`."""
    return split_folds(y, groups, folds=parts, seed=seed, classes=classes)[0]


def deal_parts(
    y: ArrayLike, groups: ArrayLike | None, parts: int, seed: int
) -> NDArray[np.int64]:
    """Return the part of each row, (N,), 0 to parts - 1: even in classes, groups whole.

    Unlike `split_folds` it takes a single class, and classes in one part only.

    Raises
    ------
    DataError
        If there are fewer groups than parts.
    """
    position, unit, _ = _check(y, groups, ())
    counts = _table(position, unit)
    _check_groups(counts, parts, grouped=groups is not None)
    return _deal(counts, parts, np.random.default_rng([seed, 0]))[unit]


def possible_folds(y: ArrayLike, groups: ArrayLike | None, wanted: int) -> int:
    """Return `wanted`, or fewer folds if there are fewer groups; 0 if none can be.

    Parameters
    ----------
    y : array, (N,)
        Class of each row.
    groups : array, (N,) or None
        Rows of equal value stay together.
    wanted : int
        Folds to aim at.
    """
    position, unit, _ = _check(y, groups, ())
    counts = _table(position, unit)
    if len(counts) == 0 or counts.shape[1] < 2 or ((counts > 0).sum(axis=0) < 2).any():
        return 0
    return min(wanted, len(counts))


def duplicate_groups(values: ArrayLike) -> NDArray[np.int64]:
    """Return a number for each row, (N,), that rows of the very same values share.

    Crops that are copies have equal codes; parted between training and test they would
    be recognized, not classified.
    """
    rows = np.ascontiguousarray(values)
    _, group = np.unique(rows, axis=0, return_inverse=True)
    return np.asarray(group, np.int64).reshape(len(rows))


def merge_groups(first: ArrayLike, second: ArrayLike) -> NDArray[np.int64]:
    """Return groups, (N,), that hold together whatever either grouping does."""
    _, a = np.unique(np.asarray(first), return_inverse=True)
    _, b = np.unique(np.asarray(second), return_inverse=True)
    n_a, n = int(a.max(initial=-1)) + 1, int(a.max(initial=-1) + b.max(initial=-1)) + 2
    edges = coo_array((np.ones(len(a)), (a, b + n_a)), shape=(n, n))
    return np.asarray(connected_components(edges, directed=False)[1][a], np.int64)


def _check(
    y: ArrayLike, groups: ArrayLike | None, classes: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Return classes and groups as ranks, (N,) each, and the names of the classes."""
    known, position = _ranks(np.asarray(y))
    names = [classes[int(k)] for k in known] if classes else [str(k) for k in known]
    if groups is None:
        return position, np.arange(len(position)), names
    group = np.asarray(groups)
    if group.shape != position.shape:
        raise DataError(
            f"{len(position)} cells need as many groups; got shape {group.shape}."
        )
    return position, _ranks(group)[1], names


def _ranks(
    values: NDArray[np.generic],
) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Return the distinct values in the order they come, and each row's among them.

    So that other names of classes and images do not change the parts.
    """
    known, first, rank = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return known[order], np.argsort(order)[rank].astype(np.int64)


def _check_split(
    y: NDArray[np.int64],
    unit: NDArray[np.int64],
    folds: int,
    names: list[str],
    *,
    grouped: bool,
) -> None:
    counts = _table(y, unit)
    if len(names) < 2:
        raise DataError(
            f"All {len(y)} cells are of one class"
            f"{f' ({names[0]})' if names else ''}; annotate cells of another."
        )
    alone = np.flatnonzero((counts > 0).sum(axis=0) < 2)
    if len(alone):
        name = names[int(alone[0])]
        raise DataError(
            f"Class {name!r} occurs in one image only, so it cannot be both learned "
            "and tested; annotate it in another image, or split by cell."
            if grouped
            else f"Class {name!r} has one cell only, so it cannot be both learned and "
            "tested; annotate more or leave it out."
        )
    _check_groups(counts, folds, grouped=grouped)


def _check_groups(counts: NDArray[np.int64], folds: int, *, grouped: bool) -> None:
    if len(counts) < folds:
        what = "images (or other groups)" if grouped else "cells"
        raise DataError(
            f"{folds} folds need as many {what}; there are {len(counts)}: choose fewer "
            "folds."
        )


def _table(y: NDArray[np.int64], unit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many rows of each class each group has, (G, C)."""
    counts = np.zeros(
        (int(unit.max(initial=-1)) + 1, int(y.max(initial=-1)) + 1), np.int64
    )
    np.add.at(counts, (unit, y), 1)
    return counts


def _deal_folds(
    y: NDArray[np.int64], unit: NDArray[np.int64], folds: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the fold of each row, (N,), such that none holds all of a class."""
    counts = _table(y, unit)
    for _ in range(_TRIES):
        part = _deal(counts, folds, rng)[unit]
        held = _table(y, part)
        if len(held) == folds and ((held > 0).sum(axis=0) >= 2).all():
            return part
    raise DataError(
        f"No {folds} parts were found that keep whole images together and every class "
        "in every training part; choose fewer folds or split by cell."
    )


def _deal(
    counts: NDArray[np.int64], folds: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the part of each group, (G,)."""
    if (counts.sum(axis=1) == 1).all():
        return _deal_single(counts, folds, rng)
    return _deal_groups(counts, folds, rng)


def _deal_single(
    counts: NDArray[np.int64], folds: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Deal rows like cards, class after class, each class in random order."""
    shuffled = rng.permutation(len(counts))
    by_class = shuffled[np.argsort(counts.argmax(axis=1)[shuffled], kind="stable")]
    part = np.empty(len(counts), np.int64)
    part[by_class] = np.arange(len(counts)) % folds
    return part


def _deal_groups(
    counts: NDArray[np.int64], folds: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Give each group, the most uneven first, to where it evens the classes out best.

    The greedy rule of scikit-learn's `StratifiedGroupKFold`, but for the order, which
    is loosened so that repeats differ.
    """
    uneven = counts.std(axis=1) * rng.uniform(0.5, 1.0, len(counts))
    share = counts / counts.sum(axis=0)
    held = np.zeros((folds, counts.shape[1]))
    rows = np.zeros(folds)
    part = np.empty(len(counts), np.int64)
    for group in np.argsort(-uneven, kind="stable"):
        after = held[None] + np.eye(folds)[:, :, None] * share[group]  # (K, K, C)
        cost = after.std(axis=1).mean(axis=1)
        best = np.flatnonzero(cost <= cost.min() + 1e-12)
        fold = best[np.argmin(rows[best])]
        part[group] = fold
        held[fold] += share[group]
        rows[fold] += counts[group].sum()
    return part
