"""The live sliders, kept at the cells that count and at the cell they start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._traverse.words import source_of
from napari_disentangle.widgets._traverse.work import start_row

if TYPE_CHECKING:
    from napari_disentangle.widgets._traverse.ground import Ground
    from napari_disentangle.widgets._traverse.known import KnownCells


class LiveCells:
    """Gives the sliders their cells once they are looked at.

    Parameters
    ----------
    ground : Ground
        Cells and panels.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def refresh(self) -> None:
        """Get the sliders ready for the cells there are now."""
        known, live = self._looked_at(), self._ground.panels.live
        if known is None:
            live.set_cells(None, None, None, "")
            return
        live.set_cells(*known.drawn, source_of(known.model))
        self.start()

    def start(self) -> None:
        """Let the sliders start from the chosen cell, else from the mean."""
        known, ground = self._looked_at(), self._ground
        if known is None:
            return
        try:
            row = start_row(known, ground.panels, ground.session)
        except DataError:  # no crop, so no code; said when a walk is made
            row = None
        embedding, live = known.embedding, ground.panels.live
        if row is None:
            live.start_at(embedding.mean.mean(axis=0))
        else:
            live.start_at(embedding.mean[row], embedding.sd[row], row)

    def _looked_at(self) -> KnownCells | None:
        shown = self._ground.panels.sections["live"].isExpanded()
        return self._ground.cells.now() if shown else None
