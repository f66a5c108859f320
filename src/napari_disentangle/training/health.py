"""Do the names still hold: a look at the codes after every epoch, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.metrics.mig import mig
from napari_disentangle.metrics.omes import omes_of_pairs
from napari_disentangle.metrics.persistence import persistence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.metrics.persistence import Persistence
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.source import Probe

_MOST_CELLS = 1024
_CHUNK = 512
_RESIDUAL = "residual_"


@dataclass(frozen=True, slots=True)
class Health:
    """Agreement of each dimension with itself before fine-tuning, and two scores.

    Attributes
    ----------
    names : tuple of str, length L
        Dimensions of the model before fine-tuning.
    source, target : tuple of float, length L, in [-1, 1]
        Correlation of a dimension's codes with those before: 1 is unchanged, 0 has
        nothing to do with it any more. `source` is empty without Source inputs.
    omes, mig : float or None
        Scores of the named dimensions (OMES) and of all (MIG) on Source inputs.
    swapped, dead : tuple of str
        Dimensions whose content is now in another one, and silent ones.
    """

    names: tuple[str, ...]
    source: tuple[float, ...]
    target: tuple[float, ...]
    omes: float | None
    mig: float | None
    swapped: tuple[str, ...]
    dead: tuple[str, ...]

    def __str__(self) -> str:
        kept = self.source or self.target
        named = [
            f"{name} {now:.2f}" + (f" ({cells:.2f})" if self.source else "")
            for name, now, cells in zip(self.names, kept, self.target, strict=True)
            if not name.startswith(_RESIDUAL)
        ]
        where = "on Source (on cells)" if self.source else "on cells"
        line = f"kept {where}: {', '.join(named)}"
        if self.omes is not None:
            line += f"; OMES {self.omes:.3f} MIG {self.mig:.3f}"
        for word, which in (("SWAPPED", self.swapped), ("SILENT", self.dead)):
            if which:
                line += f"; {word}: {', '.join(which)}"
        return line


class Watch:
    """Compares a model that changes with the model it was before.

    Parameters
    ----------
    before : VAE
        The model before fine-tuning.
    target : array, (N, ...)
        Inputs of the user's cells; an even selection of many is looked at.
    probe : Probe or None
        Source inputs.
    dimensions : tuple of str
        Names of the dimensions of `before`.
    device : torch.device
        Where the model to look at is.
    """

    def __init__(
        self,
        before: VAE,
        target: NDArray[np.float32] | NDArray[np.uint8],
        probe: Probe | None,
        dimensions: tuple[str, ...],
        device: torch.device,
    ) -> None:
        rows = np.linspace(0, len(target) - 1, min(len(target), _MOST_CELLS))
        self._target = target[np.unique(rows.astype(np.int64))]
        self._probe = probe
        self._names = dimensions
        self._device = device
        place = next(before.parameters()).device
        self._target_before = encode_all(before, self._target, place)
        self._source_before = encode_all(before, probe.values, place) if probe else None

    def look(self, model: VAE) -> Health:
        """Return how `model` compares with the model before; `model` is in eval mode.

        A dimension counts as swapped or silent where it is so on the Source inputs, or
        on the cells if there are none.
        """
        on_target = persistence(
            self._target_before, encode_all(model, self._target, self._device)
        )
        if self._probe is None or self._source_before is None:
            return self._health(on_target, None, None, None)
        codes = encode_all(model, self._probe.values, self._device)
        on_source = persistence(self._source_before, codes)
        gap = mig(codes, self._probe.positions, names=self._probe.space.names)
        return self._health(on_target, on_source, self._omes(codes), gap.value)

    def _omes(self, codes: NDArray[np.float32]) -> float:
        """Return the OMES of the named dimensions."""
        assert self._probe is not None
        named = [
            j for j, name in enumerate(self._names) if not name.startswith(_RESIDUAL)
        ]
        of_named = codes[:, named]
        pairs = self._probe.code_pairs(of_named)
        spread = of_named.std(axis=0, ddof=1, dtype=np.float64)
        return omes_of_pairs(pairs, spread, self._probe.space.sizes).avg

    def _health(
        self,
        on_target: Persistence,
        on_source: Persistence | None,
        omes: float | None,
        mig: float | None,
    ) -> Health:
        judge = on_source or on_target
        return Health(
            self._names,
            tuple(on_source.kept.round(4).tolist()) if on_source else (),
            tuple(on_target.kept.round(4).tolist()),
            omes,
            mig,
            tuple(self._names[j] for j in judge.swapped),
            tuple(self._names[j] for j in judge.dead),
        )


def encode_all(
    model: VAE, values: NDArray[np.float32] | NDArray[np.uint8], device: torch.device
) -> NDArray[np.float32]:
    """Return the codes, (N, L), of scaled features or of pixels (bytes)."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(values), _CHUNK):
            x = to_input(values[start : start + _CHUNK], device)
            parts.append(model.encode(x).mean.cpu().numpy())
    codes: NDArray[np.float32] = np.concatenate(parts)
    return codes


def to_input(
    values: NDArray[np.float32] | NDArray[np.uint8], device: torch.device
) -> torch.Tensor:
    """Return what the autoencoder reads, float32; bytes become 0 to 1."""
    x = torch.from_numpy(np.ascontiguousarray(values)).to(device, non_blocking=True)
    return x.float() / 255.0 if x.dtype == torch.uint8 else x.float()
