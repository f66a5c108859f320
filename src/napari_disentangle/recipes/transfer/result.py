"""All numbers of a benchmark, gathered over its seeds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby, product
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.transfer_rows import (
    AccuracyRow,
    BeyondRow,
    DisentanglementRow,
    NameRow,
    OpenSetRow,
    TargetRow,
    TransferRows,
)
from napari_disentangle.recipes.transfer.plan import ARMS, BEYOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.recipes.targets import Target
    from napari_disentangle.recipes.transfer.plan import Arm, TransferConfig
    from napari_disentangle.recipes.transfer.records import (
        ArmRecord,
        OpenSetRecord,
        Part,
        Record,
        SourceSide,
        Tested,
    )


def describe(target: Target) -> TargetRow:
    """Return a data set in numbers."""
    counts = np.bincount(target.y, minlength=len(target.classes)).tolist()
    reasons = target.skipped["reason"].value_counts()
    return TargetRow(
        target.name,
        target.crop,
        dict(zip(target.classes, counts, strict=True)),
        len(np.unique(target.groups)),
        {str(reason): int(n) for reason, n in reasons.items()},
        target.copies,
        target.contradictions,
    )


@dataclass(frozen=True, slots=True)
class TransferResult:
    """What a benchmark found.

    Attributes
    ----------
    config : TransferConfig
        How thoroughly it compared.
    targets : tuple of TargetRow
        Data sets.
    records : tuple of ArmRecord
        Every arm, data set and seed.
    novel : tuple of OpenSetRecord
        Classes left out.
    notes : tuple of str
        What was left out of the plan, a sentence each.
    seconds : float
        Time that this run took; cells of earlier runs cost nothing.
    """

    config: TransferConfig
    targets: tuple[TargetRow, ...]
    records: tuple[ArmRecord, ...]
    novel: tuple[OpenSetRecord, ...]
    notes: tuple[str, ...]
    seconds: float

    def rows(self) -> TransferRows:
        """Return all lists."""
        return TransferRows(
            tuple(self._accuracy()),
            tuple(self._disentanglement()),
            tuple(self._names()),
            tuple(self._open_set()),
            self.targets,
            self.notes,
            self.seconds,
            self.config.labels_per_class,
            tuple(self._beyond()),
        )

    def to_json(self) -> Document:
        """Return the lists `accuracy`, `disentanglement`, `open_set`, `names`, ..."""
        rows = self.rows()
        return {
            "accuracy": [asdict(row) for row in rows.accuracy],
            "disentanglement": [asdict(row) for row in rows.disentanglement],
            "names": [asdict(row) for row in rows.names],
            "open_set": [asdict(row) for row in rows.open_set],
            "beyond": [asdict(row) for row in rows.beyond],
            "targets": [asdict(row) for row in rows.targets],
            "notes": list(self.notes),
            "config": self.config.model_dump(mode="json"),
            "seconds": round(self.seconds, 1),
        }

    def arms(self) -> Iterator[tuple[ArmRecord, ...]]:
        """Yield the records of each arm of the papers' table and data set, by seed."""
        return self._grouped(ARMS)

    def _grouped(self, arms: Sequence[Arm]) -> Iterator[tuple[ArmRecord, ...]]:
        sets = [(t.dataset, t.crop) for t in self.targets]
        named: list[tuple[str, str, str]] = [
            (arm.input, arm.finetune, arm.variant) for arm in arms
        ]
        order = list(product(sets, named))
        mine = [r for r in self.records if _arm(r) in named]
        known = sorted(mine, key=lambda r: (order.index(_place(r)), r.seed))
        for _, group in groupby(known, key=_place):
            yield tuple(group)

    def _accuracy(self) -> Iterator[AccuracyRow]:
        for records in self.arms():
            for code, classifier in _kinds(records[0]):
                seeds = [_tests(record, code, classifier) for record in records]
                parts = [test for tests in seeds for test in tests]
                pooled = [round(_pooled(tests), 4) for tests in seeds]
                yield AccuracyRow(
                    *_who(records[0]),
                    classifier=classifier,
                    code=code,
                    balanced_accuracy_mean=_mean(pooled),
                    balanced_accuracy_sd=_sd(test.balanced_accuracy for test in parts),
                    balanced_accuracy_by_seed=tuple(pooled),
                    balanced_accuracy_plain_mean=_mean(
                        test.balanced_accuracy_plain for test in parts
                    ),
                    accuracy_mean=_mean(test.accuracy for test in parts),
                    macro_f1_mean=_mean(test.macro_f1 for test in parts),
                    n=records[0].n,
                    n_test=round(_mean(part.n_test for part in _parts(records))),
                    parts=len(parts),
                    seeds=len(records),
                )
        for target in self.targets:
            yield _chance(target, self.config.n_seeds)

    def _beyond(self) -> Iterator[BeyondRow]:
        for records in self._grouped(BEYOND):
            sides = [part.source for part in _parts(records) if part.source is not None]
            kept = [side.after["dci"] / side.before["dci"] for side in sides]
            for code, classifier in _kinds(records[0]):
                if code != "all":
                    continue
                seeds = [_tests(record, code, classifier) for record in records]
                pooled = [round(_pooled(tests), 4) for tests in seeds]
                parts = [test for tests in seeds for test in tests]
                yield BeyondRow(
                    *_who(records[0]),
                    variant=records[0].variant,
                    width=parts[0].width,
                    classifier=classifier,
                    balanced_accuracy_mean=_mean(pooled),
                    balanced_accuracy_sd=_sd(test.balanced_accuracy for test in parts),
                    balanced_accuracy_by_seed=tuple(pooled),
                    dci_retained=_mean(kept) if kept else None,
                    n=records[0].n,
                    seeds=len(records),
                )

    def _disentanglement(self) -> Iterator[DisentanglementRow]:
        for records in self.arms():
            parts = _parts(records)
            sources = [part.source for part in parts if part.source is not None]
            if sources:
                yield _disentangled(records, parts, sources)

    def _names(self) -> Iterator[NameRow]:
        for records in self.arms():
            found: dict[tuple[str, str], list[float]] = {}
            for part in _parts(records):
                for factor, measures in part.measures.items():
                    for measure, rho in measures.items():
                        found.setdefault((factor, measure), []).append(rho)
            for (factor, measure), values in found.items():
                yield NameRow(
                    *_who(records[0]),
                    factor=factor,
                    measure=measure,
                    rho_mean=_mean(values),
                    rho_sd=_sd(values),
                    abs_rho_mean=_mean(abs(value) for value in values),
                )

    def _open_set(self) -> Iterator[OpenSetRow]:
        found: dict[tuple[str, str, str, str, str, str, str], list[float]] = {}
        for record in self.novel:
            for each in record.found:
                key = (*_who(record), each.code, each.kind, each.held_out)
                found.setdefault(key, []).append(each.auroc)
        for key, values in found.items():
            dataset, crop, kind, finetune, code, distance, held_out = key
            yield OpenSetRow(
                dataset=dataset,
                crop=crop,
                held_out=held_out,
                method=f"{kind} {finetune} {code} {distance}",
                input=kind,
                finetune=finetune,
                code=code,
                distance=distance,
                auroc_mean=_mean(values),
                auroc_sd=_sd(values),
                seeds=len(values),
            )


_OMES = "omes.named_avg"


def pooled_confusion(
    records: Iterable[ArmRecord], code: str, kind: str
) -> NDArray[np.int64]:
    """Return cells of class i predicted as class j, over all parts and seeds."""
    tests = [test for record in records for test in _tests(record, code, kind)]
    return np.asarray(np.sum([test.confusion for test in tests], axis=0), np.int64)


def _disentangled(
    records: Sequence[ArmRecord], parts: Sequence[Part], sources: Sequence[SourceSide]
) -> DisentanglementRow:
    def before(key: str) -> float:
        return _mean(each.before[key] for each in sources)

    def after(key: str) -> list[float]:
        return [each.after[key] for each in sources]

    rest = "dci.without_orientation"
    return DisentanglementRow(
        *_who(records[0]),
        omes_before=before(_OMES),
        omes_after=_mean(after(_OMES)),
        omes_after_sd=_sd(after(_OMES)),
        dci_before=before("dci"),
        dci_after=_mean(after("dci")),
        dci_after_sd=_sd(after("dci")),
        dci_retained=_mean(each.after["dci"] / each.before["dci"] for each in sources),
        dci_without_orientation_before=before(rest),
        dci_without_orientation_after=_mean(after(rest)),
        mig_before=before("mig"),
        mig_after=_mean(after("mig")),
        mig_after_sd=_sd(after("mig")),
        persistence={
            name: _mean(each.kept[name] for each in sources) for name in sources[0].kept
        },
        swapped=sum(bool(each.swapped) for each in sources),
        silent=sum(bool(each.silent) for each in sources),
        seconds=_mean(part.seconds for part in parts),
        n_train=round(_mean(part.n_train for part in parts)),
        fine_tunings=len(sources),
        seeds=len(records),
    )


def _arm(record: Record) -> tuple[str, str, str]:
    return record.input, record.finetune, record.variant


def _place(record: Record) -> tuple[tuple[str, str], tuple[str, str, str]]:
    """Return the data set and the arm of a record."""
    return (record.dataset, record.crop), _arm(record)


def _who(record: Record) -> tuple[str, str, str, str]:
    return record.dataset, record.crop, record.input, record.finetune


def _kinds(record: ArmRecord) -> list[tuple[str, str]]:
    return [(test.code, test.classifier) for test in record.parts[0].tests]


def _parts(records: Iterable[ArmRecord]) -> list[Part]:
    return [part for record in records for part in record.parts]


def _tests(record: ArmRecord, code: str, classifier: str) -> list[Tested]:
    return [
        test
        for part in record.parts
        for test in part.tests
        if (test.code, test.classifier) == (code, classifier)
    ]


def _pooled(tests: list[Tested]) -> float:
    """Return the balanced accuracy of a seed over all its test parts together."""
    confusion = np.sum([test.confusion for test in tests], axis=0)
    counts = confusion.sum(axis=1)
    present = counts > 0
    return float((np.diag(confusion)[present] / counts[present]).mean())


def _chance(target: TargetRow, n_seeds: int) -> AccuracyRow:
    n, chance = sum(target.counts.values()), round(1 / len(target.counts), 4)
    return AccuracyRow(
        target.dataset,
        target.crop,
        "chance",
        "none",
        classifier="linear",
        code="all",
        balanced_accuracy_mean=chance,
        balanced_accuracy_sd=0.0,
        balanced_accuracy_by_seed=(chance,) * n_seeds,
        balanced_accuracy_plain_mean=chance,
        accuracy_mean=chance,
        macro_f1_mean=chance,
        n=n,
        n_test=n,
        parts=n_seeds,
        seeds=n_seeds,
    )


def _mean(values: Iterable[float]) -> float:
    return round(float(np.mean(list(values))), 4)


def _sd(values: Iterable[float]) -> float:
    """Return the sample standard deviation; 0 of a single value."""
    known = list(values)
    return round(float(np.std(known, ddof=1)), 4) if len(known) > 1 else 0.0
