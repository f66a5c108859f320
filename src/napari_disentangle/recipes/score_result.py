"""What scoring a model gives: numbers, and the JSON document that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.recipes.score_json import (
    dci_document,
    mig_document,
    omes_document,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from pydantic import JsonValue

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.metrics.dci import Dci
    from napari_disentangle.metrics.mig import Mig
    from napari_disentangle.metrics.omes import Omes
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.recipes.score_regime import Regime


@dataclass(frozen=True, slots=True)
class ModelScores:
    """Scores of a model on drawn images.

    Attributes
    ----------
    model_id : str
        The model.
    regime : Regime
        Which images.
    space : FactorSpace
        Their K factors.
    n_images, n_scored : int
        Images drawn, and images whose codes were compared with their factors.
    unseen : bool
        Whether the scored combinations of factors were held out in training.
    dimensions : tuple of str, length L
        Names of the dimensions.
    named : tuple of int
        Dimensions that bear the name of a factor; if none does, the matched ones.
    matching : tuple of int or None, length K
        Dimension of each factor, one to one, by the importances of DCI.
    chance : array, (K,)
        Share of the commonest value of each factor.
    omes, mig, dci : Omes, Mig, Dci
        The scores, OMES over all active dimensions.
    seconds : dict
        Time that encoding and each score took.
    """

    model_id: str
    regime: Regime
    space: FactorSpace
    n_images: int
    n_scored: int
    unseen: bool
    dimensions: tuple[str, ...]
    named: tuple[int, ...]
    matching: tuple[int | None, ...]
    chance: NDArray[np.float64]
    omes: Omes
    mig: Mig
    dci: Dci
    seconds: dict[str, float]

    @property
    def named_omes(self) -> Omes:
        """OMES of the named dimensions alone."""
        return self.omes.restrict(self.named)

    def to_json(self) -> Document:
        """Return all numbers as one JSON document, with the keys of `CodeScores`.

        Added are ``omes.named_avg``, ``dci.without_orientation``, ``readout``,
        ``matching`` and what was scored.
        """
        named = self.named_omes
        rest = [name for name in self.space.names if name != "orientation"]
        dci, mig = self.dci.restrict(rest), self.mig.restrict(rest)
        return {
            "model": self.model_id,
            "regime": self.regime,
            "factors": dict(zip(self.space.names, self.space.sizes, strict=True)),
            "images": {
                "drawn": self.n_images,
                "scored": self.n_scored,
                "unseen_combinations": self.unseen,
            },
            "dimensions": list(self.dimensions),
            "omes": omes_document(self.omes)
            | {
                "named": list(self.named),
                "named_avg": named.avg,
                "named_max": named.max,
                "named_ordinal_reference": named.ordinal_reference,
            },
            "mig": mig_document(self.mig) | {"without_orientation": mig.value},
            "dci": dci_document(self.dci)
            | {"without_orientation": dci.disentanglement},
            "readout": dict(zip(self.space.names, self._readout(), strict=True)),
            "matching": dict(zip(self.space.names, self._matching(), strict=True)),
            "seconds": dict(self.seconds),
        }

    def _readout(self) -> Iterator[JsonValue]:
        for accuracy, chance in zip(self.dci.test_accuracy, self.chance, strict=True):
            yield {"accuracy": float(accuracy), "chance": float(chance)}

    def _matching(self) -> Iterator[JsonValue]:
        for k, j in enumerate(self.matching):
            if j is None:
                yield None
            else:
                importance = float(self.dci.importance[j, k])
                name = self.dimensions[j]
                yield {"index": j, "dimension": name, "importance": importance}
