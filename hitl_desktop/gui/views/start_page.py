"""The start page: own data, samples, and the projects that were open before. It is painted before numpy is loaded."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop import __version__, paths
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import CONTROL_SMALL, SPACE_8, SPACE_12, SPACE_24, SPACE_32, SPACE_56
from hitl_desktop.gui.views.recent_row import Condition, RecentRow
from hitl_desktop.gui.views.sample_row import SampleRow
from hitl_desktop.gui.views.start_drawings import DropZone, Logo, Promises
from hitl_desktop.gui.widgets.big_choice import BigChoice
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr
from hitl_desktop.workflow.samples import catalogue

_SIDE_WIDTH: Final = 408
_SIDE_WIDTH_NARROW: Final = 336
_NARROW: Final = 1100
"""Below this width of the window the margins shrink and the two large buttons stand one above the other."""
_CONTENT_MAX: Final = 880
_LEFT: Final = 64


class StartPage(QWidget):
    """Says what the person wants; the window does it. `dropped` carries a path that exists."""

    folder_wanted = Signal()
    table_wanted = Signal()
    dropped = Signal(Path)
    sample_wanted = Signal(str)
    project_wanted = Signal(Path)
    other_project_wanted = Signal()
    find_folder_wanted = Signal(Path)
    restore_wanted = Signal()
    settings_wanted = Signal()
    keys_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("start_page")
        self.setAccessibleName(tr("Start"))
        self.setAcceptDrops(True)
        self.rows: list[RecentRow] = []
        self._commands = {
            "open_folder": self.folder_wanted,
            "open_table": self.table_wanted,
            "settings": self.settings_wanted,
            "keys": self.keys_wanted,
        }
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        own = _scrolling(self._own_side())
        own.setAlignment(Qt.AlignmentFlag.AlignHCenter)  # of a wide window, both sides have the room left over
        outer.addWidget(own, 1)
        outer.addWidget(_upright_rule())
        outer.addWidget(self._recent_side())
        self._arrange(narrow=False)
        context.bridge.project_changed.connect(self.refresh)
        context.bridge.changed.connect(self._changed)
        self.refresh()

    def refresh(self, changes: Changes = NOTHING) -> None:
        """Show the recent projects as they are now. Changes inside a project are not shown until it is closed."""
        shown = self._context.settings.value.recent
        _clear(self._list)
        self.rows = []
        for number, project in enumerate(shown):
            if number:
                self._list.addWidget(rule())
            row = RecentRow(self._context.theme, project)
            row.clicked.connect(lambda _=False, row=row: self._open(row))
            row.remedy_wanted.connect(lambda row=row: self._remedy(row))
            self._list.addWidget(row)
            self.rows.append(row)
        self._card.setVisible(bool(shown))
        self._nothing.setVisible(not shown)
        self.restore_button.setVisible(any(row.condition is not Condition.MISSING for row in self.rows))

    def focus_first(self) -> None:
        """Put the focus where work goes on: on the newest project, or, the first time, on the folder of images."""
        there = [row for row in self.rows if row.condition is not Condition.MISSING]
        (there[0] if there else self.folder_button).setFocus(Qt.FocusReason.TabFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()
            # The window takes the focus after it is shown, so the page asks for it one turn later.
            QTimer.singleShot(0, self, self.focus_first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(narrow=event.size().width() < _NARROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys that the page prints."""
        command = self._context.keymap.command(event)
        if command in self._commands and not event.isAutoRepeat():
            self._commands[command].emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dragged_path(event) is not None:
            event.acceptProposedAction()
            self.drop_zone.set_active(True)
            self._context.bridge.expect("look")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_zone.set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_zone.set_active(False)
        path = _dragged_path(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _changed(self, changes: Changes, _: object) -> None:
        if changes.settings and self.isVisible():
            self.refresh(changes)

    def _open(self, row: RecentRow) -> None:
        if row.condition is not Condition.MISSING:
            self.project_wanted.emit(Path(row.project.folder))

    def _remedy(self, row: RecentRow) -> None:
        if row.condition is Condition.MOVED:
            self.find_folder_wanted.emit(Path(row.project.folder))
        else:
            self._context.settings.forget(row.project.folder)
            QTimer.singleShot(0, self, self._refresh_and_focus)  # the row must not vanish under its own signal

    def _refresh_and_focus(self) -> None:
        self.refresh()
        self.focus_first()

    def _own_side(self) -> QWidget:
        theme, keymap = self._context.theme, self._context.keymap
        side = QFrame()
        side.setProperty("pane", "window")
        self._own_column = column = QVBoxLayout(side)
        column.setSpacing(0)
        column.addLayout(self._title())
        column.addSpacing(22)
        column.addWidget(PlainLabel(tr("Start with your own data"), "title"))
        column.addSpacing(SPACE_12)
        self.folder_button = BigChoice(
            theme, "images", tr("Folder of images"), tr("PNG, JPEG, TIFF, WebP, DICOM"), keymap.caption("open_folder")
        )
        self.table_button = BigChoice(
            theme, "table", tr("Table of texts"), tr("CSV, TSV, JSON lines"), keymap.caption("open_table")
        )
        self.folder_button.clicked.connect(self.folder_wanted)
        self.table_button.clicked.connect(self.table_wanted)
        self._choices = QGridLayout()
        self._choices.setSpacing(SPACE_12)
        column.addLayout(self._choices)
        column.addSpacing(SPACE_12)
        self.drop_zone = DropZone(theme)
        column.addWidget(self.drop_zone)
        column.addSpacing(SPACE_24)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("Or try a sample"), "title"))
        head.addStretch(1)
        self._aside = PlainLabel(tr("in the box, first item in under a minute"), "small", "text2")
        head.addWidget(self._aside)
        column.addLayout(head)
        column.addSpacing(SPACE_12)
        column.addWidget(self._samples())
        column.addSpacing(SPACE_24)
        column.addWidget(Promises(theme))
        column.addStretch(1)
        side.setMaximumWidth(_CONTENT_MAX + 2 * _LEFT)
        return side

    def _arrange(self, narrow: bool) -> None:
        left = SPACE_32 if narrow else _LEFT
        self._own_column.setContentsMargins(left, SPACE_56, left, SPACE_32)
        self._side.setFixedWidth(_SIDE_WIDTH_NARROW if narrow else _SIDE_WIDTH)
        self._aside.setHidden(narrow)
        self._choices.addWidget(self.folder_button, 0, 0)
        self._choices.addWidget(self.table_button, 1 if narrow else 0, 0 if narrow else 1)
        for number in range(2):
            self._choices.setColumnStretch(number, 0 if narrow and number else 1)

    def _title(self) -> QLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(Logo(self._context.theme))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PlainLabel(paths.APP_NAME, "number"))
        words.addWidget(PlainLabel(tr("You decide what is uncertain. The model learns from it."), "body", "text2"))
        row.addLayout(words)
        row.addStretch(1)
        return row

    def _samples(self) -> QWidget:
        card = _card()
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.sample_buttons: dict[str, Button] = {}
        for number, sample in enumerate(catalogue()):
            if number:
                column.addWidget(rule())
            row = SampleRow(self._context.theme, sample)
            row.button.clicked.connect(lambda _=False, name=sample.id: self.sample_wanted.emit(name))
            self.sample_buttons[sample.id] = row.button
            column.addWidget(row)
        return card

    def _recent_side(self) -> QWidget:
        theme = self._context.theme
        side = QFrame()
        side.setProperty("pane", "sunken")
        self._side = side
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE_24, 74, SPACE_24, 10)
        column.setSpacing(SPACE_12)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("Continue"), "title"))
        head.addStretch(1)
        self.other_button = Button(theme, tr("Open another project…"), "link", size="small")
        self.other_button.clicked.connect(self.other_project_wanted)
        head.addWidget(self.other_button)
        column.addLayout(head)
        self._nothing = PlainLabel(tr("No projects yet. Those you make are listed here."), "body", "text2", wrap=True)
        column.addWidget(self._nothing)
        self._card = _card()
        self._list = QVBoxLayout(self._card)
        self._list.setContentsMargins(1, 1, 1, 1)
        self._list.setSpacing(0)
        content = QFrame()
        content.setProperty("pane", "sunken")
        stack = QVBoxLayout(content)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self._card)
        stack.addStretch(1)
        column.addWidget(_scrolling(content, "sunken"), 1)
        self.restore_button = Button(theme, tr("Restore backup…"), "quiet", icon="hard-drive", size="small")
        self.restore_button.clicked.connect(self.restore_wanted)
        column.addWidget(self.restore_button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addLayout(self._foot())
        return side

    def _foot(self) -> QLayout:
        theme = self._context.theme
        row = Flow(spacing=0)
        self.keys_button = Button(
            theme, tr("Keys"), "quiet", icon="keyboard", key=self._context.keymap.caption("keys"), size="small"
        )
        self.settings_button = Button(theme, tr("Settings"), "quiet", icon="settings", size="small")
        self.keys_button.clicked.connect(self.keys_wanted)
        self.settings_button.clicked.connect(self.settings_wanted)
        row.addWidget(self.keys_button)
        row.addWidget(self.settings_button)
        version = PlainLabel(tr("Version {version}", version=__version__), "small", "text2")
        version.setMinimumHeight(theme.px(CONTROL_SMALL))
        version.setContentsMargins(SPACE_8, 0, 0, 0)
        row.addWidget(version)
        return row


def _dragged_path(event: QDropEvent) -> Path | None:
    """The one folder or file that is dragged, if it is one and it is there."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.exists() else None


def _scrolling(content: QWidget, pane: str = "window") -> QScrollArea:
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setProperty("pane", pane)
    return area


def _card() -> QFrame:
    card = QFrame()
    card.setProperty("card", "true")
    return card


def _upright_rule() -> QFrame:
    line = QFrame()
    line.setProperty("rule", "v")
    line.setFixedWidth(1)
    return line


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
