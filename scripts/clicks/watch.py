"""What must never happen, whatever is clicked."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import (
    ErrorNotification,
    NotificationSeverity,
    notification_manager,
)

from napari_disentangle.places import user_folder
from napari_disentangle.storage.annotations import read_annotations
from napari_disentangle.storage.layout import ANNOTATIONS
from napari_disentangle.widgets._reading import book_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.widgets._session import Session

N_SHOWN = 12  # steps before a fault
FOREIGN = re.compile(r"\w+(Error|Exception|Warning): ")
"""How a message begins that is not one of our sentences."""


@dataclass(frozen=True)
class Fault:
    """What went wrong, and what was done before."""

    what: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        steps = (f"    {step}" for step in self.steps)
        return "\n".join([self.what.rstrip(), "after:", *steps])


class Watch:
    """Collects exceptions, errors that no user understands, and classes that are lost.

    A context: what it hears in between, it collects.

    Parameters
    ----------
    verbose : bool
        Print each step before it is done, so that it is known if the process ends.

    Attributes
    ----------
    faults : list of Fault
        What went wrong until now.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self.faults: list[Fault] = []
        self._verbose = verbose
        self._steps: list[str] = []
        self._n_marks = 0
        self._may_take = False

    def __enter__(self) -> Watch:
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._on_exception
        threading.excepthook = sys.unraisablehook = lambda raised: self._on_exception(
            raised.exc_type, raised.exc_value, raised.exc_traceback
        )
        notification_manager.notification_ready.connect(self._on_notification)
        self._log = _Log(self.fault)
        logging.getLogger("vispy").addHandler(self._log)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("vispy").removeHandler(self._log)
        notification_manager.notification_ready.disconnect(self._on_notification)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks

    def step(self, what: str, *, may_take: bool = False) -> None:
        """Remember that this is done now, and whether it may take classes away."""
        self._steps.append(what)
        self._may_take |= may_take
        if self._verbose:
            sys.stderr.write(f"{what}\n")

    def fault(self, what: str) -> None:
        """Note that something went wrong."""
        self.faults.append(Fault(what, tuple(self._steps[-N_SHOWN:])))
        if self._verbose:
            sys.stderr.write(f"FAULT {what}\n")

    def caught(self, error: BaseException) -> None:
        """Note an error that a step raised."""
        self.fault("".join(traceback.format_exception(error)))

    def look_at(self, session: Session) -> None:
        """Compare a session at rest with what must be true of it at any time."""
        for sentence in wrong_in(session):
            self.fault(sentence)
        n_marks = marks_on_disk()
        if n_marks < self._n_marks and not self._may_take:
            self.fault(f"{self._n_marks - n_marks} classes of cells are lost.")
        self._n_marks, self._may_take = n_marks, False

    def _on_exception(self, kind: Any, error: Any, where: Any) -> None:
        self.fault("".join(traceback.format_exception(kind, error, where)))

    def _on_notification(self, note: Any) -> None:
        text = str(note.message)
        loud = note.severity >= NotificationSeverity.ERROR
        if isinstance(note, ErrorNotification):
            self.caught(note.exception)
        elif loud and (FOREIGN.match(text) or "\n" in text):
            self.fault(f"An error that is not one sentence: {text}")


class _Log(logging.Handler):
    """Tells what vispy logs of draws that raised, which it then goes on without."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one message."""
        text = record.getMessage()
        if text.startswith("Error drawing"):
            self._tell(text)


def wrong_in(session: Session) -> list[str]:
    """Return a sentence for all that may not be in a session at rest."""
    wrong = []
    table = session.table
    if table is not None and table.duplicated(["roi_id", "frame", "label"]).any():
        wrong.append("A cell has two rows in the table.")
    layer = None if session.source is None else session.source.objects_layer()
    index = getattr(layer, "features", {}).get("index")
    if index is not None and index.duplicated().any():
        wrong.append(f"An id has two rows in the features of layer {layer.name!r}.")
    return wrong + not_written(session)


def not_written(session: Session) -> list[str]:
    """Return a sentence for each file that differs from the classes in the window."""
    book = book_of(session)
    rois_of: dict[Any, list[str]] = {}
    for roi_id, path in book._files.places.items():
        rois_of.setdefault(path, []).append(roi_id)
    return [
        f"The classes in {path.name} are not those in the window."
        for path, roi_ids in rois_of.items()
        if marks_of(read_annotations(path)) != marks_of(book.value.only(roi_ids))
    ]


def marks_on_disk() -> int:
    """Return how many marks all files in the user's folder hold, set aside or not."""
    found = user_folder().rglob(f"{ANNOTATIONS}/*.json")
    return sum(read_annotations(path).n_marks for path in found)


def marks_of(value: Annotations) -> list[tuple[str, int, int, str]]:
    """Return the class, or why it is excluded, of each cell; files round places."""
    return sorted(
        (roi_id, *key, mark.name)
        for held in (value.images, value.excluded)
        for roi_id, marks in held.items()
        for key, mark in marks.items()
    )
