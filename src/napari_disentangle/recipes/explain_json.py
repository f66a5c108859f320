"""An explanation as JSON: the keys that scripts rely on."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from napari_disentangle.latents.calibration import Calibration
    from napari_disentangle.latents.response import Response
    from napari_disentangle.latents.trust import Correlation
    from napari_disentangle.recipes.explanation import Explanation, FactorCard
    from napari_disentangle.recipes.score_json import Document

_DIGITS = 5


def explanation_document(explanation: Explanation) -> Document:
    """Return an explanation as one JSON document; what is not known is null."""
    known = explanation.in_distribution
    return {
        "model": explanation.model_id,
        "cells": explanation.subject,
        "n_cells": explanation.n_cells,
        "seed": explanation.seed,
        "notes": list(explanation.notes),
        "in_distribution": None
        if known is None
        else {
            "share": _number(known.share),
            "sentence": known.sentence,
            "explained": _number(known.explained),
            "explained_of_known": _number(known.known_explained),
        },
        "factors": [_factor(card) for card in explanation.cards],
    }


def _factor(card: FactorCard) -> Document:
    return {
        "name": card.name,
        "dimension": card.dimension,
        "how_named": card.how_named,
        "naming": card.naming,
        "naming_score": _number(card.naming_score),
        "kl": _number(card.kl),
        "sd": _number(card.sd),
        "active": card.active,
        "measured_response": {
            "decoded": _responses(card.decoded),
            "nearest": _responses(card.nearest),
        },
        "also_moves": [response.measure for response in card.also_moves],
        "correlations": {c.measure: _correlation(c) for c in card.correlations},
        "drift": None if card.drift is None else dict(card.drift),
        "grade": card.grade,
        "reason": card.reason,
        "direction": card.direction or None,
        "measure": card.measure,
        "truth_rank_correlation": _number(card.truth_rank_correlation),
        "truth_note": card.truth_note or None,
        "calibration": _calibration(card.calibration),
    }


def _responses(responses: Sequence[Response]) -> JsonValue:
    """Return what moves along a walk by measure; null where nothing was shown."""
    if not responses:
        return None
    return {
        each.measure: {
            "values": [_number(value) for value in each.values.tolist()],
            "monotonicity": _number(each.monotonicity),
            "effect": _number(each.effect),
            "effect_sd": _number(each.effect_sd),
            "fidelity": _number(each.fidelity),
        }
        for each in responses
    }


def _correlation(correlation: Correlation) -> JsonValue:
    found = correlation.found
    return {
        "value": _number(found.value),
        "low": _number(found.low),
        "high": _number(found.high),
        "n": found.n,
    }


def _calibration(calibration: Calibration | None) -> JsonValue:
    if calibration is None:
        return None
    return {
        "quantity": calibration.quantity,
        "unit": calibration.unit,
        "residual": _number(calibration.residual),
        "chance": _number(calibration.chance),
        "n": calibration.n,
        "coefficients": [list(each) for each in calibration.coefficients],
        "sentence": calibration.sentence,
    }


def _number(value: float | None) -> float | None:
    """Return a number rounded for reading, None where there is none."""
    return (
        round(float(value), _DIGITS) if value is not None and isfinite(value) else None
    )
