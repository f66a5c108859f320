"""Click at random in a window with all docks: `scripts/random_clicks.py --data movie`.

Nothing that is clicked, in whatever order, may raise, show an error that is no sentence
of ours, or lose a class that a cell was given. The script prints what went wrong and
what was done before, and exits with 1. The same seed does the same as long as the docks
answer the same, so a fault is looked for again with its seed.
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from clicks.data import KINDS
from clicks.draws import checked_draws
from clicks.hand import Hand
from clicks.watch import Fault, Watch
from clicks.window import Window

from napari_disentangle.testing import write_small_model
from napari_disentangle.widgets._settings import kept_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FAULTS = 5
POINT_PX = 30  # window of cells that are points
STARTED = 0.85  # share of runs in which cells are cut and encoded first


def main(arguments: Sequence[str] | None = None) -> int:
    """Click, print what was found, and return 1 if there is any."""
    options = read_options(arguments)
    faulthandler.enable()
    n_faults = 0
    for kind in KINDS if options.data == "all" else [options.data]:
        faults = click_in(kind, options)
        n_faults += len(faults)
        for fault in faults:
            tell(f"-----\n{fault}")
        tell(f"{kind}, seed {options.seed}: {len(faults)} faults")
    return 1 if n_faults else 0


def read_options(arguments: Sequence[str] | None) -> Any:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", choices=[*KINDS, "all"], default="gray")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument(
        "--check-draws",
        action="store_true",
        help="look before each draw whether OpenGL has all that it reads",
    )
    parser.add_argument("--verbose", action="store_true", help="print each step")
    return parser.parse_args(arguments)


def click_in(kind: str, options: Any) -> list[Fault]:
    """Return what went wrong in a window with one kind of data."""
    rng = Random(f"{kind} {options.seed}")
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        stack.enter_context(kept_apart())
        watch = stack.enter_context(Watch(verbose=options.verbose))
        if options.check_draws:
            stack.enter_context(checked_draws(watch.fault))
        window = Window(write_small_model(Path(folder)))
        KINDS[kind](window.viewer)
        if rng.random() < STARTED:
            start(window, kind)
        hand = Hand(window, rng, watch)
        for _ in range(options.steps):
            step(hand, window, watch, rng)
            if len(watch.faults) >= MOST_FAULTS:
                break
        window.rest()
        window.viewer.close()
    return watch.faults


def start(window: Window, kind: str) -> None:
    """Cut and encode the cells, as a user who knows how."""
    crops = window.docks["Crops"]
    if kind == "points":
        crops.crop_form.setValue(crops.crop_form.value().replace(window_px=POINT_PX))
    elif kind == "channels":
        crops.axes_combo.setCurrentIndex(crops.axes_combo.findData("cyx"))
    for name, button in (("Crops", "Cut"), ("Factors", "Encode")):
        window.press(name, button)
        window.rest()


def step(hand: Hand, window: Window, watch: Watch, rng: Random) -> None:
    """Do one thing; let the window finish half of the time, and look at it then."""
    try:
        hand.act()
    except Exception as error:  # noqa: BLE001 - any is what we look for
        watch.caught(error)
    if rng.random() < 0.5:
        window.rest(5, until_done=False)
    elif window.rest():
        watch.look_at(window.session)
    else:
        watch.fault("The window does not come to rest.")


def tell(text: str) -> None:
    """Print at once, since the process may end in the middle."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
