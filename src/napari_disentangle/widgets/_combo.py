"""Boxes to choose from that fit a narrow dock."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox


def narrow_combo(tooltip: str, characters: int) -> QComboBox:
    """Return an empty box that says in its `tooltip` what is chosen there."""
    combo = QComboBox()
    combo.setToolTip(tooltip)
    keep_narrow(combo, characters)
    return combo


def keep_narrow(combo: QComboBox, characters: int) -> None:
    """Let `combo` be as narrow as some `characters`, however long its texts are."""
    combo.setSizeAdjustPolicy(
        QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    )
    combo.setMinimumContentsLength(characters)
