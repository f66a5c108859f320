"""What the best possible code would score: symmetry hides part of the Orientation.

A square looks the same after a quarter turn and an ellipse after a half, so over the
full circle no code can tell all 40 orientations apart, however good it is. (Forty turns
do not divide by four: seen without any error, a square would still give its turn away
by a quarter of a step, 2.3 degrees. A step is what the ceiling grants.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.dci import iter_dci
from napari_disentangle.metrics.mig import mig
from napari_disentangle.synthetic.shapes import SHAPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.tasks import Progress, Task

PERIODS = {"square": np.pi / 2, "ellipse": np.pi, "heart": 2 * np.pi}
"""Turn, in radians, after which a shape looks the same again."""


def visible_code(
    positions: NDArray[np.int64], space: FactorSpace, angles: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the code, (N, F), that holds all that can be seen and nothing else.

    Each factor is its own value, Orientation the smallest turn that gives the picture,
    in whole steps.

    Parameters
    ----------
    positions : array, (N, F)
        Factor positions.
    space : FactorSpace
        The factors.
    angles : array, radians
        The values of Orientation, evenly spaced.
    """
    code = positions.astype(np.float32)
    turn = space.column("orientation")
    periods = np.array([PERIODS[name] for name in SHAPES])
    period = periods[positions[:, space.column("shape")]]
    step = angles[1] - angles[0]
    seen = angles[positions[:, turn]] % period
    code[:, turn] = np.where(seen > period - step / 2, 0, np.round(seen / step))
    return code


def iter_ceilings(
    positions: NDArray[np.int64], space: FactorSpace, angles: NDArray[np.float64]
) -> Task[Progress, dict[str, float]]:
    """Score the visible code of `positions` as codes of a model are scored.

    Returns
    -------
    dict
        By the keys of the scores: DCI, MIG and the readout of each factor.
    """
    code = visible_code(positions, space, angles)
    dci = yield from iter_dci(
        code, positions, np.random.default_rng(0), names=space.names
    )
    readouts = zip(space.names, dci.test_accuracy, strict=True)
    return {
        "dci": dci.disentanglement,
        "mig": mig(code, positions, names=space.names).value,
        **{f"readout.{name}": float(accuracy) for name, accuracy in readouts},
    }
