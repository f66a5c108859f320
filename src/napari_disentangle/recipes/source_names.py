"""What each dimension of a Source model is called, and how it got its name.

With label sharing a dimension is its factor by construction. With adaptive sharing
nobody told the model which factor changed: names are given where the code is seen to
hold a factor, one to one, by mutual information on combinations it learned from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.metrics.matching import match_dimensions
from napari_disentangle.metrics.mig import mig
from napari_disentangle.storage.card import DimensionCard
from napari_disentangle.training.config import LabelSharing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.storage.card import HowNamed
    from napari_disentangle.training.config import Sharing


def name_dimensions(
    sharing: Sharing,
    codes: NDArray[np.float32],
    positions: NDArray[np.int64],
    space: FactorSpace,
) -> tuple[DimensionCard, ...]:
    """Return one card a dimension; spare ones are ``residual_1``, ...

    Parameters
    ----------
    sharing : Sharing
        How pairs shared their posteriors in training.
    codes : array, (N, L)
        Codes of combinations that the model learned from.
    positions : array, (N, F)
        Their factor positions.
    space : FactorSpace
        The factors.
    """
    if isinstance(sharing, LabelSharing):
        owners = sharing.owners(space.n_factors, codes.shape[1])
        return _cards(_numbered(owners, space), "by construction")
    gap = mig(codes, positions, names=space.names)
    found = match_dimensions(gap.information / gap.entropy)
    owner_of = {j: k for k, j in enumerate(found) if j is not None}
    owners = tuple(owner_of.get(j, -1) for j in range(codes.shape[1]))
    return _cards(_numbered(owners, space), "measured")


def _numbered(owners: tuple[int, ...], space: FactorSpace) -> list[str]:
    """Return the name of each dimension; the second of a factor ends in ``_2``."""
    names: list[str] = []
    for owner in owners:
        known = space.names[owner] if owner >= 0 else ""
        names.append(f"{known}_2" if known in names and known else known)
    return names


def _cards(names: list[str], how: HowNamed) -> tuple[DimensionCard, ...]:
    cards, n_spare = [], 0
    for name in names:
        if name:
            direction = "larger" if name == "scale" else ""
            cards.append(DimensionCard(name=name, how_named=how, direction=direction))
        else:
            n_spare += 1
            cards.append(DimensionCard(name=f"residual_{n_spare}"))
    return tuple(cards)
