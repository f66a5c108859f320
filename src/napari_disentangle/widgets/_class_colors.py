"""The color of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.values import PALETTE

if TYPE_CHECKING:
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.classify.classifier import Classifier


def class_colors(
    annotations: Annotations | None, classifier: Classifier | None
) -> dict[str, str]:
    """Return the color of each class, also of those only the classifier knows."""
    known = () if annotations is None else annotations.classes
    colors = {own.name: own.color for own in known}
    names = () if classifier is None else classifier.classes
    free = [color for color in PALETTE if color not in colors.values()] or PALETTE
    new = [name for name in names if name not in colors]
    return colors | {name: free[turn % len(free)] for turn, name in enumerate(new)}
