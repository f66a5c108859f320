"""One factor as a small image of the cells, with its direction and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QIcon, QPixmap
from qtpy.QtWidgets import QSizePolicy, QToolButton

from napari_disentangle.widgets._explore.points import SELECTED
from napari_disentangle.widgets._meaning import meaning, way_of
from napari_disentangle.widgets._pixmap import pixmap_of

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.recipes.small_multiples import SmallImage
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._columns import Reading


_MARKED = (
    "FactorPicture {border: 2px solid transparent; background: transparent}"
    "FactorPicture:hover {border-color: #808080}"
    f"FactorPicture:checked {{border-color: {SELECTED}}}"
)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A small image, its title and how it is to be read."""

    image: SmallImage
    title: str
    tip: str


class FactorPicture(QToolButton):
    """A small image with its title, direction and limits; a click chooses it."""

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self.column = panel.image.column
        self._pixmap = pixmap_of(panel.image.picture)
        self.setCheckable(True)
        self.setStyleSheet(_MARKED)
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


def iter_panels(
    task: Task[Progress, tuple[SmallImage, ...]], table: pd.DataFrame, reading: Reading
) -> Task[Progress, list[Panel]]:
    """Draw, and find out how each column is to be read, which takes a moment, too."""
    images = yield from task
    panels = []
    for image in images:
        column = image.column
        title = f"{reading.title(column)}{reading.mark(column)}"
        way = way_of(table, column, reading)
        tip = meaning(table, column, reading)
        panels.append(Panel(image, f"{title}  {way}".rstrip(), tip))
    return panels
