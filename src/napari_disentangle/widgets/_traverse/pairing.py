"""Whether two groups of images are compared within days, slides, ..., and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.recipes.image_groups import ImageGroup
from napari_disentangle.recipes.image_pairs import image_pairs, preferred
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._explore.columns import ColumnCombo

if TYPE_CHECKING:
    from napari_disentangle.recipes.image_pairs import ImagePairs
    from napari_disentangle.widgets._traverse.groups import Group

_NONE = "-"  # no column is called so
_TIP = (
    "Compare each day (slide, ...) that has images of both groups with itself: what "
    "all images of a day share, such as stain and light, falls out. A day is then one "
    "sample. Nothing: images are compared with images"
)


class PairingBox(QWidget):
    """Choose by what images are paired; hidden where they cannot be.

    Attributes
    ----------
    changed : Signal
        Emitted when the user chooses otherwise.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pairings: dict[str, ImagePairs] = {}
        self._groups: tuple[Group, Group] | None = None
        self.combo = ColumnCombo(_TIP)
        self.combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Paired by", self.combo)))
        self.hide()

    def offer(self, groups: tuple[Group, Group] | None) -> None:
        """Offer the pairings of two groups; the choice stays while these do."""
        if _same(groups, self._groups):
            return
        self._groups = groups
        found = () if groups is None else _pairings(*groups)
        self._pairings = {pairs.column: pairs for pairs in found}
        best = preferred(found)
        choices = [(_text(pairs), pairs.column) for pairs in found]
        self.combo.offer([*choices, ("nothing", _NONE)])
        blocked = self.combo.blockSignals(True)
        self.combo.choose(_NONE if best is None else best.column)
        self.combo.blockSignals(blocked)
        self.setVisible(bool(found))

    def pairs(self) -> ImagePairs | None:
        """Return the chosen pairing, None for none."""
        return self._pairings.get(self.combo.column())


def _pairings(a: Group, b: Group) -> tuple[ImagePairs, ...]:
    if not (isinstance(a, ImageGroup) and isinstance(b, ImageGroup)):
        return ()
    return () if a.images & b.images else image_pairs(a, b)


def _text(pairs: ImagePairs) -> str:
    n, n_values = len(pairs), pairs.n_values
    return f"{pairs.column} ({n} with both{f' of {n_values}' * (n < n_values)})"


def _same(
    groups: tuple[Group, Group] | None, before: tuple[Group, Group] | None
) -> bool:
    if groups is None or before is None:
        return groups is before
    return all(a.same_as(b) for a, b in zip(groups, before, strict=True))
