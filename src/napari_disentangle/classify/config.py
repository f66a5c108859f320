"""How a classifier is trained and tested. Free of scikit-learn: forms open quickly."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from napari_disentangle.config import Config

ClassifierKind = Literal["gbt", "mlp", "linear"]
"""Boosted trees, a small neural network, or logistic regression."""


class ClassifierConfig(Config):
    """A classifier on a few numbers a cell, and how it is cross-validated.

    Defaults of trees and network are the papers', but for how long the network learns:
    theirs runs at 1e-4 until its training loss stalls by 1e-7, which takes minutes and
    overfits.
    """

    kind: ClassifierKind = Field(
        "gbt",
        description="Boosted trees (gbt), neural network (mlp) or logistic regression "
        "(linear)",
    )
    min_probability: float = Field(
        0.0, ge=0, le=1, description="Below this probability no class is predicted"
    )
    balanced: bool = Field(
        False,
        description="Whether rare and common classes count alike: probabilities are "
        "divided by the share of their class among the annotated cells",
    )
    trees: int = Field(100, ge=1, description="Trees a class (gbt)")
    depth: int = Field(4, ge=1, le=8, description="Most splits in a row (gbt)")
    learning_rate: float = Field(0.1, gt=0, le=1, description="Share of a step (gbt)")
    hidden: tuple[int, ...] = Field(
        (256, 256), description="Units of each hidden layer (mlp)"
    )
    mlp_rate: float = Field(1e-3, gt=0, description="Learning rate of Adam (mlp)")
    mlp_decay: float = Field(1e-4, ge=0, description="Weight decay (mlp)")
    mlp_epochs: int = Field(200, ge=1, description="Most passes over the cells (mlp)")
    strength: float = Field(
        1.0, gt=0, description="Inverse of the penalty on large weights (linear)"
    )
    folds: int = Field(5, ge=2, description="Parts of a cross-validation")
    repeats: int = Field(3, ge=1, description="Cross-validations with other parts")
    seed: int = Field(0, ge=0, description="Decides parts, weights and order")
