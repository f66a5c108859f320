"""Open napari with the known-factors sample and the plugin's docks."""

from __future__ import annotations

import napari

PLUGIN = "napari-disentangle"

viewer = napari.Viewer()
viewer.open_sample(PLUGIN, "known_factors")
for dock in ("Crops", "Factors", "Traversal"):
    viewer.window.add_plugin_dock_widget(PLUGIN, dock, tabify=dock != "Crops")
napari.run()
