"""Where one goes from a dock: buttons that open the next, or bring it to front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from napari_disentangle.widgets._tabs import dock_of, to_front

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLUGIN = "napari-disentangle"


class Onward(QWidget):
    """A line of buttons, one for each dock.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the docks are opened.
    docks : sequence of str
        Their names in the plugin's manifest.
    """

    def __init__(self, viewer: Any, docks: Sequence[str]) -> None:
        super().__init__()
        self._viewer = viewer
        self.buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 6)
        layout.addWidget(QLabel("Next:"))
        for name in docks:
            button = QPushButton(name)
            button.setToolTip(f"Open the dock {name}, or bring it to front")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _, name=name: self.open(name))
            layout.addWidget(button, 1)
            self.buttons[name] = button

    def open(self, name: str) -> None:
        """Open dock `name` as the menu does, or bring it to front where it is."""
        window = self._viewer.window
        for title, widget in window.dock_widgets.items():
            if title.startswith(f"{name} (") and (dock := dock_of(widget)) is not None:
                to_front(dock)
                return
        kind = _kind_of(name)
        window.add_dock_widget(kind(self._viewer), name=f"{name} (Disentangle)")


def _kind_of(name: str) -> Any:
    """Return the class of dock `name`, by the plugin's manifest."""
    from npe2 import PluginManager

    manager = PluginManager.instance()
    for widget in manager.get_manifest(_PLUGIN).contributions.widgets or ():
        if widget.display_name == name:
            return manager.commands.get(widget.command)
    raise KeyError(name)
