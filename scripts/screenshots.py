"""Make the pictures of the docs: `scripts/screenshots.py [IMAGE]`.

The demo is run once on IMAGE (without one, on the sample), and the story goes on in its
window, made as small as a laptop's; the window, the scatter and each dock are written
to docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pictures import CHOSEN, SIZE, own_home, save, settle, to_image
from PIL import Image

from napari_disentangle.widgets._demo import DemoRequest
from napari_disentangle.widgets._demo.files import write_files
from napari_disentangle.widgets._demo.window import (
    PLUGIN,
    open_files,
    open_window,
    wait_for,
)
from napari_disentangle.widgets._settings import kept_apart
from napari_disentangle.widgets._tabs import to_front

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari_disentangle.widgets._demo.window import DemoWindow

SHARE = 0.25  # of the cells that get a class, at each end of Scale
EPOCHS = 12


def main(image: Path | None) -> None:
    """Go through the story and write all pictures."""
    with TemporaryDirectory() as folder, kept_apart():
        request = DemoRequest(Path(folder), image)
        window = open_window()
        window.show_input(request, *open_files(request))
        window.work(request)
        write_files(window, request)
        for name in ("napari", "factors"):
            save(Image.open(request.out / f"{name}.png"), name)
        window.viewer.window.resize(*SIZE)
        with own_home():
            for name, dock in docks_of(window):
                to_front(dock.parent())
                settle(dock)
                save(to_image(dock.grab()), name)
        window.viewer.close()


def docks_of(window: DemoWindow) -> Iterator[tuple[str, Any]]:
    """Give each dock in the order of the story, with the name of its picture."""
    yield "dock-crops", window.crops
    yield "dock-factors", window.factors
    yield "dock-traversal", window.traversal
    annotate = open_dock(window, "Annotate")
    use_annotate(window, annotate)
    yield "annotate", annotate
    classify = open_dock(window, "Classify")
    wait_for(classify, classify.train_button.click)
    yield "classify", classify
    explore = open_dock(window, "Explore")
    use_explore(window, explore)
    yield "explore", explore
    finetune = open_dock(window, "Fine-tune")
    use_finetune(finetune)
    yield "dock-finetune", finetune
    export = open_dock(window, "Export")
    export.folder.set_path(CHOSEN / "export")
    wait_for(export, export.export_button.click)
    wait_for(export, export.methods_button.click)
    yield "dock-export", export


def open_dock(window: DemoWindow, name: str) -> Any:
    """Open a dock as a tab and return it."""
    return window.viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=True)[1]


def use_annotate(window: DemoWindow, annotate: Any) -> None:
    """Give the smallest and the largest cells a class, and suggest more."""
    for name in ("small", "large"):
        annotate.add_class(name)
    scale = window.session.table["z_scale"]
    low, high = scale.quantile(SHARE), scale.quantile(1 - SHARE)
    for name, limits in (("small", (scale.min(), low)), ("large", (high, scale.max()))):
        annotate.class_table.choose(name)
        annotate.range.set_range("z_scale", *limits)
        annotate.range.give()
    annotate.range.set_range("z_scale", low, high)
    annotate.next.set_way("uncertain")
    wait_for(annotate, annotate.next.suggest)


def use_explore(window: DemoWindow, explore: Any) -> None:
    """Gate the larger cells."""
    explore.color_by("area")
    scale = window.session.table["z_scale"]
    explore.gate_range("z_scale", scale.median(), scale.max())


def use_finetune(finetune: Any) -> None:
    """Fine-tune for a few epochs, so that there are curves to see."""
    finetune.runs_folder.set_path(CHOSEN / "runs")
    form = finetune.form
    form.setValue(form.value().replace(epochs=EPOCHS, min_steps=0, picture_steps=0))
    wait_for(finetune, finetune.start_button.click)
    finetune.compared_section.collapse()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
