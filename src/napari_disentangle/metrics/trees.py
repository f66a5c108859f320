"""Regression trees with exact splits on values that are sorted once.

Every threshold between two different values is tried. Sorting each dimension once, and
handing the order down from a node to its children, makes a tree linear in the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAME = np.float32(1e-7)  # no split between closer values, as in scikit-learn
_PURE = float(np.finfo(np.float64).eps)  # a node with less variance is a leaf
_ONE = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree; its root is node 1, the children of node a are 2 a and 2 a + 1.

    Attributes
    ----------
    feature : array, (M,), int64
        Dimension each node splits on; -1 for a leaf.
    cut : array, (M,)
        Values up to `cut` go to the first child.
    gain : array, (M,)
        Fall of the summed squared deviation by each split.
    leaf : array, (N,), int64
        Leaf of each training sample.
    """

    feature: NDArray[np.int64]
    cut: NDArray[np.float64]
    gain: NDArray[np.float64]
    leaf: NDArray[np.int64]

    def leaves(self, x: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the leaf of each sample of `x`, (J, N) to (N,)."""
        leaf: NDArray[np.int64] = _descend(x, self.feature, self.cut)
        return leaf


class TreeGrower:
    """Grows trees of squared error on the same samples, again and again.

    Parameters
    ----------
    x : array, (J, N), float32
        Samples, finite, one dimension a row.
    depth : int
        Most splits between the root and a leaf.
    """

    def __init__(self, x: NDArray[np.float32], depth: int) -> None:
        order = np.argsort(x, axis=1, kind="stable")
        ranked = np.take_along_axis(x, order, axis=1)
        self._order = np.repeat(order[None].astype(np.uint32), depth, axis=0)
        self._ranked = np.repeat(ranked[None], depth, axis=0)
        self._depth = depth

    def grow(self, target: NDArray[np.float64], tries: NDArray[np.int64]) -> Tree:
        """Return the tree that predicts `target`.

        Parameters
        ----------
        target : array, (N,)
            Value to predict.
        tries : array, (depth, J)
            Order in which the dimensions are tried on each level: of equally good
            splits the first counts.
        """
        n_nodes = 2 << self._depth
        tree = Tree(
            np.full(n_nodes, -1, np.int64),
            np.zeros(n_nodes),
            np.zeros(n_nodes),
            np.ones(len(target), np.int64),
        )
        _grow(
            self._order,
            self._ranked,
            target,
            tries,
            tree.feature,
            tree.cut,
            tree.gain,
            tree.leaf,
        )
        return tree


@njit(cache=True, nogil=True)
def _grow(order, ranked, target, tries, feature, cut, gain, leaf):  # type: ignore[no-untyped-def]
    """Fill in a tree, level by level.

    ``order[level, j]`` holds the samples sorted by dimension j within each node of the
    level, node after node, and `ranked` their values: node a owns the columns from
    ``start[a]`` to ``stop[a]``. Only level 0 is given; the others are overwritten.
    """
    depth, n_dimensions, n = order.shape
    start = np.zeros(len(feature), np.int64)
    stop = np.zeros(len(feature), np.int64)
    stop[1] = n
    weight = np.empty(n)
    second = np.empty(n, np.uint8)  # whether a sample goes to the second child
    for level in range(depth):
        for at in range(1 << level, 2 << level):
            a, b = start[at], stop[at]
            mean, variance = _moments(target, order[level, 0, a:b])
            if variance <= _PURE:
                continue
            for p in range(1, b - a):
                weight[p] = 1.0 / p + 1.0 / (b - a - p)
            best, j, mid = 0.0, -1, 0
            for k in tries[level]:
                o, r = order[level, k, a:b], ranked[level, k, a:b]
                score, p = _best_split(o, r, target, mean, weight, best)
                if score > best:
                    best, j, mid = score, k, a + p
            if j < 0:
                continue
            low, high = ranked[level, j, mid - 1], ranked[level, j, mid]
            feature[at], cut[at], gain[at] = j, 0.5 * (np.float64(low) + high), best
            for p in range(a, b):
                i = order[level, j, p]
                second[i] = p >= mid
                leaf[i] = 2 * at + (p >= mid)
            start[2 * at], stop[2 * at] = a, mid
            start[2 * at + 1], stop[2 * at + 1] = mid, b
            if level + 1 < depth:
                for k in range(n_dimensions):
                    o, r = order[level, k, a:b], ranked[level, k, a:b]
                    down = order[level + 1, k, a:b], ranked[level + 1, k, a:b]
                    _hand_down(o, r, second, mid - a, *down)


@njit(cache=True, nogil=True)
def _moments(target, samples):  # type: ignore[no-untyped-def]
    """Return mean and variance of the target over samples; zeros for none."""
    total, square = 0.0, 0.0
    for i in samples:
        total += target[i]
        square += target[i] * target[i]
    n = max(len(samples), 1)
    return total / n, square / n - (total / n) ** 2


@njit(cache=True, nogil=True)
def _best_split(order, ranked, target, mean, weight, best):  # type: ignore[no-untyped-def]
    """Return the largest fall of squared error above `best`, and its first right row.

    With s the sum over the first p of n samples of target - mean, it is
    s^2 (1/p + 1/(n-p)).
    """
    where = -1
    left = target[order[0]] - mean
    for p in range(1, len(order)):
        score = left * left * weight[p]
        if score > best and ranked[p] > ranked[p - 1] + _SAME:
            best, where = score, p
        left += target[order[p]] - mean
    return best, where


@njit(cache=True, nogil=True)
def _hand_down(order, ranked, second, mid, order_out, ranked_out):  # type: ignore[no-untyped-def]
    """Split a node's sorted samples among its children, each still sorted."""
    left, right = np.uint64(0), np.uint64(mid)
    for p in range(len(order)):
        side = np.uint64(second[order[p]])
        to = right if side else left
        order_out[to], ranked_out[to] = order[p], ranked[p]
        right += side
        left += _ONE - side


@njit(cache=True, nogil=True)
def _descend(x, feature, cut):  # type: ignore[no-untyped-def]
    leaf = np.ones(x.shape[1], np.int64)
    for i in range(x.shape[1]):
        at = 1
        while feature[at] >= 0:
            at = 2 * at + (x[feature[at], i] > cut[at])
        leaf[i] = at
    return leaf
