"""How well the codes of a Source model hold the factors they are named after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.dci import iter_dci
from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes, ordinal_reference
from napari_disentangle.storage.card import ScoreCard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.tasks import Progress, Task


def iter_source_scores(
    codes: NDArray[np.float32], positions: NDArray[np.int64], space: FactorSpace
) -> Task[Progress, dict[str, ScoreCard]]:
    """Score codes of images with known factors, in random order.

    Parameters
    ----------
    codes : array, (N, L)
        Codes of images that the model has not seen.
    positions : array, (N, F)
        Their factor positions.
    space : FactorSpace
        The factors; with label sharing factor i is dimension i.

    Returns
    -------
    dict of ScoreCard
        DCI, MIG and OMES; the rank correlation of the Scale dimension with Scale; and
        for each factor how often trees read its value from the code.
    """
    from scipy.stats import spearmanr

    names, rng = space.names, np.random.default_rng(0)
    dci = yield from iter_dci(codes, positions, rng, names=names)
    rest = [name for name in names if name != "orientation"]
    named = omes(codes[:, : len(names)], positions, rng, names=names)
    scale = space.column("scale")
    rank = spearmanr(codes[:, scale], positions[:, scale]).statistic
    values = {
        "dci": dci.disentanglement,
        "dci.without_orientation": dci.restrict(rest).disentanglement,
        "mig": mig(codes, positions, names=names).value,
        "omes.avg": omes(codes, positions, rng, names=names).avg,
        "omes.named_avg": named.avg,
        "scale.spearman": rank,
    }
    accuracy = dict(zip(names, dci.test_accuracy, strict=True))
    values |= {f"readout.{name}": accuracy[name] for name in names}
    ceilings = dict.fromkeys(values, 1.0) | {
        "omes.avg": None,
        "omes.named_avg": round(ordinal_reference(space.sizes, len(names)), 4),
    }
    chances = dict.fromkeys(values) | {"dci": 0.0, "mig": 0.0, "scale.spearman": 0.0}
    chances |= {
        f"readout.{name}": round(1 / size, 4)
        for name, size in zip(names, space.sizes, strict=True)
    }
    protocol = f"{len(codes)} images of factor combinations unseen in training"
    return {
        key: ScoreCard(
            value=round(float(value), 4),
            ceiling=ceilings[key],
            chance=chances[key],
            protocol=protocol,
        )
        for key, value in values.items()
    }
