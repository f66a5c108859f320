"""Check that napari finds the installed plugin, its docks, samples and readers."""

from __future__ import annotations

import sys

from npe2 import PluginManager

NAME = "napari-disentangle"


def main() -> int:
    """Return 0 if the plugin is found with all it offers, else 1."""
    manager = PluginManager()
    manager.discover()
    if NAME not in manager:
        sys.stderr.write(f"napari does not find {NAME}\n")
        return 1
    manager.activate(NAME)
    offered = manager.get_manifest(NAME).contributions
    docks = [widget.display_name for widget in offered.widgets or []]
    samples = [sample.key for sample in offered.sample_data or []]
    for sample in offered.sample_data or []:  # docks need a Qt, which is not installed
        manager.commands.execute(sample.command)
    sys.stdout.write(f"{NAME}: docks {docks}, samples {samples}\n")
    return 0 if docks and samples and offered.readers else 1


if __name__ == "__main__":
    sys.exit(main())
