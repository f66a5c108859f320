"""Make the pictures of docs/walkthrough.md: `scripts/walkthrough.py IMAGE`.

A real window is driven by real clicks on what a user sees, each with its picture: what
the screen shows just before, and where the click goes. No method of a dock is called,
so a button that is not there, or gray, ends the script.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import napari
from pictures import SIZE, save, screen_of, settle
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QPushButton

from napari_disentangle.widgets._settings import kept_apart

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

N_CLICKS = 10  # as the page says
N_SUGGESTED = 12
PATIENCE = 50  # looks for a button, on a busy machine
WHOLE_PX = 2600  # area from which a piece is taken for a cell, by eye
LEFT = Qt.MouseButton.LeftButton


class Hand:
    """Clicks and types in a window, and takes a picture of every click."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.n_clicks = 0

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Take a picture with a ring where the click goes, and click."""
        at = widget.rect().center() if at is None else at
        if not widget.isEnabled() or not widget.isVisible():
            raise SystemExit(f"Cannot be clicked: {widget!r}")
        self.n_clicks += 1
        self.take(self.window.mapFromGlobal(widget.mapToGlobal(at)))
        QTest.mouseClick(widget, LEFT, pos=at)
        settle(self.window)

    def press(self, text: str) -> None:
        """Click the button that shows `text`."""
        self.click(self.button(text))

    def button(self, text: str) -> QPushButton:
        """Return the visible button with `text`, as soon as it is there."""
        for _ in range(PATIENCE):
            for button in self.window.findChildren(QPushButton):
                seen = not button.visibleRegion().isEmpty()
                if seen and button.text().replace("&", "") == text:
                    return button
            settle(self.window)
        raise SystemExit(f"There is no button {text!r}.")

    def choose(self, *path: str) -> None:
        """Click the first and the last entry of a menu, pointing at those between."""
        menu: Any = self.window.menuBar()  # type: ignore[attr-defined]
        for depth, text in enumerate(path):
            entry = next(a for a in menu.actions() if a.text().strip("&") == text)
            at = menu.actionGeometry(entry).center()
            if 0 < depth < len(path) - 1:
                QTest.mouseMove(menu, at)
                settle(self.window)
            else:
                self.click(menu, at)
            menu = entry.menu()

    def type(self, text: str) -> None:
        """Type where the keyboard goes; a line break is Enter."""
        for letter in text:
            focus = QApplication.focusWidget()
            if letter == "\n":
                QTest.keyClick(focus, Qt.Key.Key_Return)
            else:
                QTest.keyClicks(focus, letter)
            settle(self.window)

    def take(self, at: QPoint | None = None) -> None:
        """Save what the screen shows, with a ring at `at`."""
        number = self.n_clicks + (at is None)
        ring = None if at is None else (at.x(), at.y())
        save(screen_of(self.window), f"walkthrough-{number:02d}", ring)


def main(image: Path) -> None:
    """Walk through once and write all pictures."""
    with TemporaryDirectory() as folder, kept_apart():
        copy = shutil.copy(image, folder)  # classes are kept beside it
        viewer = napari.Viewer()
        window = viewer.window._qt_window
        window.setGeometry(0, 0, *SIZE)
        window.setAnimated(False)  # pictures of docks that move tell nothing
        window.activateWindow()
        viewer.open(copy, plugin="napari")
        viewer.reset_view()
        settle(window)
        hand = Hand(window)
        walk(hand, viewer)
        viewer.close()
    if hand.n_clicks != N_CLICKS:
        raise SystemExit(f"{hand.n_clicks} clicks, but the page says {N_CLICKS}.")


def walk(hand: Hand, viewer: Any) -> None:
    """From an image to classes: what the page tells, in its order."""
    hand.choose("Layers", "Segment", "Crops (Disentangle)")
    hand.press("Segment and cut crops")
    crops = wait_for(viewer, "Crops")
    hand.press("Factors")
    hand.press(f"Encode {len(crops.session.crops)} cells")
    wait_for(viewer, "Factors")
    hand.press("Annotate")
    hand.press("Add class")
    hand.type("cell\n\nfragment\n")
    hand.press("Suggest")
    annotate = wait_for(viewer, "Annotate")
    for _ in range(N_SUGGESTED):
        hand.type("1" if is_whole(annotate) else "2")
    hand.press("Classify")
    hand.press(f"Train on {N_SUGGESTED} cells")
    wait_for(viewer, "Classify")
    viewer.reset_view()
    settle(hand.window)
    hand.take()


def is_whole(annotate: Any) -> bool:
    """Return whether the suggested crop shows a whole cell; stands for the eye."""
    label = int(annotate.chosen()["label"].iloc[0])
    table = annotate.session.table
    return bool(table.loc[table["label"] == label, "area"].iloc[0] > WHOLE_PX)


def wait_for(viewer: Any, name: str) -> Any:
    """Wait until the task of a dock has ended, and return the dock."""
    dock = viewer.window.dock_widgets[f"{name} (Disentangle)"]
    while dock.jobs.running:
        settle(dock)
    settle(dock)
    return dock


if __name__ == "__main__":
    main(Path(sys.argv[1]))
