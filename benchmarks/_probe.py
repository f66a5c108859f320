"""How long a window keeps a user waiting: the gaps between the ticks of a timer."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field

from qtpy.QtCore import QEventLoop, Qt, QTimer

TICK_MS = 5
LOOK_S = 0.02  # between two looks at what a late window does
LATE_S = 0.05  # a window that answers later than that is looked at


@dataclass(frozen=True)
class Gap:
    """A time without a tick.

    Attributes
    ----------
    seconds : float
        How long.
    queued : float
        How much of it the window's thread had work but no core, on Linux: other
        threads and programs had them.
    seen : tuple of str
        What the window did then, looked at every 20 ms.
    """

    seconds: float
    queued: float
    seen: tuple[str, ...] = ()


@dataclass
class Gaps:
    """The gaps during one action, and how long it took in seconds."""

    took: float = 0.0
    each: list[Gap] = field(default_factory=list)

    @property
    def longest(self):
        return max(self.each, key=lambda gap: gap.seconds, default=Gap(0.0, 0.0))

    def above(self, seconds):
        return [gap for gap in self.each if gap.seconds > seconds]


class Probe:
    """Watches a timer of the event loop that should tick every 5 ms.

    Parameters
    ----------
    settle_s : float
        How long the window is watched after an action, since docks answer later.
    """

    def __init__(self, settle_s=1.0):
        self.settle_s = settle_s
        self._gaps, self._seen = Gaps(), []
        self._queue = Queue()
        self._last, self._queued = time.perf_counter(), self._queue.seconds()
        self._collecting = self._last
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)
        self._main = threading.get_ident()
        threading.Thread(target=self._look, daemon=True).start()
        gc.callbacks.append(self._on_collection)

    def rest(self, seconds=1.0):
        """Return the gaps of the window at rest."""
        return self._watch(lambda: None, None, seconds)

    def during(self, action, busy=None):
        """Return the gaps while `action` is done, until it is no longer `busy`."""
        return self._watch(action, busy, self.settle_s)

    def _watch(self, action, busy, settle_s):
        loop, checks, done = QEventLoop(), QTimer(), []
        start = quiet_since = time.perf_counter()
        self._tick()
        self._gaps = Gaps()

        def act():
            action()
            done.append(True)

        def check():
            nonlocal quiet_since
            now = time.perf_counter()
            if not done or (busy is not None and busy()):
                quiet_since = now
            elif now - quiet_since > settle_s:
                loop.quit()

        QTimer.singleShot(0, act)
        checks.timeout.connect(check)
        checks.start(20)
        loop.exec()
        self._tick()
        found, self._gaps = self._gaps, Gaps()
        found.took = quiet_since - start
        return found

    def _tick(self):
        now, queued = time.perf_counter(), self._queue.seconds()
        gap = now - self._last
        if gap > 2 * TICK_MS / 1000:
            seen, self._seen = tuple(self._seen), []
            self._gaps.each.append(Gap(gap, queued - self._queued, seen))
        self._last, self._queued = now, queued

    def _on_collection(self, phase, info):
        """Note a long collection of garbage, which no other thread can look at."""
        now = time.perf_counter()
        if phase == "start":
            self._collecting = now
        elif now - self._collecting > LOOK_S:
            ms = 1000 * (now - self._collecting)
            self._seen.append(f"garbage collected in {ms:.0f} ms")

    def _look(self):
        """Note, from another thread, what the window does while it is late."""
        while True:
            time.sleep(LOOK_S)
            if time.perf_counter() - self._last > LATE_S:
                self._seen.append(_doing(self._main))


class Queue:
    """Tells how long this thread waited for a core until now; 0 where unknown."""

    def __init__(self):
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            self._file = None

    def seconds(self):
        if self._file is None:
            return 0.0
        return int(os.pread(self._file, 64, 0).split()[1]) / 1e9


def _doing(thread):
    """Return where a thread is: in this plugin, and innermost."""
    calls = traceback.extract_stack(sys._current_frames().get(thread))
    own = [call for call in calls if "napari_disentangle" in call.filename]
    names = [
        f"{os.path.basename(call.filename)}:{call.lineno} {call.name}"
        for call in (*own[-2:], calls[-1])
    ]
    return " > ".join(dict.fromkeys(names))
