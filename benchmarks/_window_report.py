"""The page that says how long a window kept a user waiting."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _probe import Gaps

LIMIT_S = 0.1
PACKAGES = ("napari", "torch", "openvino", "numpy", "pandas", "scikit-learn")
HEAD = """# How long the window keeps a user waiting

`{command}`, {day}.

A real napari window with all eight docks and a synthetic image of {cells:,} cells. A
timer of the event loop should tick every 5 ms; the **longest gap** between two ticks
during an action is how long a click would have waited. **Queued** is the part of that
gap in which the window had something to do but no core: the plugin's own worker and
other programs had them. The gap of the same window at rest, just before, stands beside.

Machine: {cores} cores ({processor}), no GPU, virtual screen with software rendering;
load average {load[0]:.1f} at the start, {load[1]:.1f} at the end. {packages}.

| dock | action | took | longest gap | of it queued | gaps above 100 ms | at rest |
|---|---|---|---|---|---|---|
"""


@dataclass
class Row:
    """One action with the gaps during it and those at rest before."""

    dock: str
    name: str
    gaps: Gaps
    rest: Gaps

    @property
    def late(self):
        return self.gaps.longest.seconds > LIMIT_S

    def cells(self):
        longest = self.gaps.longest
        return (
            self.dock,
            self.name,
            f"{self.gaps.took:.1f} s",
            ms(longest.seconds),
            ms(longest.queued),
            str(len(self.gaps.above(LIMIT_S))),
            ms(self.rest.longest.seconds),
        )

    def text(self):
        dock, name, *rest = self.cells()
        return f"{dock:10}{name:32}" + "".join(f"{cell:>10}" for cell in rest)


def report(rows, options, load):
    head = HEAD.format(
        command=f"python benchmarks/bench_window.py --cells {options.cells} "
        f"--epochs {options.epochs} --model {options.model}",
        day=time.strftime("%Y-%m-%d"),
        cells=options.cells,
        cores=os.cpu_count(),
        processor=processor(),
        load=load,
        packages=", ".join(f"{name} {version(name)}" for name in PACKAGES),
    )
    table = "".join(f"| {' | '.join(row.cells())} |\n" for row in rows)
    return f"{head}{table}\n{summary(rows)}\n"


def summary(rows):
    late = [row for row in rows if row.late]
    if not late:
        return f"None of {len(rows)} actions kept the window longer than 100 ms."
    names = "; ".join(f"{row.name} ({ms(row.gaps.longest.seconds)})" for row in late)
    return f"Above 100 ms, {len(late)} of {len(rows)} actions: {names}."


def ms(seconds):
    return f"{1000 * seconds:.0f} ms"


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            found = [line for line in lines if line.startswith("model name")]
        return found[0].split(":")[1].strip()
    except (OSError, IndexError):
        return platform.processor()
