"""Looking: window and level by the mouse on a large picture, and the wheel through a stack."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.workflow.requests import NO_MODEL, NewProject
from hitl_desktop.workflow.worker import InlineRunner
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.window import open_window, wait_until
from tests.dicom_files import write

CHANGES = 100
_WARM_UP = 5


def measure(folder: Path, quick: bool) -> list[Figure]:
    """A 16-bit picture of 3,000 × 3,000 pixels and a stack of 300 frames of 512 × 512, in the review page."""
    side, frames = (1_000, 40) if quick else (3_000, 300)
    rng = np.random.default_rng(11)
    Image.fromarray(rng.integers(0, 65535, (side, side), np.uint16)).save(_in(folder / "data" / "large") / "deep.png")
    write(folder / "data" / "stack" / "ct.dcm", rng.integers(-1000, 2000, (frames, 512, 512), np.int16), Modality="CT")
    project = NewProject(folder / "Looking.hitl", folder / "data", model=NO_MODEL)
    InlineRunner().run("create_project", project, no_progress, never_cancelled)
    with open_window(project.folder) as window:
        viewer = _show(window, "deep.png")
        large = f"16-bit, {side:,} × {side:,}, pane {viewer.canvas.width()} × {viewer.canvas.height()}"
        figures = _both("window/level: mouse moved → painted", _drag(viewer), large)
        start = time.perf_counter()
        viewer = _show(window, "ct.dcm")
        loaded = time.perf_counter() - start
        stack = f"{frames} frames of 512 × 512, 16-bit"
        figures.append(Figure("stack: opened → every frame decoded", loaded, None, "s", stack))
        figures += _both("stack: wheel turned → painted", _scroll(viewer), stack)
        figures += _both("stack: window/level: mouse moved → painted", _drag(viewer), stack)
    return figures


@dataclass
class Took:
    """Seconds of one change: until it was painted, and of the CPU in the window's thread."""

    wall: float
    cpu: float


def _both(work: str, took: Sequence[Took], beside: str) -> list[Figure]:
    return [
        repeated(work, [one.wall for one in took], beside=beside),
        repeated(f"{work}: CPU of the window", [one.cpu for one in took], beside="tells the work on a busy machine"),
    ]


def _in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _show(window: MainWindow, name: str) -> ImageViewer:
    store = window.bridge.desk.project.store
    place = next(i for i in range(store.items.count()) if store.items.get(i).name == name)
    window.review.open_item(place)
    viewer = window.review.viewer
    if not isinstance(viewer, ImageViewer):
        raise RuntimeError("Another viewer is on screen: this measures nothing.")
    wait_until(lambda: is_settled(window) and viewer.picture is not None and window.media.is_idle)
    return viewer


def _painted(viewer: ImageViewer, act: Callable[[], None]) -> Took:
    """How long it takes until what `act` changed is painted. Raises RuntimeError when nothing was."""
    before = viewer.canvas.frame
    cpu, start = time.thread_time(), time.perf_counter()
    act()
    QCoreApplication.sendPostedEvents()
    took = Took(time.perf_counter() - start, time.thread_time() - cpu)
    if viewer.canvas.frame is None or viewer.canvas.frame is before:
        raise RuntimeError("Nothing was painted: this measures nothing.")
    return took


def _drag(viewer: ImageViewer) -> Sequence[Took]:
    def mouse(kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = QPointF(at)
        everywhere = QPointF(viewer.canvas.mapToGlobal(at))
        event = QMouseEvent(kind, place, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(viewer.canvas, event)

    none, right = Qt.MouseButton.NoButton, Qt.MouseButton.RightButton
    mouse(QEvent.Type.MouseButtonPress, QPoint(200, 200), right, right)
    seconds = []
    for number in range(CHANGES + _WARM_UP):
        at = QPoint(201 + number, 200 + number % 7)
        seconds.append(_painted(viewer, lambda at=at: mouse(QEvent.Type.MouseMove, at, none, right)))  # type: ignore[misc]
    mouse(QEvent.Type.MouseButtonRelease, QPoint(200, 200), right, none)
    return seconds[_WARM_UP:]


def _scroll(viewer: ImageViewer) -> Sequence[Took]:
    at = QPointF(200, 200)

    def turn(notches: int) -> None:
        event = QWheelEvent(
            at,
            QPointF(viewer.canvas.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewer.canvas, event)

    viewer.show_frame(0)
    QApplication.processEvents()
    last = viewer.frames - 1
    return [_painted(viewer, lambda: turn(-1)) for _ in range(last)][min(_WARM_UP, last // 2) :]
