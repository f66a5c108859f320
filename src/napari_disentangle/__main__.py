"""Let `python -m napari_disentangle` be the command line."""

from napari_disentangle.cli import app

app(prog_name="napari-disentangle")
