"""Whatever is pressed in whatever state: work, or one sentence, never a traceback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.utils.notifications import (
    ErrorNotification,
    NotificationSeverity,
    notification_manager,
)
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QAbstractButton, QApplication

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._session import session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from napari_disentangle.widgets._dock import Dock

_LOOK_MS = 20
_UNTOLD = re.compile(r"\w+(Error|Exception|Warning): ")  # how `report` shows the rest


def nothing(viewer: Any) -> None:
    """Leave the viewer empty."""


def image_only(viewer: Any) -> None:
    image = np.zeros((60, 90), np.uint8)
    image[10:25, 10:25], image[30:50, 40:70] = 200, 120
    viewer.add_image(image, name="image")


def crops_cut(viewer: Any) -> None:
    image_only(viewer)
    labels = (viewer.layers["image"].data > 0).astype(np.int32)
    labels[30:] *= 2
    cells = viewer.add_labels(labels, name="cells")
    source = _layers.read_source(viewer.layers["image"], cells, "yx")
    crops = run(iter_plan_objects(source, CropConfig()))
    session_of(viewer).set_crops(source, crops)


STAGES = (nothing, image_only, crops_cut, "encoded")


@pytest.fixture(params=STAGES, ids=lambda stage: getattr(stage, "__name__", stage))
def dock(
    make_napari_viewer: Callable[..., Any],
    with_cells: Callable[[Any], Any],
    put_dock: Callable[[Any], Dock],
    request: pytest.FixtureRequest,
) -> Dock:
    viewer = make_napari_viewer()
    (with_cells if request.param == "encoded" else request.param)(viewer)
    return put_dock(viewer)


@pytest.fixture
def _dialogs_are_cancelled(qtbot: Any) -> Iterator[None]:
    """Close whatever dialog opens, as the user does with Escape."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            dialog.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(_LOOK_MS)
    yield
    timer.stop()


@pytest.fixture
def untold() -> Iterator[list[str]]:
    """Errors that napari shows and that are not one of our sentences."""
    seen: list[str] = []

    def look(notification: Any) -> None:
        message = str(notification.message)
        severe = notification.severity >= NotificationSeverity.ERROR
        if isinstance(notification, ErrorNotification) or (
            severe and (_UNTOLD.match(message) or "\n" in message)
        ):
            seen.append(message)

    notification_manager.notification_ready.connect(look)
    yield seen
    notification_manager.notification_ready.disconnect(look)


def pressable(dock: Dock) -> list[Any]:
    """Return the buttons and boxes that a user can press now."""
    return [
        button
        for button in dock.findChildren(QAbstractButton)
        if button.isEnabled()
        and button.isVisibleTo(dock)
        and not isinstance(button.parent(), Section)
    ]


@pytest.mark.usefixtures("_dialogs_are_cancelled")
def test_whatever_is_pressed_raises_nothing(
    dock: Dock, untold: list[str], qtbot: Any
) -> None:
    for section in dock.findChildren(Section):
        section.expand()
    pressed: list[Any] = []
    with qtbot.captureExceptions() as raised:
        while new := [b for b in pressable(dock) if b not in pressed]:
            pressed.append(new[0])
            new[0].click()
            qtbot.wait_for_workers()
            qtbot.waitUntil(lambda: not dock.jobs.running)
    assert [error for _, error, _ in raised] == []
    assert untold == []
    assert pressed
