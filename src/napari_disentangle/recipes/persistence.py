"""Did the names survive: a model and what it was fine-tuned from, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.dci import iter_dci
from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes_of_pairs
from napari_disentangle.storage.card import ScoreCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.metrics.persistence import Persistence
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.training.source import Probe

_SECOND = "_2"  # suffix of the second dimension of a factor that goes around
_PROTOCOL = "{n} Source images kept with the model, before the target's own scaling"


@dataclass(frozen=True, slots=True, eq=False)
class NamePersistence:
    """What fine-tuning did to the names.

    Attributes
    ----------
    dimensions : tuple of str, length L
        Dimensions before fine-tuning.
    source, target : Persistence
        Agreement of codes before and after, on Source images and on the cells.
        `source` is None for a model without Source data.
    before, after : dict of float
        DCI, MIG and OMES of the Source images; empty without.
    n_source : int
        Number of Source images.
    """

    dimensions: tuple[str, ...]
    source: Persistence | None
    target: Persistence
    before: dict[str, float]
    after: dict[str, float]
    n_source: int

    def scores(self) -> dict[str, ScoreCard]:
        """Return all numbers as scores of a model card."""
        protocol = _PROTOCOL.format(n=self.n_source)
        cards = {k: _card(value, protocol) for k, value in self.after.items()}
        for key, value in self.before.items():
            cards[f"before.{key}"] = _card(value, f"{protocol}; before fine-tuning")
        for where, found in (("source", self.source), ("target", self.target)):
            what = "Correlation of the dimension with itself before fine-tuning, on "
            if found is None:
                continue
            images = "Source images" if where == "source" else "the cells"
            for name, kept in zip(self.dimensions, found.kept, strict=True):
                cards[f"kept.{where}.{name}"] = _card(float(kept), what + images)
        return cards

    def to_json(self) -> Document:
        """Return all numbers as one JSON document."""
        return {
            "before": dict(self.before),
            "after": dict(self.after),
            "n_source": self.n_source,
            "source": self._compared(self.source),
            "target": self._compared(self.target),
        }

    def _compared(self, found: Persistence | None) -> Document:
        """Return what became of each dimension, keyed by its name."""
        document: Document = {}
        if found is None:
            return document
        for j, name in enumerate(self.dimensions):
            match = found.matching[j]
            document[name] = {
                "kept": round(float(found.kept[j]), 4),
                "drift_sd": round(float(found.drift[j]), 4),
                "matched": None if match is None else self._name(match),
                "swapped": j in found.swapped,
                "silent": j in found.dead,
            }
        return document

    def _name(self, dimension: int) -> str:
        if dimension < len(self.dimensions):
            return self.dimensions[dimension]
        return f"new dimension {dimension - len(self.dimensions) + 1}"


def iter_name_scores(
    codes: NDArray[np.float32], probe: Probe, dimensions: Sequence[str]
) -> Task[Progress, dict[str, float]]:
    """Return DCI, MIG and OMES of codes of Source images.

    Parameters
    ----------
    codes : array, (N, L)
        Codes of the probe's inputs.
    probe : Probe
        Factor positions and pairs.
    dimensions : sequence of str
        Names of the first dimensions; further ones are new.

    Returns
    -------
    dict of float
        ``dci``, ``dci.without_orientation``, ``mig`` and ``omes.named_avg``.
    """
    names = probe.space.names
    raw = yield from iter_dci(
        codes, probe.positions, np.random.default_rng(0), names=names
    )
    dci = raw.merged(_groups(dimensions, codes.shape[1]))
    rest = [name for name in names if name != "orientation"]
    named = [j for j, name in enumerate(dimensions) if name in names]
    pairs = probe.code_pairs(codes[:, named])
    spread = codes[:, named].std(axis=0, ddof=1, dtype=np.float64)
    return {
        "dci": round(dci.disentanglement, 4),
        "dci.without_orientation": round(dci.restrict(rest).disentanglement, 4),
        "mig": round(mig(codes, probe.positions, names=names).value, 4),
        "omes.named_avg": round(omes_of_pairs(pairs, spread, probe.space.sizes).avg, 4),
    }


def _groups(dimensions: Sequence[str], n: int) -> tuple[int, ...]:
    """Return for each dimension the first one that stands for the same factor."""
    names = [*dimensions, *(f"new {j}" for j in range(len(dimensions), n))]
    return tuple(
        names.index(first) if (first := name.removesuffix(_SECOND)) in names else j
        for j, name in enumerate(names)
    )


def _card(value: float, protocol: str) -> ScoreCard:
    return ScoreCard(value=round(value, 4), protocol=protocol)
