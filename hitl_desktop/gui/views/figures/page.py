"""The figures page: five figures, their trends, groups, what is watched. Worked out beside the window."""

import importlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QStackedLayout, QWidget

from hitl_desktop.domain.decisions import AUTOPILOT
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.on_record import put_on_record
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.refused_page import RefusedPage
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, mark, tr, trn

if TYPE_CHECKING:  # numpy, the store and the plots come with the first figures, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.event_table import EventTable
    from hitl_desktop.gui.views.figures.board import Board
    from hitl_desktop.workflow.figures.compute import Found
    from hitl_desktop.workflow.project import Project

_PERIODS: Final[tuple[tuple[str, int | None], ...]] = (
    (mark("Since the project began"), None),
    (mark("Last 30 days"), 29),
    (mark("Last 7 days"), 6),
    (mark("Today"), 0),
)
_PAUSE_MS: Final = 300
_PAUSE_WHILE_BUSY_MS: Final = 2_000


class FiguresPage(QWidget):
    """While the page is hidden nothing is read; while decisions come in, it looks again every two seconds at most.

    `items_wanted(indexes, words)` asks for some items in review: pool indexes, and what they have in common.
    """

    items_wanted = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures_page")
        self.setAccessibleName(tr("Figures"))
        self._context = context
        self._known: EventTable | None = None
        self._column = ""
        self._is_stale = True
        self._is_report_wanted = False
        self.found: Found | None = None
        self.board: Board | None = None
        self.period, self.reviewer = QComboBox(), QComboBox()
        self.state = PlainLabel("", "small", "text2")
        self.refused = RefusedPage(context.theme)
        key = context.keymap.caption("report")
        self.report = Button(context.theme, tr("Report"), icon="file-text", key=key)
        self.report.setEnabled(False)
        self._beside, self._writing = Beside(self), Beside(self)
        self._written_of: Path | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._guard = WheelGuard(self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setProperty("focusRing", "none")
        self._lay_out()
        self._connect()

    @property
    def is_busy(self) -> bool:
        """True while figures are worked out, or are about to be."""
        is_showing = self.board is not None and self.board.is_busy
        return self._beside.is_busy or self._writing.is_busy or self._pause.isActive() or is_showing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)  # no ring: nobody walked here by Tab
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Work the figures out, beside the window; what is shown stays until they are there."""
        bridge = self._context.bridge
        self._pause.stop()
        if not bridge.is_open:
            return
        from hitl_desktop.workflow.figures.asked import Asked, as_it_stands
        from hitl_desktop.workflow.figures.asked import Beside as Answering

        self._is_stale = False
        days = self.period.currentData()
        since = None if days is None else date.today() - timedelta(days=days)
        asked = Asked(since, self.reviewer.currentData() or "", self._column)
        project, known, looking = as_it_stands(bridge.desk.project), self._known, Answering()

        def answer() -> object:
            from hitl_desktop.workflow.figures.compute import figures_of

            importlib.import_module("pyqtgraph")  # the longest part of showing plots for the first time
            return looking.answer(project, lambda seen, check: figures_of(seen, asked, known, check))

        self._beside.look(looking, answer)

    def ask_for_report(self) -> None:
        """Ask for a place, and write the report of what is shown there: HTML, PDF, and the figures as CSV and JSON."""
        if self.found is None or self._writing.is_busy:
            return
        project = self._context.bridge.desk.project
        suggested = str(project.folder.parent / f"{project.name}.html")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Write a report"), suggested, f"{tr('Report')} (*.html *.pdf)")
        if chosen:
            self.write_report(Path(chosen))

    def report_when_ready(self) -> None:
        """Ask for a place as soon as there are figures."""
        if self.found is not None:
            self.ask_for_report()
            return
        self._is_report_wanted = True

    def write_report(self, out: Path) -> None:
        """Draw the charts, and write the files beside the window."""
        from hitl_desktop.gui.report.content import report_of
        from hitl_desktop.gui.report.drawings import drawings_of
        from hitl_desktop.gui.report.files import check_places, write_report
        from hitl_desktop.workflow.figures.asked import Beside as Answering
        from hitl_desktop.workflow.figures.asked import as_it_stands

        found = self.found
        if found is None:
            return
        project, looking = as_it_stands(self._context.bridge.desk.project), Answering()
        drawings = drawings_of(found.figures, project.pool.threshold)
        fonts = self._context.theme.fonts

        def write(seen: "Project", _check: Callable[[], None]) -> object:
            check_places(seen, out)
            return write_report(report_of(seen, found), found.figures, drawings, fonts, out)

        self._written_of = project.folder
        self._writing.look(looking, lambda: looking.answer(project, write))

    def _written(self, answer: Any) -> None:
        if isinstance(answer, KnownError):
            self._context.bridge.tell(answer)
        elif isinstance(answer, Exception):
            raise answer
        else:
            if self._written_of is not None:
                put_on_record(self._context.bridge, self._written_of, Happening.REPORTED)
            words = tr("The report was written: {files}.", files=listed(path.name for path in answer))
            self._context.bridge.notified.emit(Message(words, "ok"))

    def _lay_out(self) -> None:
        for box, name in ((self.period, tr("Period")), (self.reviewer, tr("Reviewer"))):
            box.setAccessibleName(name)
            box.setMinimumContentsLength(14)
        self._guard.guard(self.period, self.reviewer)
        for title, days in _PERIODS:
            self.period.addItem(tr(title), days)
        self.reviewer.addItem(tr("All reviewers"), "")
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACE_8)
        self.head.addWidget(PlainLabel(tr("Figures"), "title"))
        self.head.addSpacing(SPACE_12)
        self.head.addWidget(self.state)
        self.head.addStretch(1)
        self.head.addWidget(self.period)
        self.head.addWidget(self.reviewer)
        self.head.addWidget(self.report)
        self.column = page_column(self)
        self.column.addLayout(self.head)
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        self._stack.addWidget(self.refused)
        self._show(None)
        self.column.addWidget(self._place)
        self.column.addStretch(1)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._changed)
        bridge.project_changed.connect(self._project_changed)
        bridge.closing.connect(self._stop)
        self._pause.timeout.connect(self.refresh)
        self._beside.answered.connect(self._take)
        self._beside.busy_changed.connect(self._show_state)
        self._writing.answered.connect(self._written)
        self._writing.busy_changed.connect(self._show_state)
        self.report.clicked.connect(self.ask_for_report)
        self.refused.again_wanted.connect(self.refresh)
        self.period.currentIndexChanged.connect(lambda _: self.refresh())
        self.reviewer.currentIndexChanged.connect(lambda _: self.refresh())

    def _stop(self) -> None:
        self._pause.stop()
        self._beside.close()
        self._writing.close()

    def _project_changed(self) -> None:
        self._stop()
        self._known, self.found, self._column = None, None, ""
        self.report.setEnabled(False)
        self._is_report_wanted = False
        for box in (self.period, self.reviewer):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self._is_stale = True
        self._show(None)
        if self.isVisible():
            self.refresh()

    def _changed(self, changes: "Changes") -> None:
        concerns = changes.decisions or changes.model or changes.pool or changes.routing or changes.classes
        if not concerns and not changes.settings:
            return
        self._is_stale = True
        if self.isVisible() and not self._pause.isActive():
            self._pause.start(_PAUSE_MS if changes.settings else _PAUSE_WHILE_BUSY_MS)

    def _take(self, answer: Any) -> None:
        if isinstance(answer, Exception):
            self._refuse(answer)
            return
        from hitl_desktop.gui.views.figures.board import Board

        self.found, self._known = answer, answer.events
        self.report.setEnabled(True)
        if self.board is None:
            self.board = Board(self._context)
            self._stack.addWidget(self.board)
            self.board.column_chosen.connect(self._choose_column)
            self.board.more_wanted.connect(self._ask_for_more)
        self._fill_reviewers(tuple(name for name in answer.events.reviewers if name != AUTOPILOT))
        self.board.show_figures(answer.figures)
        self._show(self.board)
        if self._is_report_wanted:
            self._is_report_wanted = False
            self.ask_for_report()

    def _refuse(self, error: Exception) -> None:
        """What is known stays, and a notice offers another try; where nothing is, the page itself does."""
        self._is_stale = True
        self._is_report_wanted = False
        if self.found is None:
            self.refused.show_error(error)
            self._show(self.refused)
        elif isinstance(error, KnownError):
            self._context.bridge.tell(error, tr("Try again"), self.refresh)
        if not isinstance(error, KnownError):
            raise error

    def _show(self, part: QWidget | None) -> None:
        """One of the board and the reason why there is none, or neither."""
        for one in (self.board, self.refused):
            if one is not None:
                one.setVisible(one is part)
        if part is not None:
            self._stack.setCurrentWidget(part)

    def _fill_reviewers(self, names: tuple[str, ...]) -> None:
        """Offer everybody who ever decided; what is chosen stays."""
        there = [self.reviewer.itemData(place) for place in range(1, self.reviewer.count())]
        if there == list(names):
            return
        chosen = self.reviewer.currentData()
        self.reviewer.blockSignals(True)
        while self.reviewer.count() > 1:
            self.reviewer.removeItem(1)
        for name in names:
            self.reviewer.addItem(name, name)
        self.reviewer.setCurrentIndex(max(0, self.reviewer.findData(chosen)))
        self.reviewer.blockSignals(False)

    def _choose_column(self, name: str) -> None:
        self._column = name
        self.refresh()

    def _ask_for_more(self, checks: int) -> None:
        """The next random checks, in their order: only what is answered in turn measures."""
        from hitl_desktop.domain.pool import TO_DO

        project = self._context.bridge.desk.project
        order = project.reserve.order
        waiting = order[project.pool.states[order] == TO_DO][:checks]
        words = trn("{n} random check", "{n} random checks", len(waiting))
        self.items_wanted.emit([int(index) for index in waiting], words)

    def _show_state(self) -> None:
        is_first = self._beside.is_busy and self.found is None
        self.state.setText(
            tr("Writing the report…") if self._writing.is_busy else tr("Working it out…") if is_first else ""
        )
