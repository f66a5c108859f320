"""What all docks share: scrolling content, one job, an end that leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.widgets._care import care_of
from napari_disentangle.widgets._jobbar import JobBar
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._onward import Onward
from napari_disentangle.widgets._session import session_of, unwrap
from napari_disentangle.widgets._tabs import Tabs
from napari_disentangle.widgets._worker import INTERPRETER, guard

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_WIDTH = 320
_NARROW = 8


class Dock(QWidget):
    """Base of the docks.

    Parameters
    ----------
    viewer : napari.Viewer
        The viewer, or napari's proxy of it.

    Attributes
    ----------
    session : Session
        Shared with the other docks of the viewer.
    jobs : Jobs
        The running task, if any.
    care : Care
        What is done for the viewer, once for all its docks.
    onward : tuple of str
        Docks that one opens next, for the buttons at its foot.
    """

    onward: ClassVar[tuple[str, ...]] = ()

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self.viewer = unwrap(viewer)
        self.session = session_of(viewer)
        self.jobs = Jobs()
        self._undo: list[Callable[[], object]] = []
        self.setMinimumWidth(MIN_WIDTH)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(_NARROW, _NARROW, _NARROW, _NARROW)
        content = QWidget()
        content.setLayout(self._body)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        self.job_bar = JobBar(self.jobs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.job_bar)
        if self.onward:
            layout.addWidget(Onward(self.viewer, self.onward))
        Tabs(self, Dock)
        self.destroyed.connect(self.jobs.abandon)
        self._connect(self.jobs.started, self._on_job_changed)
        self._connect(self.jobs.finished, self._on_job_changed)
        self.care = care_of(self.viewer, self.session)
        self.care.join(self)

    def refresh(self) -> None:
        """Enable what can be done now and say why the rest cannot."""

    def shutdown(self) -> None:
        """Stop the running task and stop following viewer and session."""
        self.jobs.abandon()
        while self._undo:
            self._undo.pop()()
        self.care.leave(self)
        INTERPRETER.thaw()

    def event(self, event: QEvent | None) -> bool:
        """Shut down when the dock is closed: napari then takes its parent away."""
        if (
            event is not None
            and event.type() == QEvent.Type.ParentChange
            and self.parent() is None
        ):
            self.shutdown()
        return super().event(event)

    def _connect(self, signal: Any, slot: Callable[..., object]) -> None:
        """Connect until `shutdown`.

        To an event of the session only a method of its own, which is held weakly: a
        lambda would keep dock and session when the whole viewer is closed.
        """
        signal.connect(slot)
        self._undo.append(lambda: signal.disconnect(slot))

    def _on_job_changed(self, _: str) -> None:
        self.refresh()

    def _why_busy(self) -> str:
        """Return why nothing can be started now, empty if it can."""
        return (
            f"{self.jobs.name} is running; cancel it first" if self.jobs.running else ""
        )


def action(
    text: str, tooltip: str, slot: Callable[[], object], *, main: bool = False
) -> QPushButton:
    """Return a button that calls `slot` and shows its errors as notifications."""
    button = QPushButton(text)
    button.setToolTip(tooltip)
    button.setProperty("what", tooltip)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.clicked.connect(lambda: guard(slot))
    if main:
        font = button.font()
        font.setBold(True)
        button.setFont(font)
    return button


def allow(widget: QWidget, reason: str) -> None:
    """Enable `widget`, or disable it with the `reason` in its tooltip."""
    widget.setEnabled(not reason)
    _explain(widget, reason)


def allow_all(parent: QWidget, reason: str) -> None:
    """Enable all that is in `parent`, or disable it with the `reason` in each tooltip.

    Where the parent is allowed, a child may still be refused by `allow`, afterwards.
    """
    parent.setEnabled(not reason)
    for child in parent.findChildren(QWidget):
        if child.toolTip():
            _explain(child, reason)


def _explain(widget: QWidget, reason: str) -> None:
    if widget.property("what") is None:
        widget.setProperty("what", widget.toolTip())
    what = str(widget.property("what"))
    widget.setToolTip(f"{what}\n\nNot now: {reason}." if reason else what)


def note(text: str = "") -> QLabel:
    """Return a label that wraps, for a sentence."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def rows(*pairs: tuple[str, QWidget]) -> QFormLayout:
    """Return a form layout of labeled widgets, narrow enough for a dock."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for text, widget in pairs:
        label = QLabel(text)
        label.setBuddy(widget)
        label.setToolTip(widget.toolTip())
        widget.setAccessibleName(text.replace("&", ""))
        layout.addRow(label, widget)
    return layout
