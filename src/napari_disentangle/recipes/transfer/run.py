"""The whole plan, cell by cell; every cell is kept, so an interrupted run goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from napari_disentangle import __version__
from napari_disentangle.device import pick
from napari_disentangle.errors import ConfigError
from napari_disentangle.recipes.transfer.cells import Bench, iter_part
from napari_disentangle.recipes.transfer.coded import named_columns
from napari_disentangle.recipes.transfer.material import iter_material, iter_open
from napari_disentangle.recipes.transfer.open_set import iter_left_out
from napari_disentangle.recipes.transfer.plan import OPEN_SET_ARMS
from napari_disentangle.recipes.transfer.records import (
    ArmRecord,
    OpenSetRecord,
    read_record,
    write_record,
)
from napari_disentangle.recipes.transfer.result import TransferResult, describe
from napari_disentangle.recipes.transfer.sources import find_model, iter_sourced
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.recipes.targets import Target
    from napari_disentangle.recipes.transfer.material import Material
    from napari_disentangle.recipes.transfer.plan import Arm, TransferConfig, Wanted
    from napari_disentangle.recipes.transfer.records import Part
    from napari_disentangle.recipes.transfer.sources import Sourced
    from napari_disentangle.tasks import Task

    T = TypeVar("T")

_CELLS, _CACHE = "cells", "cache"
_KINDS = ("features", "pixels")
_SAMPLING = ("n_seeds", "arms", "max_targets", "crops_each", "open_set", "measure")
"""Settings that add or drop cells of the plan and change none."""


@dataclass(slots=True)
class _Plan:
    """What is computed once and shared by cells."""

    out: Path
    config: TransferConfig
    device: torch.device
    sources: Path | None
    backbone: Backbone
    models: dict[str, Sourced] = field(default_factory=dict)
    arms: list[ArmRecord] = field(default_factory=list)
    novel: list[OpenSetRecord] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    done: int = 0
    total: int = 1

    def find(self, kind: str, seed: int) -> Sourced | None:
        """Return the Source model of a seed."""
        name = find_model(kind, seed, self.sources)
        return None if name is None else self.models[str(name)]


def iter_transfer(
    wanted: Sequence[Wanted],
    out: Path,
    config: TransferConfig,
    *,
    sources: Path | None = None,
    device: str = "auto",
) -> Task[Progress, TransferResult]:
    """Run every cell of the plan that `out` does not hold yet, and gather all.

    Parameters
    ----------
    wanted : sequence of Wanted
        Data sets, from `plan.want`.
    out : Path
        Folder of the cells and of features; it may hold those of an earlier run.
    config : TransferConfig
        How thoroughly.
    sources : Path, optional
        Source models of several seeds: see `sources.find_model`.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to fine-tune.

    Raises
    ------
    ConfigError
        If no data set is wanted, or Source models read different backbones.
    StorageError, DataError, CropError
        If a data set or a folder cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from napari_disentangle.recipes.transfer.plan import want
    >>> config = TransferConfig.quick(3)  # doctest: +SKIP
    >>> sets = want({}, Path("bccd"), Path("wbc1"), config)  # doctest: +SKIP
    >>> result = transfer(sets, Path("out"), config)  # doctest: +SKIP
    >>> result.to_json()["accuracy"]  # doctest: +SKIP
    """
    started = perf_counter()
    if not wanted:
        raise ConfigError(
            "There is no data set to transfer to; give a folder of classes, BCCD or "
            "WBC1."
        )
    ensure_folder(out)
    plan = yield from _iter_plan(out, config, sources, pick(device))
    described = []
    plan.total = len(wanted) * config.n_seeds * len(config.chosen)
    for each in wanted:
        target = yield from iter_open(each, config)
        described.append(describe(target))
        material = yield from _iter_read(plan, target)
        for seed in range(config.n_seeds):
            yield from _iter_seed(plan, material, seed)
    return TransferResult(
        config=config,
        targets=tuple(described),
        records=tuple(plan.arms),
        novel=tuple(plan.novel),
        notes=tuple(plan.notes),
        seconds=perf_counter() - started,
    )


def transfer(
    wanted: Sequence[Wanted],
    out: Path,
    config: TransferConfig,
    *,
    sources: Path | None = None,
    device: str = "auto",
) -> TransferResult:
    """Run the benchmark: `iter_transfer` at once."""
    return run(iter_transfer(wanted, out, config, sources=sources, device=device))


def _iter_plan(
    out: Path, config: TransferConfig, sources: Path | None, device: torch.device
) -> Task[Progress, _Plan]:
    """Read the Source models that are asked for, and score them."""
    from napari_disentangle.backbones.extract import iter_load_backbone
    from napari_disentangle.storage.models import read_model

    first = find_model("features", 0, sources)
    if first is None:
        raise ConfigError("There is no model of features; give a folder of models.")
    name = read_model(first).card.backbone
    backbone = yield from iter_load_backbone(name, device=device)
    plan = _Plan(out, config, device, sources, backbone)
    for kind in _KINDS:
        if not any(arm.input == kind for arm in config.chosen) and kind != "features":
            continue
        for seed in range(config.n_seeds):
            found = find_model(kind, seed, sources)
            if found is None:
                plan.notes[
                    f"There is no bundled model of {kind}, and none was given: arms "
                    f"with input {kind} were left out."
                ] = None
            elif str(found) not in plan.models:
                sourced = yield from iter_sourced(
                    found,
                    backbone,
                    cache=out / _CACHE,
                    n_images=config.source_images,
                )
                _check_backbone(sourced, name)
                plan.models[str(found)] = sourced
    return plan


def _check_backbone(sourced: Sourced, name: str) -> None:
    if sourced.model.kind == "features" and sourced.model.card.backbone != name:
        raise ConfigError(
            f"Source models of one benchmark need one backbone; got {name} and "
            f"{sourced.model.card.backbone}."
        )


def _iter_read(plan: _Plan, target: Target) -> Task[Progress, Material]:
    pixels = plan.find("pixels", 0) if _wants(plan.config, "pixels") else None
    return (
        yield from iter_material(
            target,
            plan.backbone,
            cache=plan.out / _CACHE,
            size=pixels.model.card.model.image_size if pixels else 0,
            measured=plan.config.measure or _wants(plan.config, "classical"),
        )
    )


def _wants(config: TransferConfig, kind: str) -> bool:
    return any(arm.input == kind for arm in config.chosen)


def _iter_seed(plan: _Plan, material: Material, seed: int) -> Task[Progress, None]:
    """Run all arms of a seed on one data set."""
    for arm in plan.config.chosen:
        target = material.target
        stage = f"{target.name} {target.crop}, seed {seed}: {arm.name}"
        yield Progress(stage, plan.done, plan.total)
        bench = _bench(plan, material, arm, seed)
        if bench is not None:
            task = _iter_arm(plan, arm, bench, seed)
            plan.arms.append((yield from _as_part(task, stage, plan)))
            if plan.config.open_set and arm in OPEN_SET_ARMS:
                left_out = _iter_open_set(plan, arm, bench, seed)
                yield Progress(f"{stage}, open set", plan.done, plan.total)
                found = yield from _as_part(left_out, f"{stage}, open set", plan)
                plan.novel.append(found)
        plan.done += 1


def _bench(plan: _Plan, material: Material, arm: Arm, seed: int) -> Bench | None:
    """Return what an arm works with, None where it cannot be run."""
    features = plan.find("features", seed)
    assert features is not None
    sourced = plan.find(arm.input, seed) if arm.has_source else None
    if arm.has_source and sourced is None:
        return None
    if sourced and arm.finetune in ("anchored", "semi") and sourced.source is None:
        plan.notes[
            f"Model {sourced.model.card.name} came without Source images to replay: "
            f"its anchored and semi-supervised arms were left out."
        ] = None
        return None
    widths = (
        len(named_columns(features.model.dimensions)),
        len(features.model.dimensions),
    )
    return Bench(material, sourced, widths, plan.config, plan.device)


def _iter_arm(
    plan: _Plan, arm: Arm, bench: Bench, seed: int
) -> Task[Progress, ArmRecord]:
    path, made_from = _cell(plan, arm, bench, seed, arm.name)
    known = read_record(path, ArmRecord, made_from)
    if known is not None:
        return known
    parts: tuple[Part, ...] = ()
    for split in bench.material.splits(plan.config, seed):
        part = yield from iter_part(arm, bench, split, seed)
        parts = (*parts, part)
    target = bench.material.target
    record = ArmRecord(
        made_from=made_from,
        dataset=target.name,
        crop=target.crop,
        classes=target.classes,
        n=len(target.y),
        input=arm.input,
        finetune=arm.finetune,
        variant=arm.variant,
        seed=seed,
        parts=parts,
    )
    write_record(path, record)
    return record


def _iter_open_set(
    plan: _Plan, arm: Arm, bench: Bench, seed: int
) -> Task[Progress, OpenSetRecord]:
    path, made_from = _cell(plan, arm, bench, seed, f"open-set-{arm.name}")
    known = read_record(path, OpenSetRecord, made_from)
    if known is not None:
        return known
    found = yield from iter_left_out(arm, bench, seed)
    target = bench.material.target
    record = OpenSetRecord(
        made_from=made_from,
        dataset=target.name,
        crop=target.crop,
        classes=target.classes,
        n=len(target.y),
        input=arm.input,
        finetune=arm.finetune,
        seed=seed,
        found=found,
    )
    write_record(path, record)
    return record


def _cell(
    plan: _Plan, arm: Arm, bench: Bench, seed: int, name: str
) -> tuple[Path, str]:
    """Return the file of a cell, and what decides its numbers."""
    material, sourced = bench.material, bench.sourced
    settings = plan.config.model_dump_json(exclude=set(_SAMPLING))
    model = sourced.model.id if sourced else "no model"
    measured = "measured" if material.measures.shape[1] else "not measured"
    made_from = f"{__version__} {model} {material.id} {measured} {settings}"
    folder = f"{material.target.name}-{material.target.crop}"
    digest = sha256(made_from.encode()).hexdigest()[:8]  # settings keep apart
    return plan.out / _CELLS / folder / f"{name}-seed_{seed}-{digest}.json", made_from


def _as_part(task: Task[Progress, T], stage: str, plan: _Plan) -> Task[Progress, T]:
    """Tell of a cell only that the whole plan goes on."""
    while True:
        try:
            next(task)
        except StopIteration as stop:
            result: T = stop.value
            return result
        yield Progress(stage, plan.done, plan.total)
