"""Pictures of the window: every page, both themes, offscreen. Also the self-test's look at a window."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.views import VIEWS

_SETTLE_MS = 120_000
SIZES = (QSize(1280, 800), QSize(1920, 1080))


def take_screenshots(
    project: Path, out: Path, themes: Sequence[str] = ("light", "dark"), sizes: Sequence[QSize] = SIZES[:1]
) -> list[Path]:
    """Open `project` in a window that nobody sees and write one PNG per page, theme and size to `out`."""
    application = _application()
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for theme in themes:
        window = build_window(application, theme)
        try:
            for size in sizes:
                written += _pages_of(application, window, project, out, f"{theme}_{size.width()}", size)
        finally:
            window.close()
            window.deleteLater()
            application.processEvents()
    return written


def check_window() -> None:
    """Open a window offscreen, paint it, close it. Raises KnownError when nothing was painted."""
    application = _application()
    window = build_window(application)
    window.show()
    application.processEvents()
    picture = window.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 40) for y in range(0, 400, 20)}
    window.close()
    window.deleteLater()
    application.processEvents()
    if len(colours) < 3:
        raise KnownError(say("The window stayed empty."))


def settled_picture(window: MainWindow, is_ready: Callable[[], bool], path: Path) -> Path:
    """Wait until the window is ready and laid out, and write a picture of it."""
    _wait_until(is_ready)
    return _grab(window, path)


def _pages_of(
    application: QApplication, window: MainWindow, project: Path, out: Path, mark: str, size: QSize
) -> list[Path]:
    window.bridge.close_project()
    window.resize(size)
    window.show()
    application.processEvents()
    written = [_grab(window, out / f"start_{mark}.png")]
    if not window.bridge.open_project(project):
        raise KnownError(say("The project {name} cannot be opened.", name=project.name))
    for page in VIEWS:
        window.show_page(page)
        _wait_until(lambda: is_settled(window))
        written.append(_grab(window, out / f"{page}_{mark}.png"))
    return written


def is_settled(window: MainWindow) -> bool:
    """True when scoring and the order of asking have ended, and the item on screen is decoded."""
    viewer = window.review.viewer
    is_shown = window.review.is_done or (viewer is not None and not viewer.is_loading)
    bridge = window.bridge
    is_quiet = bridge.scoring is None and bridge.preparing is None and not bridge.planning.is_busy
    is_quiet = is_quiet and not window.browsing.is_busy
    # A page that works something out has a thread for it.
    is_told = not any(beside.is_busy for beside in window.findChildren(Beside))
    return is_quiet and is_told and is_shown and _is_decoded(window)


def _is_decoded(window: MainWindow) -> bool:
    """True when no picture is waited for; some pages have decoders of their own."""
    return all(media.is_idle for media in (window.media, *window.findChildren(Media)))


def _grab(window: MainWindow, path: Path) -> Path:
    QApplication.processEvents()
    window.grab()  # what is painted asks for more, such as thumbnails
    _wait_until(lambda: _is_decoded(window))
    if not window.grab().save(str(path)):
        raise KnownError(say("{path} cannot be written.", path=str(path)), say("Choose another place."))
    return path


def _wait_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until the condition holds; give up after two minutes."""
    loop = QEventLoop()
    poll = QTimer()
    poll.setInterval(20)
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    poll.start()
    QTimer.singleShot(_SETTLE_MS, loop.quit)
    if not condition():
        loop.exec()
    poll.stop()
    for _ in range(5):
        QApplication.processEvents()


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication(["hitl-desktop"])
