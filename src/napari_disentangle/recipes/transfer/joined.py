"""Names and accuracy side by side: named numbers, and what they leave untold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.backbones.scaling import FeatureScaler
from napari_disentangle.recipes.transfer.coded import Coded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from napari_disentangle.classify.splits import Split
    from napari_disentangle.recipes.transfer.material import Material
    from napari_disentangle.recipes.transfer.plan import Code


def join(
    coded: Coded, material: Material, split: Split, widths: Mapping[Code, int]
) -> Coded:
    """Put principal components beside the named dimensions, as many as there is room.

    The components are those of the target's own features after all is taken out that
    the named dimensions tell linearly, so the two never say the same.

    Parameters
    ----------
    coded : Coded
        Codes of N cells; those named are kept.
    material : Material
        The cells.
    split : Split
        All is fitted on its training part.
    widths : mapping of str to int
        Width of the whole code, under ``all``.
    """
    named = coded.codes["named"]
    features = FeatureScaler.fit(material.features[split.train])
    values = features.transform(material.features).astype(np.float64)
    rest = untold(values, named.astype(np.float64), split.train)
    further = components(rest, split.train, widths["all"] - named.shape[1])
    codes = np.hstack([named, further]).astype(np.float32)
    return Coded({"all": codes}, seconds=coded.seconds, probe=coded.probe)


def untold(
    values: NDArray[np.float64], codes: NDArray[np.float64], train: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what is left of `values`, (N, K), when `codes`, (N, J), are known.

    Least squares on the rows of `train`; these have mean 0 afterwards.
    """
    known = np.hstack([codes, np.ones((len(codes), 1))])
    told, *_ = np.linalg.lstsq(known[train], values[train], rcond=None)
    rest: NDArray[np.float64] = values - known @ told
    return rest


def components(
    values: NDArray[np.float64], train: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Return the first `n` principal components, (N, n), of sd 1 on `train`."""
    _, _, directions = np.linalg.svd(values[train], full_matrices=False)
    found: NDArray[np.float64] = values @ directions[:n].T
    sd = found[train].std(axis=0)
    return found / np.where(sd > 0, sd, 1.0)
