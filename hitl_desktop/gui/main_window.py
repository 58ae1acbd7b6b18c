"""The window: reads the tables, joins the pages, owns no logic."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop import paths
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import ProjectDamaged, ProjectElsewhere, ProjectStrange
from hitl_desktop.gui.actions import ACTIONS, Action
from hitl_desktop.gui.adding import compare_what_was_not
from hitl_desktop.gui.backups import BackupKeeper
from hitl_desktop.gui.beside import close_all
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.commands import Commands
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.doorkeeper import OPEN_TO_ALL, Doorkeeper
from hitl_desktop.gui.item_jump import Place
from hitl_desktop.gui.job_line import JobLine
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.trouble_teller import TroubleTeller
from hitl_desktop.gui.views.safe_page import SafePage
from hitl_desktop.gui.views.start_page import StartPage
from hitl_desktop.gui.widgets.key_menu import KeyMenu
from hitl_desktop.gui.widgets.notice_bar import Notice, NoticeArea
from hitl_desktop.language import tr, trn

if TYPE_CHECKING:  # made when the first project is opened: the start page paints without them
    from hitl_desktop.gui.desk_view import DeskView
    from hitl_desktop.gui.views.new_project.page import NewProjectPage
    from hitl_desktop.gui.views.review.page import ReviewPage

MINIMUM = QSize(960, 640)
USUAL = QSize(1280, 800)
_CLOSING_PATIENCE_MS = 150
"""Closing may take so long before it is shown what it waits for."""


class MainWindow(QMainWindow):
    """Start page, wizard, or the desk of an open project; the desk is made when it is first needed.

    `renewal_wanted`: the language or the keys have changed, and another window should take the place of this one;
    `successor` is that one.
    """

    renewal_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setWindowTitle(paths.APP_NAME)
        self.setMinimumSize(MINIMUM)
        self._context = context
        self.commands = Commands(self, context)
        self.teller = TroubleTeller(self, context)
        self._safe: SafePage | None = None
        self.backups = BackupKeeper(context.bridge, self)
        self.backups.restored.connect(self.commands.restored)
        self._actions: dict[str, QAction] = {}
        self._enabled_for_open: bool | None = None
        self._menus: dict[str, QMenu] = {}
        self._menu = QMenu(self)
        self._projects = QMenu(self)
        self._projects.aboutToShow.connect(self._fill_projects)
        self._make_menus()
        self._desk: DeskView | None = None
        self._is_retired = False
        self.successor: MainWindow | None = None
        self._wizard: NewProjectPage | None = None
        # Each part in its place from the beginning: put into another later, it is styled anew with all that it holds.
        self._body = QWidget(self)
        self._stack = QStackedWidget(self._body)
        self.start = StartPage(context, self._stack)
        self._stack.addWidget(self.start)
        self.door = Doorkeeper(context, self._stack, self)
        self.notices = NoticeArea(context.theme)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        column.addWidget(JobLine(context.theme, context.bridge))
        self.setCentralWidget(self._body)
        self._connect()
        self._enable_actions()
        self._restore_geometry()

    @property
    def context(self) -> Context:
        """What the pages are given."""
        return self._context

    @property
    def page_id(self) -> str:
        """The page of the desk that is shown; empty on the start page and in the wizard."""
        return self._desk.page_id if self._desk is not None and self._stack.currentWidget() is self._desk else ""

    @property
    def bridge(self) -> Bridge:
        """The way to the workflows."""
        return self._context.bridge

    @property
    def media(self) -> Media:
        """The decoded pictures."""
        return self._context.media

    @property
    def browsing(self) -> Browsing:
        """What the lists of items show."""
        return self._context.browsing

    def open_when_shown(self, opening: Callable[[], object]) -> None:
        """Do something as soon as the window has painted itself once."""
        QTimer.singleShot(0, opening)

    def open_safely(self, last: Path | None) -> SafePage:
        """Open nothing and let nothing run by itself; `last` is the project that may have been the reason."""
        self.bridge.works_by_itself = False
        self.resize(USUAL)
        page = self._safe = SafePage(self._context, last)
        page.project_wanted.connect(self.bridge.open_project)
        page.other_project_wanted.connect(self.commands.open_project)
        page.restore_wanted.connect(self.commands.restore_backup)
        page.report_wanted.connect(self.teller.show_report)
        page.start_wanted.connect(self._leave_safe_page)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        return page

    def _leave_safe_page(self) -> None:
        self._safe = None
        self.show_what_is_open()

    @property
    def review(self) -> "ReviewPage":
        """The review page. A project must be open."""
        return self._the_desk().review

    @property
    def desk(self) -> "DeskView":
        """Header, rail, pages and footer."""
        return self._the_desk()

    def show_page(self, page_id: str) -> None:
        """Show a page of the open project."""
        if self.door.is_asking:
            return
        self._the_desk().show_page(page_id)

    def show_settings(self, page_id: str = "settings") -> None:
        """The settings page, or another page that needs no project."""
        if self.door.is_asking:
            return
        self._the_desk().show_page(page_id)
        self._stack.setCurrentWidget(self._the_desk())

    def show_wizard(self, path: Path) -> None:
        """Begin a new project from a folder or a table."""
        from hitl_desktop.gui.views.new_project.page import NewProjectPage

        if self._wizard is not None:
            self._stack.removeWidget(self._wizard)
            self._wizard.deleteLater()
        wizard = NewProjectPage(self._context, self._stack)
        wizard.finished.connect(self._wizard_finished)
        wizard.cancelled.connect(self.show_what_is_open)
        self._wizard = wizard
        self._stack.addWidget(wizard)
        self._stack.setCurrentWidget(wizard)
        (wizard.begin_folder if path.is_dir() else wizard.begin_table)(path)

    def set_busy(self, busy: bool) -> None:
        """Keep the start page from being used twice while a sample is being made."""
        self.start.setEnabled(not busy)

    def toggle_item_only(self) -> None:
        """Hide everything but the item, or bring it back."""
        self._the_desk().toggle_item_only()

    def triggers(self) -> list[Place]:
        """The commands that can be used now, for the way to everywhere."""
        caption = self._context.keymap.caption
        return [
            (action.text().replace("…", "").replace("&&", "&"), action.trigger, caption(name))
            for name, action in self._actions.items()
            if action.isEnabled() and not name.startswith("page_")
        ]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self._stack.currentWidget() is self.start:
            self.start.setFocus()

    def retire(self) -> None:
        """Another window takes the place of this one: project, jobs and pictures are its own from now on."""
        self._is_retired = True
        self.backups.close()
        self.door.close()
        if self._desk is not None:
            self._desk.watching.close()
            self._desk.alerts.close()
        if self._wizard is not None:
            self._wizard.abandon()
        if self._desk is not None and self.bridge.is_open:
            self.review.keep_draft()

    def drop_pages(self) -> None:
        """Let go of all pages but the item's, which the window that takes the place of this one goes on from.

        What is still there is styled for the other language with the rest, a second for two thousand widgets.
        """
        if self._desk is not None:
            self._desk.drop_pages()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_retired:
            super().closeEvent(event)
            return
        self._context.settings.change(geometry=bytes(self.saveGeometry().toHex().data()).decode())
        self._context.bridge.close()
        self.door.close()
        self.backups.left()
        if not self.backups.finish(_CLOSING_PATIENCE_MS):
            event.ignore()
            self._close_after_the_backup()
            return
        if self._desk is not None:
            self._desk.watching.close()
            self._desk.alerts.close()
        close_all(self, self.bridge, self._context.browsing)
        self._context.media.close()
        super().closeEvent(event)

    def _close_after_the_backup(self) -> None:
        """Show that closing takes longer, and close as soon as the backup is there."""
        from hitl_desktop.gui.views.closing_sheet import ClosingSheet

        sheet = ClosingSheet(self._context.theme, self.backups, self)
        sheet.accepted.connect(self.close)
        sheet.open()

    def _connect(self) -> None:
        bridge, start, commands = self._context.bridge, self.start, self.commands
        bridge.notified.connect(self._tell)
        bridge.changed.connect(self._on_changed)
        bridge.project_changed.connect(self.notices.forget_project)
        bridge.project_changed.connect(self.show_what_is_open)
        bridge.project_changed.connect(lambda: compare_what_was_not(bridge))
        bridge.reviewer_changed.connect(self._follow_reviewer)
        self.door.passed.connect(self.show_what_is_open)
        self.door.changed.connect(self._enable_actions)
        self.door.close_wanted.connect(commands.close_project)
        self._stack.currentChanged.connect(self._place_notices)
        start.folder_wanted.connect(commands.open_folder)
        start.table_wanted.connect(commands.open_table)
        start.dropped.connect(commands.begin)
        start.sample_wanted.connect(commands.use_sample)
        start.project_wanted.connect(bridge.open_project)
        start.other_project_wanted.connect(commands.open_project)
        start.find_folder_wanted.connect(commands.find_folder_of)
        start.restore_wanted.connect(commands.restore_backup)
        start.settings_wanted.connect(self.show_settings)
        start.keys_wanted.connect(commands.keys)

    def _make_menus(self) -> None:
        for row in ACTIONS:
            if row.menu not in self._menus:
                self._menus[row.menu] = KeyMenu(tr(row.menu), self._menu)
                self._menu.addMenu(self._menus[row.menu])
            self._menus[row.menu].addAction(self._make_action(row))

    def _make_action(self, row: Action) -> QAction:
        if row.separator_before:
            self._menus[row.menu].addSeparator()
        action = QAction(tr(row.text), self)
        action.setObjectName(row.id)
        keys = self._context.keymap.keys.get(row.id, ())
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(getattr(self.commands, row.id))
        self.addAction(action)
        self._actions[row.id] = action
        return action

    def _enable_actions(self) -> None:
        is_open = self._context.bridge.is_open
        if is_open is not self._enabled_for_open:
            self._enabled_for_open = is_open
            for row in ACTIONS:
                self._actions[row.id].setEnabled(is_open or not row.needs_project)
        self._actions["lock"].setEnabled(is_open and self.bridge.reviewers.can_lock)
        if self.door.is_asking:
            for name, action in self._actions.items():
                action.setEnabled(name in OPEN_TO_ALL)
        elif is_open:
            session = self._context.bridge.desk.session
            undo = session.undo_text()
            self._actions["undo"].setEnabled(bool(undo) and self.bridge.desk.project.store.is_writer)
            self._actions["undo"].setText(undo.replace("&", "&&") or tr("Undo"))

    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if changes.decisions or changes.items:  # a mark can be taken back as well
            self._enable_actions()

    def _follow_reviewer(self) -> None:
        self.door.follow_settings()
        self._enable_actions()

    def _tell(self, message: Message) -> None:
        tone = message.tone if message.tone in ("info", "ok", "warn", "danger") else "info"
        action, on_action = message.action, message.on_action
        if isinstance(message.error, ProjectDamaged) and on_action is None:
            action, on_action = tr("Restore backup…"), partial(self.commands.restore_backup_of, message.error.folder)
        if isinstance(message.error, ProjectStrange) and on_action is None:
            action, on_action = tr("Take it over…"), partial(self.commands.archives.take_over, message.error.folder)
        if isinstance(message.error, ProjectElsewhere):
            self.commands.archives.ask_whose(message.error)
            return
        notice = Notice(message.text, tone, action, on_action, message.of_project)  # type: ignore[arg-type]
        self.notices.show_notice(notice)

    def show_what_is_open(self) -> None:
        """The desk of the open project, or the start page."""
        bridge = self._context.bridge
        self._enable_actions()
        if self.door.stops():
            self.setWindowTitle(paths.APP_NAME)
        elif bridge.is_open:
            desk = self._the_desk()
            self._stack.setCurrentWidget(desk)
            desk.show_page("review")
            self.setWindowTitle(f"{bridge.desk.project.name} – {paths.APP_NAME}")
            if replayed := bridge.desk.project.store.replayed.decisions:
                text = trn(
                    "{n} decision that the database did not have was taken from the second record.",
                    "{n} decisions that the database did not have were taken from the second record.",
                    replayed,
                )
                self._tell(Message(text, "warn", of_project=True))
            if distrust := bridge.desk.project.distrust:
                words, go_on = tr("Work in it all the same"), self.commands.archives.go_on
                self._tell(Message(str(distrust), "warn", words, go_on, of_project=True))
            if not bridge.desk.project.data_is_there:
                text = trn(
                    "The pictures of this project have moved. {n} decision is safe.",
                    "The pictures of this project have moved. {n} decisions are safe.",
                    bridge.desk.project.pool.ledger().decided,
                )
                self._tell(Message(text, "warn", tr("Find folder"), self.commands.find_folder, of_project=True))
            self.teller.tell_of_place()
        else:
            self._stack.setCurrentWidget(self._safe or self.start)
            self.setWindowTitle(paths.APP_NAME)

    def _place_notices(self) -> None:
        """Notices stand under the header of the desk, and at the top of the other pages."""
        current = self._stack.currentWidget()
        layout = current.layout() if current is self._desk and current is not None else self._body.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(1 if current is self._desk else 0, self.notices)

    def _wizard_finished(self, folder: Path) -> None:
        if not self._context.bridge.open_project(folder):
            self.show_what_is_open()

    def _the_desk(self) -> "DeskView":
        if self._desk is None:
            from hitl_desktop.gui.desk_view import DeskView

            self._desk = DeskView(self._context, self.commands, self._menu, self._projects, self._stack)
            self._desk.renewal_wanted.connect(self.renewal_wanted)
            self._stack.addWidget(self._desk)
        return self._desk

    def _fill_projects(self) -> None:
        self._projects.clear()
        for recent in self._context.settings.value.recent:
            entry = self._projects.addAction(recent.name.replace("&", "&&"))
            entry.triggered.connect(partial(self._context.bridge.open_project, Path(recent.folder)))
        self._projects.addSeparator()
        self._projects.addAction(self._actions["open_project"])
        self._projects.addAction(self._actions["close_project"])

    def _restore_geometry(self) -> None:
        self.resize(USUAL)
        stored = self._context.settings.value.geometry
        if stored:
            self.restoreGeometry(QByteArray.fromHex(stored.encode("ascii", "ignore")))
