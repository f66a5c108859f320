"""UMAP in a process of its own: seeded, with progress, and stopped at once.

umap-learn compiles for many seconds and cannot be interrupted within a process, so that
Cancel would have to wait; a child can be killed. Points go to its standard input, lines
of text come back: ``epoch 40 200`` and, at the end, ``points`` with the result.
"""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import MissingExtraError, TaskError
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tasks import Task

CHILD = "napari_disentangle.recipes.umap_child"
_TICK_S = 0.1
_HIDDEN = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console pops up on Windows


def iter_umap(
    points: NDArray[np.float64], *, n_neighbors: int, min_dist: float, seed: int
) -> Task[Progress, NDArray[np.float64]]:
    """Return UMAP's plane, (n, 2), of `points`, (n, F).

    The same points and seed give the same plane. Closing the task kills the process.

    Parameters
    ----------
    points : array, (n, F)
        Scaled as they shall be compared, n at least 4.
    n_neighbors : int
        Neighbors kept, below n.
    min_dist : float
        Least distance of points in the plane.
    seed : int
        Seed of the layout.

    Raises
    ------
    MissingExtraError
        If umap-learn is not installed.
    TaskError
        With UMAP's own last words, if it fails.
    """
    if find_spec("umap") is None:
        raise MissingExtraError(
            "umap-learn is not installed; run: pip install 'napari-disentangle[plots]'"
        )
    given = [str(n_neighbors), str(min_dist), str(seed)]
    child = subprocess.Popen(
        [sys.executable, "-m", CHILD, *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        creationflags=_HIDDEN,
    )
    lines: SimpleQueue[str] = SimpleQueue()
    reader = Thread(target=_talk, args=(child, points, lines), daemon=True)
    try:
        reader.start()
        return (yield from _listen(reader, lines))
    finally:
        child.kill()
        child.wait()
        reader.join()


def _talk(
    child: subprocess.Popen[bytes], points: NDArray[np.float64], to: SimpleQueue[str]
) -> None:
    """Send `points` and pass on what the child says, until it ends."""
    if child.stdin is None or child.stdout is None:
        return
    with child.stdin, child.stdout:
        try:
            child.stdin.write(_to_bytes(points))
            child.stdin.close()
        except OSError:
            pass  # it ended already; its last words say why
        for line in child.stdout:
            to.put(line.decode(errors="replace").strip())


def _listen(
    reader: Thread, lines: SimpleQueue[str]
) -> Task[Progress, NDArray[np.float64]]:
    progress = Progress("Starting UMAP", 0, 0)
    last = "it ended without a word"
    while reader.is_alive() or not lines.empty():
        yield progress
        try:
            line = lines.get(timeout=_TICK_S)
        except Empty:
            continue
        word, _, rest = line.partition(" ")
        if word == "points":
            found: NDArray[np.float64] = np.load(io.BytesIO(base64.b64decode(rest)))
            return found
        if word == "epoch":
            done, total = rest.split()
            progress = Progress("UMAP epochs", int(done), int(total))
        elif word == "stage":
            progress = Progress(rest, 0, 0)
        else:
            last = line or last
    raise TaskError(f"UMAP failed: {last}; try other factors or more neighbors.")


def _to_bytes(points: NDArray[np.float64]) -> bytes:
    file = io.BytesIO()
    np.save(file, points, allow_pickle=False)
    return file.getvalue()
