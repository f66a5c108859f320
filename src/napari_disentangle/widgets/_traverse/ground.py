"""What all work of the dock stands on: the cells that count, the panels, one job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info, show_warning

from napari_disentangle.widgets._traverse.known import CellsInUse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari.layers import Image

    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets._traverse.known import KnownCells
    from napari_disentangle.widgets._traverse.panels import TraversePanels

_CHANGED = "The cells were encoded anew or excluded; this result was dropped."


class Ground:
    """The viewer, the session, and how a task is run on its cells.

    Parameters
    ----------
    viewer : napari.Viewer
        Shows the layers.
    session : Session
        Has the cells.
    jobs : Jobs
        Of the dock.
    panels : TraversePanels
        Of the dock.
    refresh : callable
        Called after a result is shown.

    Attributes
    ----------
    cells : CellsInUse
        The cells that count.
    """

    def __init__(
        self,
        viewer: Any,
        session: Session,
        jobs: Jobs,
        panels: TraversePanels,
        refresh: Callable[[], object],
    ) -> None:
        self.viewer = viewer
        self.session = session
        self.jobs = jobs
        self.panels = panels
        self.cells = CellsInUse(session)
        self._refresh = refresh

    def run(
        self,
        known: KnownCells,
        task: Task[Progress, Any],
        name: str,
        on_result: Callable[[Any], object],
    ) -> None:
        """Run a task whose result is dropped if the cells change meanwhile."""

        def keep(result: object) -> None:
            if self.is_present(known):
                on_result(result)
                self._refresh()

        self.jobs.run(task, name, keep)

    def is_present(self, known: KnownCells) -> bool:
        """Return whether cells are still those in use; if not, the user is told."""
        if known.same_cells(self.cells.now()):
            return True
        show_warning(_CHANGED)
        return False

    def image(self) -> Image | None:
        """Return the layer of the image, None if it was removed."""
        source = self.session.source
        layer = None if source is None else source.image_layer()
        return layer if layer in self.viewer.layers else None


def tell_saved(paths: tuple[Path, ...]) -> None:
    """Tell which files were written."""
    show_info(f"Saved {' and '.join(str(path) for path in paths)}.")
