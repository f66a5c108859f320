"""What one cell of the plan found, as a small file: an interrupted run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from napari_disentangle.config import Config
from napari_disentangle.storage.atomic import ensure_folder, write_atomic

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TypeVar

    R = TypeVar("R", bound="Record")


class Tested(Config):
    """A classifier of one code on the cells of one test part."""

    classifier: str
    code: str
    width: int = 0
    balanced_accuracy: float
    balanced_accuracy_plain: float
    accuracy: float
    macro_f1: float
    confusion: tuple[tuple[int, ...], ...]
    impurity: tuple[float, ...] = ()
    permutation: tuple[float, ...] = ()


class SourceSide(Config):
    """What fine-tuning did to the Source images: scores and names."""

    before: dict[str, float]
    after: dict[str, float]
    kept: dict[str, float]
    swapped: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


class Shown(Config):
    """Named codes of some test cells and their classes, for a scatter."""

    codes: tuple[tuple[float, ...], ...]
    y: tuple[int, ...]


class Part(Config):
    """One split: what was learned from its training part, tested on the other."""

    n_train: int
    n_test: int
    seconds: float
    dimensions: tuple[str, ...]
    tests: tuple[Tested, ...]
    source: SourceSide | None = None
    measures: dict[str, dict[str, float]]
    shown: Shown | None = None


class Record(Config):
    """A cell of the plan: an arm on a data set with one seed.

    Attributes
    ----------
    made_from : str
        What decides the numbers; a record of anything else is made anew.
    """

    made_from: str
    dataset: str
    crop: str
    classes: tuple[str, ...]
    n: int
    input: str
    finetune: str
    variant: str = ""
    seed: int


class ArmRecord(Record):
    """Parts of one seed."""

    parts: tuple[Part, ...]


class Novel(Config):
    """How well the cells of a class that was left out are told from known ones."""

    held_out: str
    code: str
    kind: str
    auroc: float


class OpenSetRecord(Record):
    """Each class left out in turn."""

    found: tuple[Novel, ...]


def read_record(path: Path, kind: type[R], made_from: str) -> R | None:
    """Return the record in a file; None if there is none, or of something else."""
    try:
        record = kind.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return record if record.made_from == made_from else None


def write_record(path: Path, record: Record) -> None:
    """Write a record, whole or not at all.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    ensure_folder(path.parent)
    with write_atomic(path) as part:
        part.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
