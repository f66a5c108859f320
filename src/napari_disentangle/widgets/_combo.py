"""Boxes to choose from that fit a narrow dock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
)

if TYPE_CHECKING:
    from qtpy.QtGui import QPaintEvent

_PAD_PX = 6
_FEW = 10  # letters


class ShortCombo(QComboBox):
    """A box that leaves out the middle of a text that is too long for it.

    Start and end tell apart what is on offer: ``condition contr… (4 images)``. Where
    there is room for few letters, it shows the start. The tooltip and the open list
    have the whole text.
    """

    def shown_text(self) -> str:
        """Return the chosen text as far as it is shown."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, part = self.style(), QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        assert style is not None
        room = style.subControlRect(kind, option, part, self).width() - _PAD_PX
        metrics = self.fontMetrics()
        few = room < _FEW * metrics.averageCharWidth()  # both ends would say nothing
        cut = Qt.TextElideMode.ElideRight if few else Qt.TextElideMode.ElideMiddle
        return str(metrics.elidedText(self.currentText(), cut, room))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the box with the text as far as it fits."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        """Open the list, as wide as its longest text."""
        view = self.view()
        if view is not None:
            view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            wanted = view.sizeHintForColumn(0) + 4 * _PAD_PX
            screen = self.screen()
            most = wanted if screen is None else screen.availableGeometry().width()
            view.setMinimumWidth(min(wanted, most))
        super().showPopup()

    def event(self, event: QEvent | None) -> bool:
        """Put the whole text before the tooltip where the box does not show it."""
        is_tip = event is not None and event.type() == QEvent.Type.ToolTip
        if is_tip and self.shown_text() != self.currentText():
            where: Any = event
            QToolTip.showText(where.globalPos(), self.whole_tip(), self)
            return True
        return super().event(event)

    def whole_tip(self) -> str:
        """Return the chosen text and, below it, the tooltip."""
        return f"{self.currentText()}\n\n{self.toolTip()}".strip()


def narrow_combo(tooltip: str, characters: int) -> ShortCombo:
    """Return an empty box that says in its `tooltip` what is chosen there."""
    combo = ShortCombo()
    combo.setToolTip(tooltip)
    keep_narrow(combo, characters)
    return combo


def keep_narrow(combo: QComboBox, characters: int) -> None:
    """Let `combo` be as narrow as some `characters`, however long its texts are."""
    combo.setSizeAdjustPolicy(
        QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    )
    combo.setMinimumContentsLength(characters)
