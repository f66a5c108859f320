"""The process beneath `umap_process`: points in, lines of progress and a plane out."""

from __future__ import annotations

import base64
import io
import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Epochs:
    """A file to which the progress bar of umap-learn writes lines."""

    def write(self, text: str) -> int:
        words = text.split()
        if words:
            _say(f"epoch {words[-2]} {words[-1]}")
        return len(text)

    def flush(self) -> None:
        pass


def main() -> None:
    """Read points, (n, F), lay them out, and say where they are."""
    n_neighbors, min_dist, seed = sys.argv[1:]
    points = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    _say("stage Loading UMAP")
    plane = lay_out(points, int(n_neighbors), float(min_dist), int(seed))
    file = io.BytesIO()
    np.save(file, plane, allow_pickle=False)
    _say(f"points {base64.b64encode(file.getvalue()).decode()}")


def lay_out(
    points: NDArray[np.float64], n_neighbors: int, min_dist: float, seed: int
) -> NDArray[np.float64]:
    """Return UMAP's plane, (n, 2)."""
    from umap import UMAP

    _say("stage Finding neighbors")
    warnings.simplefilter("ignore")
    enough = len(points) > 10  # of points for the eigenvectors of a start
    reducer = UMAP(
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        init="spectral" if enough else "random",
        random_state=seed,
        n_jobs=1,
        tqdm_kwds={
            "file": _Epochs(),
            "bar_format": "{n_fmt} {total_fmt}",
            "disable": False,
            "mininterval": 0.2,
        },
    )
    return np.asarray(reducer.fit_transform(points), np.float64)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
