"""A window with all named factors side by side, each as a small image of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.colormaps import ensure_colormap
from psygnal import Signal
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QIcon, QPixmap
from qtpy.QtWidgets import (
    QDialog,
    QGridLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.recipes.small_multiples import SmallImage, iter_small_multiples
from napari_disentangle.tables import NAMED_FACTORS, code_columns, included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import (
    Reading,
    column_text,
    meaning,
    reading_of,
    way_of,
)
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._pixmap import pixmap_of

if TYPE_CHECKING:
    import pandas as pd
    from qtpy.QtGui import QResizeEvent

    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._factors.coloring import ColoringPanel
    from napari_disentangle.widgets._session import Session

_SIZE = (960, 460)
_TEXT_PX = 48  # two lines beneath a picture
_EDGE_PX = 14
_LEAST_PX = 80
_HINT = (
    "The same cells in each, in the colors of the dock from low to high; each has "
    "limits of its own. Click one to color the viewer by it."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """A small image, its title and how it is to be read."""

    image: SmallImage
    title: str
    tip: str


class FactorPicture(QToolButton):
    """A small image with its title, direction and limits; a click chooses it."""

    def __init__(self, panel: _Panel) -> None:
        super().__init__()
        self.column = panel.image.column
        self._pixmap = pixmap_of(panel.image.picture)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        low, high = panel.image.low, panel.image.high
        self.setText(f"{panel.title}\n{low:.3g} to {high:.3g}")
        self.setToolTip(f"{panel.tip}\n\nClick: color the cells by it")
        self.setAccessibleName(panel.title)

    def pixmap(self) -> QPixmap:
        """Return the picture at its own size."""
        return self._pixmap

    def fit(self, width: int) -> None:
        """Show the picture `width` pixels wide."""
        size = QSize(width, round(width * self._pixmap.height() / self._pixmap.width()))
        smooth = Qt.TransformationMode.SmoothTransformation
        self.setIconSize(size)
        self.setIcon(QIcon(self._pixmap.scaled(size, transformMode=smooth)))


class MultiplesWindow(QDialog):
    """Shows the cells once for each named factor, in the same layout.

    The pictures are drawn by a worker, again when the cells, the frame or the colors
    change while the window is open.

    Parameters
    ----------
    coloring : ColoringPanel
        Says which colors are used.
    session : Session
        Its cells are shown.
    viewer : napari.Viewer
        Its frame is shown.

    Attributes
    ----------
    picked : Signal
        Emitted with the column of the picture that was clicked.
    """

    picked = Signal(str)

    def __init__(self, coloring: ColoringPanel, session: Session, viewer: Any) -> None:
        super().__init__(coloring)
        self._coloring = coloring
        self._session = session
        self._viewer = viewer
        self._drawn: tuple[Any, ...] = ()
        self.jobs = Jobs()
        self.pictures: list[FactorPicture] = []
        self.setWindowTitle("All factors")
        self.resize(*_SIZE)
        self.note = note()
        self._area = QWidget()
        self._grid = QGridLayout(self._area)
        self._grid.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.note)
        self.destroyed.connect(self.jobs.abandon)

    def open(self) -> None:
        """Show the window; the dock and the viewer stay usable."""
        self.show()
        self.raise_()
        self.refresh()

    def refresh(self) -> None:
        """Draw what changed, if the window is open."""
        if not self.isVisible():
            return
        source, crops, table = (
            self._session.source,
            self._session.crops,
            self._session.table,
        )
        if source is None or crops is None or table is None:
            self._drawn = ()
            self.jobs.cancel()
            self._show([])
            self.note.setText("Encode the cells first.")
            return
        frame = _layers.current_frame(self._viewer, source)
        colormap = self._coloring.colormap_combo.currentText()
        ends = tuple(self._coloring.percentiles.value())
        wanted = (table, frame, colormap, ends)
        if _same(wanted, self._drawn):
            self._mark()
            return
        self._drawn = wanted
        reading = reading_of(self._session)
        counted = table[included(table)]
        limits = {
            column: _layers.limits_of(counted[column].to_numpy(float), *ends)
            for column in code_columns(NAMED_FACTORS)
            if column in table and not reading.says_nothing(column)
        }
        shades = ensure_colormap(colormap).map(np.linspace(0, 1, 256))[:, :3]
        task = iter_small_multiples(
            source, crops, table, limits, (255 * shades).astype(np.uint8), frame=frame
        )
        self.note.setText("Drawing ...")
        self.jobs.run(
            _iter_panels(task, table, reading), "All factors", self._show, quiet=True
        )

    def stop(self) -> None:
        """Stop drawing and close."""
        self.jobs.abandon()
        self.close()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the pictures out anew, as large as they can be."""
        super().resizeEvent(event)
        self._lay_out()

    def _show(self, panels: list[_Panel]) -> None:
        for gone in self.pictures:
            self._grid.removeWidget(gone)
            gone.deleteLater()
        self.pictures = [FactorPicture(panel) for panel in panels]
        for picture in self.pictures:
            picture.clicked.connect(
                lambda _, column=picture.column: self.picked.emit(column)
            )
        none = "There is no named factor that these cells can be colored by."
        self.note.setText(_HINT if panels else none)
        self._lay_out()
        self._mark()

    def _mark(self) -> None:
        """Mark the picture of the column that the viewer is colored by."""
        coloring = self._coloring.coloring
        now = "" if coloring is None else coloring.column
        for picture in self.pictures:
            picture.setChecked(picture.column == now)

    def _lay_out(self) -> None:
        if not self.pictures:
            return
        width = self.width() - 2 * _EDGE_PX
        height = self.height() - self.note.sizeHint().height() - 3 * _EDGE_PX
        first = self.pictures[0].pixmap()
        aspect = first.height() / first.width()
        wide, columns = _best(len(self.pictures), width, height, aspect)
        middle = Qt.AlignmentFlag.AlignCenter
        for place, picture in enumerate(self.pictures):
            self._grid.addWidget(picture, place // columns, place % columns, middle)
            picture.fit(wide)


def _iter_panels(
    task: Task[Progress, tuple[SmallImage, ...]], table: pd.DataFrame, reading: Reading
) -> Task[Progress, list[_Panel]]:
    """Draw, and find out how each column is to be read, which takes a moment, too."""
    images = yield from task
    panels = []
    for image in images:
        column = image.column
        title = f"{column_text(column)}{reading.mark(column)}"
        way = way_of(table, column, reading)
        tip = meaning(table, column, reading)
        panels.append(_Panel(image, f"{title}  {way}".rstrip(), tip))
    return panels


def _best(n: int, width: int, height: int, aspect: float) -> tuple[int, int]:
    """Return the largest width of `n` pictures in an area, and how many stand abreast.

    Parameters
    ----------
    n : int
        Number of pictures.
    width, height : int
        Of the area, in pixels.
    aspect : float
        Height of a picture over its width.

    Examples
    --------
    >>> _best(5, 1000, 300, aspect=1.0)
    (186, 5)
    """
    found = []
    for columns in range(1, n + 1):
        n_rows = -(-n // columns)
        high = height // n_rows - _TEXT_PX - _EDGE_PX
        found.append((min(width // columns - _EDGE_PX, int(high / aspect)), columns))
    wide, columns = max(found)
    return max(wide, _LEAST_PX), columns


def _same(wanted: tuple[Any, ...], drawn: tuple[Any, ...]) -> bool:
    """Return whether the same table is wanted in the same way."""
    return bool(drawn) and wanted[0] is drawn[0] and wanted[1:] == drawn[1:]
