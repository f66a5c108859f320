"""The page that says how long a window kept a user waiting."""

from __future__ import annotations

import os
import platform
import time
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _probe import Gaps

LIMIT_S = 0.1
REMAINS = "\n## What remains\n"
PACKAGES = ("napari", "torch", "openvino", "numpy", "pandas", "scikit-learn")
HEAD = """# How long the window keeps a user waiting

`{command}`, {day}.

A real napari window with all eight docks and a synthetic image of {cells:,} cells. A
timer of the event loop should tick every 5 ms; the **longest gap** between two ticks
during an action is how long a click would have waited, in each of the {repeats} runs.
**Queued** is the part of the very longest in which the window had something to do but
no core: the plugin's own worker and other programs had them. The longest gap of the
same window **at rest**, just before, stands beside. The last rows are napari's own
work, without the plugin: what it takes to show any new layer.

Machine: {cores} cores ({processor}), no GPU, virtual screen with software rendering;
load average {load[0]:.1f} at the start, {load[1]:.1f} at the end. {packages}.

| dock | action | took | longest gap | of it queued | gaps above 100 ms | at rest |
|---|---|---|---|---|---|---|
"""


@dataclass
class Row:
    """One action, with the gaps during it and those at rest before, run by run."""

    dock: str
    name: str
    gaps: list[Gaps]
    rest: list[Gaps]

    @property
    def worst(self):
        """The longest gap of all runs."""
        return max((gaps.longest for gaps in self.gaps), key=lambda gap: gap.seconds)

    @property
    def late(self):
        return self.worst.seconds > LIMIT_S

    def cells(self):
        took = ", ".join(f"{gaps.took:.1f}" for gaps in self.gaps)
        longest = ", ".join(ms(gaps.longest.seconds, "") for gaps in self.gaps)
        return (
            self.dock,
            self.name,
            f"{took} s",
            f"{longest} ms",
            ms(self.worst.queued),
            ", ".join(str(len(gaps.above(LIMIT_S))) for gaps in self.gaps),
            ms(max(gaps.longest.seconds for gaps in self.rest)),
        )

    def text(self):
        dock, name, *rest = self.cells()
        return f"{dock:10}{name:32}" + "".join(f"{cell:>10}" for cell in rest)

    def joined(self, other):
        """Return this row with the runs of another one."""
        gaps, rest = self.gaps + other.gaps, self.rest + other.rest
        return Row(self.dock, self.name, gaps, rest)


def report(rows, options, load):
    repeats = f" --repeats {options.repeats}" if options.repeats > 1 else ""
    head = HEAD.format(
        command=f"python benchmarks/bench_window.py --cells {options.cells} "
        f"--epochs {options.epochs} --model {options.model}{repeats}",
        day=time.strftime("%Y-%m-%d"),
        cells=options.cells,
        repeats=options.repeats,
        cores=os.cpu_count(),
        processor=processor(),
        load=load,
        packages=", ".join(f"{name} {version(name)}" for name in PACKAGES),
    )
    table = "".join(f"| {' | '.join(row.cells())} |\n" for row in rows)
    return f"{head}{table}\n{summary(rows)}\n"


def write_report(text, path):
    """Write the page; what was written by hand beneath the figures stays."""
    old = path.read_text() if path.exists() else ""
    remains = REMAINS + old.split(REMAINS, 1)[1] if REMAINS in old else ""
    path.write_text(text + remains)


def summary(rows):
    late = [row for row in rows if row.late]
    if not late:
        return f"None of {len(rows)} actions kept the window longer than 100 ms."
    lines = [
        f"{len(late)} of {len(rows)} actions kept the window longer than 100 ms in "
        "some run. What it did in the longest gap, looked at every 20 ms (the plugin's "
        "own lines, then the innermost one):",
        "",
    ]
    for row in late:
        seen = [f"{n} x `{what}`" for what, n in Counter(row.worst.seen).most_common(4)]
        what = "; ".join(seen) or "not seen"
        lines.append(f"- **{row.name}**, {ms(row.worst.seconds)}: {what}")
    return "\n".join(lines)


def ms(seconds, unit=" ms"):
    return f"{1000 * seconds:.0f}{unit}"


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            found = [line for line in lines if line.startswith("model name")]
        return found[0].split(":")[1].strip()
    except (OSError, IndexError):
        return platform.processor()
