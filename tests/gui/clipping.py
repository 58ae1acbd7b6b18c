"""Look for text that does not fit: every page of a project, in one language, at one scale of the screen.

    QT_SCALE_FACTOR=2 python -m tests.gui.clipping PROJECT de

prints one line for each text that is cut off. Run in a process of its own, since Qt reads the scale once. What is
shortened by design, with the whole text as tooltip (names of items and classes, paths), does not count.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QHeaderView, QLabel, QMenu, QWidget

from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.widgets.class_button import ClassButton
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted, PaintedButton

SLACK = 1
SIZES = (QSize(960, 640), QSize(1280, 800))
_COMBO_ROOM = 24


def clipped(top: QWidget) -> Iterator[str]:
    """What is cut off in a window or dialog, as words."""
    for widget in [top, *top.findChildren(QWidget)]:
        if widget.isVisibleTo(top) and not widget.visibleRegion().isEmpty():
            lack = _lack(widget)
            if lack:
                yield f"{type(widget).__name__} {_words(widget)!r}: {lack}"


def _lack(widget: QWidget) -> str:
    """What the widget has too little of, or ""."""
    if isinstance(widget, PlainLabel):
        return _label_lack(widget)
    if isinstance(widget, ClassButton):
        return ""
    if isinstance(widget, QComboBox):
        need = QFontMetrics(widget.font()).horizontalAdvance(widget.currentText()) + _COMBO_ROOM
        return _short(need, widget.width(), "wide")
    if isinstance(widget, QHeaderView):
        return _header_lack(widget)
    if isinstance(widget, QAbstractButton | PaintedButton):
        hint = widget.sizeHint()
        return _short(hint.width(), widget.width(), "wide") or _short(hint.height(), widget.height(), "high")
    if isinstance(widget, Painted):
        least = widget.minimumSizeHint()
        return _short(least.width(), widget.width(), "wide") or _short(least.height(), widget.height(), "high")
    return _beyond(widget) if isinstance(widget, QLabel) else ""


def _label_lack(label: PlainLabel) -> str:
    if not label.text() or label._elide:
        return ""
    if label.wordWrap():
        return _short(label.heightForWidth(label.width()), label.height(), "high") or _beyond(label)
    need = QFontMetrics(label.font()).horizontalAdvance(max(label.text().split("\n"), key=len))
    return _short(need, label.contentsRect().width(), "wide") or _beyond(label)


def _header_lack(header: QHeaderView) -> str:
    if header.orientation() != Qt.Orientation.Horizontal:
        return ""
    for section in range(header.count()):
        need, has = header.sectionSizeHint(section), header.sectionSize(section)
        if not header.isSectionHidden(section) and need > has + SLACK:
            title = header.model().headerData(section, Qt.Orientation.Horizontal)
            return f"column {title!r} needs {need}, has {has}"
    return ""


def _beyond(widget: QWidget) -> str:
    """Cut off by the edge of the window, at a side where nothing scrolls."""
    window = widget.window()
    left = widget.mapTo(window, QPoint(0, 0)).x()
    return f"reaches from {left} beyond {window.width()}" if left + widget.width() > window.width() + SLACK else ""


def _short(need: int, has: int, way: str) -> str:
    return f"needs {need}, has {has} {way}" if need > has + SLACK else ""


def _words(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return widget.text()[:60]
    return (widget.accessibleName() or widget.objectName())[:60]


def _menu_lack(menu: QMenu) -> Iterator[str]:
    """Menus that do not fit on the screen."""
    screen = menu.screen().availableSize()
    for part in [menu, *(action.menu() for action in menu.actions() if isinstance(action.menu(), QMenu))]:
        hint = part.sizeHint()
        if hint.width() > screen.width() or hint.height() > screen.height():
            yield f"menu {part.title()!r} of {hint.width()} × {hint.height()} does not fit on the screen"


def look_everywhere(window: MainWindow, project: Path) -> Iterator[str]:
    """Start page, every page, the menus and the sheet of keys, in both themes and at two sizes of the window."""
    from hitl_desktop.gui.screenshots import _wait_until, is_settled
    from hitl_desktop.gui.views.keys_page import KeysSheet

    theme = window.context.theme
    for mode in ("light", "dark"):
        theme.set_mode(mode)  # type: ignore[arg-type]
        for size in SIZES:
            window.bridge.close_project()
            window.resize(size)
            window.show()
            QApplication.processEvents()
            where = f"{mode} {size.width()}"
            yield from (f"start, {where}: {lack}" for lack in clipped(window))
            window.bridge.open_project(project)
            _wait_until(lambda: is_settled(window))
            for page in VIEWS:
                window.show_page(page)
                _wait_until(lambda: is_settled(window))
                yield from (f"{page}, {where}: {lack}" for lack in clipped(window))
        sheet: QDialog = KeysSheet(window.context, window)
        sheet.show()
        QApplication.processEvents()
        yield from (f"keys sheet, {mode}: {lack}" for lack in clipped(sheet))
        sheet.close()
    yield from _menu_lack(window._menu)


def main() -> int:
    """Print what is cut off; returns how many lines."""
    from hitl_desktop import paths
    from hitl_desktop.gui.application import build_window
    from hitl_desktop.workflow.settings import SettingsFile

    project, language = Path(sys.argv[1]), sys.argv[2]
    application = QApplication(["clipping"])
    settings = SettingsFile(paths.user_config())
    if hasattr(settings.value, "language"):
        settings.change(language=language)
    window = build_window(application, "light")
    found = list(dict.fromkeys(look_everywhere(window, project)))
    for line in found:
        print(line)
    window.close()
    return min(len(found), 100)


if __name__ == "__main__":
    sys.exit(main())
