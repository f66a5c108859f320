"""A progress bar with words, the time that remains and a Cancel button."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout
from qtpy.QtWidgets import QWidget as _QWidget

if TYPE_CHECKING:
    from napari_disentangle.widgets._jobs import Jobs

_SOONEST = 2.0  # seconds of a stage before a forecast is shown
_AGAIN = 0.1  # seconds between two changes of the words within a stage
_ENDS = {"cancelled": "{} cancelled.", "failed": "{} failed.", "done": ""}


class JobBar(_QWidget):
    """Shows the running task of `jobs` while there is one."""

    def __init__(self, jobs: Jobs, parent: _QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stage = ""
        self._since = 0.0
        self._told = 0.0
        self._first = 0
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip("Stop; what was there before stays as it was")
        self._cancel.clicked.connect(lambda: jobs.cancel())
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 6)
        layout.addWidget(self._text)
        layout.addLayout(row)
        self._show(running=False)
        jobs.started.connect(self._on_started)
        jobs.progressed.connect(self._on_progressed)
        jobs.held.connect(self._on_held)
        jobs.finished.connect(self._on_finished)

    def text(self) -> str:
        """Return the words beside the bar."""
        return self._text.text()

    def _on_started(self, name: str) -> None:
        self._stage = ""
        self._text.setText(f"{name} ...")
        self._bar.setRange(0, 0)
        self._show(running=True)

    def _on_progressed(self, event: Any) -> None:
        if self._jobs.paused:  # the last event of a task on its way into a pause
            return
        total = int(getattr(event, "total", 0))
        done = int(getattr(event, "done", getattr(event, "step", 0)))
        stage = str(getattr(event, "stage", self._jobs.name))
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._since, self._first = stage, now, done
        elif now - self._told < _AGAIN and done < total:
            return
        self._told = now
        self._move(done, total)
        left = remaining(now - self._since, done - self._first, total - done)
        self._text.setText(f"{stage} {done} of {total}{left}")

    def _move(self, done: int, total: int) -> None:
        """Move the bar, drawn with the words: a bar by itself draws at once."""
        self._bar.setUpdatesEnabled(False)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.setUpdatesEnabled(True)

    def _on_held(self, held: bool) -> None:
        """Say that the task is paused; the time that remains is counted anew."""
        self._stage = ""
        if held:
            self._text.setText(f"{self._jobs.name} is paused")

    def _on_finished(self, how: str) -> None:
        self._text.setText(_ENDS[how].format(self._jobs.name))
        self._show(running=False)

    def _show(self, *, running: bool) -> None:
        self._bar.setVisible(running)
        self._cancel.setVisible(running)
        self._text.setVisible(bool(self._text.text()))
        self.setVisible(running or bool(self._text.text()))


def remaining(seconds: float, done: int, left: int) -> str:
    """Return ", about 1 min 20 s left", or nothing while it is too early to tell."""
    if seconds < _SOONEST or done <= 0 or left <= 0:
        return ""
    minutes, rest = divmod(round(seconds / done * left), 60)
    words = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f", about {words} left"
