"""The docks of the napari plugin: thin callers of the recipes."""
