"""Which dimensions a model uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.tables import Embedding

MAX_KL_DEAD = 0.01
"""A dimension with less KL divergence, in nats, is not used by the model."""


def kl_of(embedding: Embedding) -> NDArray[np.float64]:
    """Return the mean KL divergence of each dimension to the prior, (L,), in nats."""
    mean, sd = embedding.mean.astype(np.float64), embedding.sd.astype(np.float64)
    nats = 0.5 * (mean**2 + sd**2 - 1) - np.log(np.maximum(sd, 1e-30))
    return np.asarray(nats.mean(axis=0))


def dead_note(embedding: Embedding, factors: Sequence[str]) -> str:
    """Return a sentence on those of `factors` that the model does not use, or ""."""
    if len(embedding.mean) == 0:
        return ""
    kls = dict(zip(embedding.dimensions, kl_of(embedding), strict=True))
    dead = [name.replace("_", " ") for name in factors if kls[name] < MAX_KL_DEAD]
    if not dead:
        return ""
    told = " and ".join([", ".join(dead[:-1]), dead[-1]] if dead[1:] else dead)
    verb = "is" if len(dead) == 1 else "are"
    return (
        f"{told.capitalize()} {verb} dead: the model does not use "
        f"{'it' if len(dead) == 1 else 'them'}, so the pictures hardly change."
    )
