"""Are factor cards true: their claims on cells whose factors are known, over seeds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import iter_plan_crops
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.crops.measure import iter_measure
from napari_disentangle.crops.measure_files import iter_measure_files
from napari_disentangle.latents.measures import MEASURES, family_of
from napari_disentangle.recipes.explain import iter_explain
from napari_disentangle.recipes.targets import iter_open_wbc1
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.latents.response import Response
    from napari_disentangle.recipes.explanation import Explanation, FactorCard
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Features
    from napari_disentangle.tasks import Progress, Task

KNOWN = "known factors"
WBC1 = "WBC1 masked"


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """What one card claimed and how true it was.

    Attributes
    ----------
    data, family, model, seed : str, str, str, int
        Cells, name of the models that differ in their seed only, model, and seed of the
        field or of the intervals.
    factor : str
        The named dimension.
    grade : str
        Its grade.
    truth : float or None
        Rank correlation with the true factor.
    measure : str or None
        The measure of its own family that it follows most.
    follows : float or None
        |Rank correlation| with that measure.
    solidity : float or None
        |Rank correlation| with solidity, for Shape.
    drawn_own, drawn_other, real_own, real_other : float or None
        Largest |effect| along its walk on a measure of its own family and on any other,
        in sd of the cells; of drawn pictures, as far as they tell a measure
        (`Response.is_told`), and of the nearest real cells.
    drawn_most, real_most : str or None
        The measures of other families that move most.
    known : float or None
        Share of the cells that are like what the model knows.
    n_cells : int
        Number of cells.
    """

    data: str
    family: str
    model: str
    seed: int
    factor: str
    grade: str
    truth: float | None
    measure: str | None
    follows: float | None
    solidity: float | None
    drawn_own: float | None
    drawn_other: float | None
    real_own: float | None
    real_other: float | None
    drawn_most: str | None
    real_most: str | None
    known: float | None
    n_cells: int

    def to_json(self) -> Document:
        """Return the record, numbers rounded."""
        return {
            key: round(value, 5) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells that several models explain, their features read once."""

    name: str
    seed: int
    crops: Crops
    measured: pd.DataFrame | None
    truth: pd.DataFrame | None


def iter_explain_benchmark(
    models: Mapping[str, Model],
    *,
    n_fields: int = 5,
    wbc1: Path | None = None,
    device: str = "auto",
) -> Task[Progress, tuple[ClaimRecord, ...]]:
    """Return what the cards of models claim on known factors and on WBC1.

    Parameters
    ----------
    models : mapping of str to Model
        Models that differ in their seed, by a name for each.
    n_fields : int
        Samples with known factors, seeds 0, 1, ...
    wbc1 : Path, optional
        Folder of WBC1, whose cells have masks; left out by default.
    device : {"auto", "cpu", "cuda", "mps"}
        Where the backbone runs.
    """
    records: list[ClaimRecord] = []
    for seed in range(n_fields):
        cells = yield from _iter_field(seed)
        records += yield from _iter_records(cells, models, device)
    if wbc1 is not None:
        target = yield from iter_open_wbc1(wbc1)
        measured = None
        if isinstance(target.crops, FolderCrops):
            measured = yield from iter_measure_files(target.crops)
        cells = _Cells(WBC1, 0, target.crops, measured, None)
        records += yield from _iter_records(cells, models, device)
    return tuple(records)


def explain_benchmark(
    models: Mapping[str, Model],
    *,
    n_fields: int = 5,
    wbc1: Path | None = None,
    device: str = "auto",
) -> tuple[ClaimRecord, ...]:
    """Return what cards claim: `iter_explain_benchmark` at once."""
    return run(
        iter_explain_benchmark(models, n_fields=n_fields, wbc1=wbc1, device=device)
    )


def claims_of(
    explanation: Explanation, data: str, family: str, model: str, seed: int
) -> list[ClaimRecord]:
    """Return a record of each named dimension."""
    return [
        _record(card, explanation, data, family, model, seed)
        for card in explanation.cards
        if family_of(card.name) is not None
    ]


def _iter_field(seed: int) -> Task[Progress, _Cells]:
    from napari_disentangle.synthetic.field import FieldConfig, sample_field

    sample = sample_field(FieldConfig(seed=seed))
    image, labels = to_tzcyx(sample.image, "yxc"), to_tzyx(sample.labels, "yx")
    name = str(sample.table["roi_id"].iloc[0])
    crops = yield from iter_plan_crops(
        image, labels, CropConfig(), roi_id=name, is_rgb=True
    )
    measured = yield from iter_measure(image, labels, roi_id=name)
    return _Cells(KNOWN, seed, crops, measured, sample.table)


def _iter_records(
    cells: _Cells, models: Mapping[str, Model], device: str
) -> Task[Progress, list[ClaimRecord]]:
    from napari_disentangle.recipes.features import iter_cached_features

    features: dict[str, Features] = {}
    records = []
    for name, model in models.items():
        backbone = model.card.backbone
        if backbone and backbone not in features:
            features[backbone] = yield from iter_cached_features(
                cells.crops, backbone, device=device
            )
        found = yield from iter_explain(
            model,
            cells.crops,
            measured=cells.measured,
            truth=cells.truth,
            features=features.get(backbone),
            subject=cells.name,
            device=device,
        )
        records += claims_of(found, cells.name, model.card.name, name, cells.seed)
    return records


def _record(
    card: FactorCard,
    explanation: Explanation,
    data: str,
    family: str,
    model: str,
    seed: int,
) -> ClaimRecord:
    named = family_of(card.name)
    known = explanation.in_distribution
    own = next((c for c in card.correlations if c.family == named), None)
    dents = [c for c in card.correlations if c.measure == "solidity"]
    drawn, real = _largest(card.decoded, named), _largest(card.nearest, named)
    return ClaimRecord(
        data=data,
        family=family,
        model=model,
        seed=seed,
        factor=card.name,
        grade=card.grade,
        truth=card.truth_rank_correlation,
        measure=None if own is None else own.measure,
        follows=None if own is None else abs(own.found.value),
        solidity=abs(dents[0].found.value) if dents and named == "shape" else None,
        drawn_own=drawn[0],
        drawn_other=drawn[1],
        real_own=real[0],
        real_other=real[1],
        drawn_most=drawn[2],
        real_most=real[2],
        known=None if known is None else known.share,
        n_cells=explanation.n_cells,
    )


def _largest(
    responses: Sequence[Response], family: str | None
) -> tuple[float | None, float | None, str | None]:
    """Return the largest |effect| in sd of the own family, of the others, and on what.

    Of drawn pictures only measures count that they tell.
    """
    known = [
        (abs(response.effect), response.measure)
        for response in responses
        if response.measure != "orientation"
        and response.is_told
        and np.isfinite(response.effect)
    ]
    own = [size for size, name in known if MEASURES[name].family == family]
    other = [each for each in known if MEASURES[each[1]].family != family]
    most = max(other, default=(None, None))
    return max(own, default=None), *most
