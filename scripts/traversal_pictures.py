"""Make the pictures of docs/traversal.md: `scripts/traversal_pictures.py [FOLDER]`.

Each section of the Traversal dock is used once on one image of BCCD in FOLDER, without
it on the sample, and grabbed; the montage and a factor card are the files that the dock
saves.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pictures import save
from PIL import Image
from qtpy.QtWidgets import QApplication

from napari_disentangle.widgets._demo import DemoRequest
from napari_disentangle.widgets._demo.window import (
    open_files,
    open_window,
    settle,
    wait_for,
)
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets._settings import kept_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.widgets._demo.window import DemoWindow

IMAGE = "BloodImage_00385.jpg"
"""An image of BCCD whose cells lie apart."""


def main(folder: Path | None) -> None:
    """Use every section and write all pictures."""
    image = None if folder is None else folder / IMAGE
    with TemporaryDirectory() as out, kept_apart():
        request = DemoRequest(Path(out), image)
        window = open_window()
        window.show_input(request, *open_files(request))
        window.work(request)
        window.traversal.parent().raise_()
        made = {"walk": grab_window(window, request.out / "walk.png")}
        for name, use in (
            ("live", use_live),
            ("groups", use_groups),
            ("card", use_cards),
        ):
            made[name] = grab_section(window, name, use, request.out)
        made["montage"] = save_montage(window, request.out / "montage.png")
        window.viewer.close()
        for name, path in made.items():
            save(Image.open(path), f"traversal-{name}")


def use_live(dock: Any) -> None:
    """Make the cell larger by two sd."""
    panel = dock.panels.live
    while panel.decoder.live is None or panel.decoder.is_busy():
        QApplication.processEvents()
    wait_for(dock, dock.find_words)
    panel.sliders.slider("scale").setValue(panel.sliders.slider("scale").value() + 2)
    settle()
    while panel.decoder.is_busy():
        QApplication.processEvents()


def use_groups(dock: Any) -> None:
    """Compare the larger half of the cells with the others."""
    table = dock.session.table
    large = table["area"] > table["area"].median()
    dock.session.selection = Selection.of(table[large])
    settle()
    wait_for(dock, dock.compare_groups)


def use_cards(dock: Any) -> None:
    """Explain the factors and show the card of Scale."""
    wait_for(dock, dock.explain)
    dock.panels.cards.choose("scale")


def grab_window(window: DemoWindow, path: Path) -> Path:
    """Grab the window at a large step of Scale."""
    step = window.viewer.dims.current_step
    window.viewer.dims.current_step = (3, 8, *step[2:])
    settle()
    window.viewer.window.screenshot(str(path), canvas_only=False, flash=False)
    return path


def grab_section(
    window: DemoWindow, name: str, use: Callable[[Any], None], out: Path
) -> Path:
    """Open one section alone, use it, and grab it."""
    dock, key = window.traversal, {"card": "cards"}.get(name, name)
    for other, section in dock.panels.sections.items():
        (section.expand if other == key else section.collapse)()
    settle()
    use(dock)
    settle()
    path = out / f"{name}.png"
    dock.panels.sections[key].grab().save(str(path))
    return path


def save_montage(window: DemoWindow, path: Path) -> Path:
    """Save the walk of the mean cell as the dock does."""
    window.traversal.start_from(None)
    wait_for(window.traversal, window.traversal.make)
    wait_for(window.traversal, lambda: window.traversal.save(path))
    return path


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
