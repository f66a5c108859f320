"""Scores as JSON: the keys that scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from napari_disentangle.metrics.dci import Dci
    from napari_disentangle.metrics.mig import Mig
    from napari_disentangle.metrics.omes import Omes

Document: TypeAlias = "dict[str, JsonValue]"


def omes_document(scores: Omes) -> Document:
    """Return OMES (alpha .5), its matrix, and what it was computed from."""

    def by_factor(values: Sequence[JsonValue]) -> Document:
        return dict(zip(scores.factors, values, strict=True))

    return {
        "avg": scores.avg,
        "max": scores.max,
        "per_factor": by_factor(scores.per_factor().tolist()),
        "per_factor_max": by_factor(scores.per_factor(pooling="max").tolist()),
        "association": by_factor(scores.association),
        "S": scores.S.tolist(),
        "ordinal_reference": scores.ordinal_reference,
        "active": list(scores.active),
        "inactive": list(scores.inactive),
        "pairs": by_factor(scores.pair_counts),
    }


def mig_document(scores: Mig) -> Document:
    """Return MIG, by factor too, and the information of each dimension in nats."""
    per_factor = dict(zip(scores.factors, scores.per_factor.tolist(), strict=True))
    return {
        "value": scores.value,
        "per_factor": per_factor,
        "information": scores.information.tolist(),
    }


def dci_document(scores: Dci) -> Document:
    """Return DCI, test accuracy by factor, and the table of importances."""
    return {
        "disentanglement": scores.disentanglement,
        "completeness": scores.completeness,
        "informativeness": scores.informativeness,
        "informativeness_train": float(scores.train_accuracy.mean()),
        "accuracy": dict(
            zip(scores.factors, scores.test_accuracy.tolist(), strict=True)
        ),
        "importance": scores.importance.tolist(),
    }
