"""The longest time that the window is not heard while megabytes of text are shown, scrolled, searched and resized."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import ItemView
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from tests.benchmarks.figures import Figure

TEXTS: dict[str, str] = {
    "1 MB in one line": "word and more " * 75_000,
    "8 MB in one line": "lorem ipsum " * 680_000,
    "8 MB without a blank": "x" * 8_000_000,
    "5 MB in 125,000 lines": "a line of text that is not too long, äöü\n" * 125_000,
}
REST_SECONDS = 1.0


def measure(folder: Path, quick: bool) -> list[Figure]:
    """The worst gap of each act, in wall time and in CPU time of the window's thread."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["hitl-desktop"])
    theme, media = Theme("light"), Media()
    theme.apply(application)
    viewer = TextViewer(theme, media)
    viewer.resize(852, 688)
    viewer.show()
    figures: list[Figure] = []
    for name, text in list(TEXTS.items())[: 1 if quick else None]:
        figures += _figures(viewer, name, text)
    media.close()
    viewer.close()
    return figures


def _figures(viewer: TextViewer, name: str, text: str) -> list[Figure]:
    acts: dict[str, Callable[[], object]] = {
        "shown": lambda: viewer.show_item(ItemView(name, name, text=text)),
        "a page down": lambda: viewer.pane.scroll_pages(1),
        "to the end": lambda: viewer.pane.go_to(viewer.pane.shown.length),
        "larger": lambda: viewer.set_text_points(20),
        "another width": lambda: viewer.resize(700, 600),
        "a letter looked for": lambda: (viewer.open_find(), viewer.find_bar.field.setText("o")),
        "the next item": lambda: viewer.show_item(ItemView("next", "next", text="short")),
    }
    found = [_worst(f"{name}: {what}", act) for what, act in acts.items()]
    viewer.set_text_points(18)
    viewer.resize(852, 688)
    return found


def _worst(what: str, act: Callable[[], object]) -> Figure:
    wall = cpu = 0.0
    until = time.monotonic() + REST_SECONDS
    last_wall, last_cpu = time.perf_counter(), time.thread_time()
    act()
    while time.monotonic() < until:
        QApplication.processEvents()
        now_wall, now_cpu = time.perf_counter(), time.thread_time()
        wall, cpu = max(wall, now_wall - last_wall), max(cpu, now_cpu - last_cpu)
        time.sleep(0.0005)
        last_wall, last_cpu = time.perf_counter(), time.thread_time()
    return Figure(f"{what}, worst gap", 1e3 * wall, None, "ms", f"{1e3 * cpu:.0f} ms of them CPU")
