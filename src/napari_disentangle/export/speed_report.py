"""How fast a machine is, as a Markdown page."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Protocol

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Measured(Protocol):
    """How fast one stage was: see `recipes.speed.Pace`."""

    @property
    def what(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def wall_s(self) -> float: ...
    @property
    def processor_s(self) -> float: ...
    @property
    def per_s(self) -> float: ...


def write_speed_report(path: Path, paces: Sequence[Measured]) -> None:
    """Write what `speed_report` returns.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    with write_atomic(path) as part:
        part.write_text(speed_report(paces), encoding="utf-8")


def speed_report(paces: Sequence[Measured]) -> str:
    """Return a table with a row a stage, and the machine."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    rows = [
        [
            pace.what,
            f"{pace.amount:,} {pace.unit}",
            f"{pace.wall_s:.2f}",
            f"{pace.processor_s:.2f}",
            f"{pace.per_s:,.0f} {pace.unit}/s",
        ]
        for pace in paces
    ]
    head = ["stage", "amount", "seconds", "processor seconds", "pace"]
    lines = [
        "# Speed",
        "",
        "Written by `napari-disentangle benchmark speed` on "
        f"{machine}, load {load} at its end. Each stage was run once. Where seconds "
        "are more than processor seconds, the machine was busy otherwise.",
        "",
        *markdown_table(head, rows),
    ]
    return "\n".join(lines)
