"""Make the pictures of the docs: `scripts/screenshots.py [IMAGE]`.

The demo is run once on IMAGE (without one, on the sample); the window, the scatter
and each dock are written to docs/images, in few colors to keep the repository small.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image

from napari_disentangle.widgets._demo import DemoRequest
from napari_disentangle.widgets._demo.files import write_files
from napari_disentangle.widgets._demo.window import (
    PLUGIN,
    open_files,
    open_window,
    settle,
    wait_for,
)
from napari_disentangle.widgets._gallery import ThumbModel
from napari_disentangle.widgets._settings import kept_apart

if TYPE_CHECKING:
    from napari_disentangle.widgets._demo.window import DemoWindow

IMAGES = Path(__file__).parents[1] / "docs" / "images"
N_COLORS = 200
WIDTH_PX = 1400
SHARE = 0.25  # of the cells that get a class, at each end of Scale


def main(image: Path | None) -> None:
    """Run the demo and write all pictures."""
    with TemporaryDirectory() as folder, kept_apart():
        request = DemoRequest(Path(folder), image)
        window = open_window()
        window.show_input(request, *open_files(request))
        window.work(request)
        write_files(window, request)
        pictures = {name: request.out / f"{name}.png" for name in ("napari", "factors")}
        docks = docks_of(window) | open_class_docks(window)
        docks["explore"] = open_explore(window)
        for name, dock in docks.items():
            pictures[name] = request.out / f"{name}.png"
            dock.parent().raise_()
            settle()
            while any(thumbs.is_busy() for thumbs in dock.findChildren(ThumbModel)):
                settle()
            dock.grab().save(str(pictures[name]))
        window.viewer.close()
        for name, path in pictures.items():
            shrink(path, IMAGES / f"{name}.png")


def docks_of(window: DemoWindow) -> dict[str, Any]:
    """Return each dock by the name of its picture."""
    return {
        "dock-crops": window.crops,
        "dock-factors": window.factors,
        "dock-traversal": window.traversal,
    }


def open_class_docks(window: DemoWindow) -> dict[str, Any]:
    """Give the smallest and the largest cells a class, learn it, and suggest more."""
    opened = [
        window.viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=True)[1]
        for name in ("Annotate", "Classify")
    ]
    annotate, classify = opened
    for name in ("small", "large"):
        annotate.add_class(name)
    scale = window.session.table["z_scale"]
    low, high = scale.quantile(SHARE), scale.quantile(1 - SHARE)
    for name, limits in (("small", (scale.min(), low)), ("large", (high, scale.max()))):
        annotate.class_table.choose(name)
        annotate.range.set_range("z_scale", *limits)
        annotate.range.give()
    annotate.range.set_range("z_scale", low, high)
    annotate.range_section.expand()
    annotate.next.set_way("uncertain")
    wait_for(annotate, annotate.next.suggest)
    wait_for(classify, classify.train_button.click)
    return {"annotate": annotate, "classify": classify}


def open_explore(window: DemoWindow) -> Any:
    """Gate the larger cells, sort their crops by Texture, and point at one of them."""
    _, dock = window.viewer.window.add_plugin_dock_widget(
        PLUGIN, "Explore", tabify=True
    )
    dock.color_by("area")
    scale = window.session.table["z_scale"]
    dock.gate_range("z_scale", scale.median(), scale.max())
    dock.panel.card.show_row(int(scale.argmax()))
    return dock


def shrink(path: Path, to: Path) -> None:
    """Write the picture at `path` with few colors, at most `WIDTH_PX` wide."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((WIDTH_PX, WIDTH_PX))
    to.parent.mkdir(exist_ok=True)
    picture.quantize(N_COLORS).save(to, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
