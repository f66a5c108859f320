"""Channels of the crops, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from napari_disentangle.widgets._dock import allow, note
from napari_disentangle.widgets._tab_order import tab_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.widgets._form import ConfigForm

_MOST = 3
_COLORS = ("red", "green", "blue")


class ChannelBoxes(QWidget):
    """Tick the channels that crops show; `CropConfig.channels` keeps their numbers.

    Parameters
    ----------
    form : ConfigForm of CropConfig
        Whose channels these are; it has no row of its own for them.
    """

    def __init__(self, form: ConfigForm[CropConfig]) -> None:
        super().__init__()
        self._form = form
        self._names: tuple[str, ...] = ()
        self.boxes: dict[int, QCheckBox] = {}
        self.note = note()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.addWidget(self.note)
        form.valueChanged.connect(self._on_value)
        self.set_names(())

    def set_names(self, names: Sequence[str]) -> None:
        """Offer the channels of another image, and those chosen that it lacks."""
        self._names = tuple(names)
        for box in self.boxes.values():
            self._lines.removeWidget(box)
            box.deleteLater()
        self.boxes = {}
        chosen = self._form.value().channels
        for number in sorted({*range(len(names)), *chosen}):
            self._add_box(number)
        tab_before(self.note, list(self.boxes.values()))
        self._show(chosen)

    def _add_box(self, number: int) -> None:
        box = QCheckBox(self._name(number).replace("&", "&&"))
        box.setToolTip(
            "Show this channel in the crops; one alone is gray. In tables it has the "
            f"number {number}, as in intensity_mean_{number}"
        )
        box.clicked.connect(lambda on: self._on_clicked(number, on))
        self.boxes[number] = box
        self._lines.addWidget(box)

    def _name(self, number: int) -> str:
        if number < len(self._names):
            return self._names[number]
        return f"channel {number + 1} (not in this image)"

    def _on_clicked(self, number: int, on: bool) -> None:
        config = self._form.value()
        others = tuple(known for known in config.channels if known != number)
        channels = (*others, number) if on else others
        self._form.setValue(config.replace(channels=channels))

    def _on_value(self, config: CropConfig) -> None:
        if set(config.channels) <= set(self.boxes):
            self._show(config.channels)
        else:
            self.set_names(self._names)

    def _show(self, chosen: tuple[int, ...]) -> None:
        full = "three are ticked already" if len(chosen) >= _MOST else ""
        for number, box in self.boxes.items():
            box.setChecked(number in chosen)
            allow(box, "" if number in chosen else full)
        self.note.setText(self._sentence(chosen))
        self.setVisible(len(self.boxes) > 1 or bool(chosen))

    def _sentence(self, chosen: tuple[int, ...]) -> str:
        """Return which channel has which color."""
        names = [self._name(number) for number in chosen]
        if not names:
            first = ", ".join(self._names[:_MOST])
            return f"Channels of the crops: none ticked, so the first ({first})."
        if len(names) == 1:
            return f"Channels of the crops: {names[0]}, as gray."
        pairs = zip(_COLORS, names, strict=False)
        return f"Channels of the crops: {', '.join(f'{c} {n}' for c, n in pairs)}."
