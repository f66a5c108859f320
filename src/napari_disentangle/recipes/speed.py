"""How fast this machine is at each stage of the work."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.factors import FactorSpace
from napari_disentangle.recipes.finetune_inputs import source_of
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from napari_disentangle.backbones.engines import Engine
    from napari_disentangle.recipes.score_json import Document

    Work: TypeAlias = Callable[[], object]

_N_CODES = (15_008, 10)
"""Codes that are scored: as many as the example of the official OMES code has."""
_FACTORS = FactorSpace(("a", "b", "c", "d", "e"), (10, 10, 8, 4, 15))
_STAGE = "Measuring speed"
_BATCH = 64


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is measured: `prepare` returns the work."""

    name: str
    what: str
    amount: int
    unit: str
    prepare: Callable[[int, np.random.Generator], Work]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one stage is.

    Attributes
    ----------
    stage : str
        Its name, without spaces.
    what : str
        What was done, for people.
    amount : int
        How many images, cells or codes.
    unit : str
        What they are.
    wall_s, processor_s : float
        Seconds that passed, and of the processor on all cores. Where the first is much
        longer than the second divided by the cores, the machine was busy otherwise.
    """

    stage: str
    what: str
    amount: int
    unit: str
    wall_s: float
    processor_s: float

    @property
    def per_s(self) -> float:
        """Amount per second that passed."""
        return self.amount / self.wall_s

    def to_json(self) -> Document:
        """Return the pace, its amount per second too."""
        return {**asdict(self), "per_s": self.per_s}


def iter_speed(
    n_cells: int = 1500, *, seed: int = 0, part: float = 1.0
) -> Task[Progress, list[Pace]]:
    """Return how fast each stage is, on generated data, the bundled models, the CPU.

    Parameters
    ----------
    n_cells : int
        Cells that are fine-tuned on; at least 50.
    seed : int
        Decides the data.
    part : float
        Part of the amounts of the other stages that is measured; less is quicker and
        less exact.
    """
    rng = np.random.default_rng(seed)
    stages = _stages()
    found = []
    for done, stage in enumerate(stages):
        yield Progress(_STAGE, done, len(stages))
        amount = n_cells if stage.unit == "cells" else round(stage.amount * part)
        work = stage.prepare(amount, rng)
        wall, processor = time.perf_counter(), time.process_time()
        work()
        passed = time.perf_counter() - wall, time.process_time() - processor
        found.append(Pace(stage.name, stage.what, amount, stage.unit, *passed))
    yield Progress(_STAGE, len(stages), len(stages))
    return found


def speed(n_cells: int = 1500, *, seed: int = 0, part: float = 1.0) -> list[Pace]:
    """Return how fast each stage is: `iter_speed` at once."""
    return run(iter_speed(n_cells, seed=seed, part=part))


def _stages() -> tuple[_Stage, ...]:
    numbers = f"{_N_CODES[1]} numbers and {_FACTORS.n_factors} factors"
    return (
        *(
            _Stage(f"draw_{size}", f"draw sprites of {size} px", n, "images", work)
            for size, n, work in (
                (64, 4096, partial(_drawing, 64)),
                (224, 512, partial(_drawing, 224)),
            )
        ),
        _Stage("features", "read features", 256, "images", partial(_reading, "auto")),
        _Stage(
            "features_torch",
            "read features by torch alone",
            128,
            "images",
            partial(_reading, "torch"),
        ),
        _Stage("finetune", "fine-tune on features, 30 epochs", 0, "cells", _tuning),
        *(
            _Stage(
                f"pictures_{name}",
                f"draw pictures of codes, {name}",
                256,
                "pictures",
                partial(_decoding, name),
            )
            for name in ("features", "pixels")
        ),
        *(
            _Stage(
                name,
                f"{name.upper()} of {numbers}",
                _N_CODES[0],
                "codes",
                partial(_scoring, name),
            )
            for name in ("omes", "mig", "dci")
        ),
    )


def _drawing(size: int, n: int, rng: np.random.Generator) -> Work:
    sprites = TextureSprites(SpriteConfig(size=size))
    sprites.render(sprites.space.sample(rng, 2), rng)  # compiles
    batches = [sprites.space.sample(rng, _BATCH) for _ in range(n // _BATCH)]
    return lambda: [sprites.render(batch, rng) for batch in batches]


def _reading(engine: Engine, n: int, rng: np.random.Generator) -> Work:
    from napari_disentangle.backbones.extract import load_backbone

    backbone = load_backbone(device="cpu", engine=engine)
    side = backbone.info.input_size
    images = rng.random((16, 3, side, side), np.float32)
    backbone(images)
    return lambda: [backbone(images) for _ in range(n // len(images))]


def _tuning(n: int, rng: np.random.Generator) -> Work:
    import torch

    from napari_disentangle.training.finetune import iter_finetune
    from napari_disentangle.training.finetune_config import FinetuneConfig

    model = read_model("features")
    source = source_of(model)
    known = model.replay.values if model.replay else np.zeros((n, 1), np.float32)
    cells = known[rng.choice(len(known), n)]
    cells = cells + 0.3 * rng.standard_normal(cells.shape, np.float32)
    cpu = torch.device("cpu")
    config = FinetuneConfig(min_steps=0)
    return lambda: run(
        iter_finetune(model.vae, cells, config, device=cpu, source=source)
    )


def _decoding(name: str, n: int, rng: np.random.Generator) -> Work:
    from napari_disentangle.latents.render import render_codes

    model = read_model(name)
    codes = rng.standard_normal((n, 1, len(model.dimensions)), np.float32)
    render_codes(model, codes[0])
    return lambda: [render_codes(model, code) for code in codes]


def _scoring(name: str, n: int, rng: np.random.Generator) -> Work:
    from napari_disentangle.metrics.dci import dci
    from napari_disentangle.metrics.mig import mig
    from napari_disentangle.metrics.omes import omes

    positions = _FACTORS.sample(rng, n)
    codes = rng.standard_normal((n, _N_CODES[1]))
    codes[:, : _FACTORS.n_factors] += 5 * positions / _FACTORS.sizes
    works: dict[str, Work] = {
        "omes": lambda: omes(codes, positions, rng),
        "mig": lambda: mig(codes, positions),
        "dci": lambda: dci(codes, positions, rng),
    }
    dci(codes[:90], positions[:90] % 2, rng)  # compiles
    return works[name]
