"""The record of the open project, looked through beside the window: intact, or where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.icon_text import IconText
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable, said
from hitl_desktop.language import mark, number, percent, tr, trn

if TYPE_CHECKING:  # the store comes with the first project, not with the first paint
    from hitl_desktop.domain.record_events import Fault, RecordCheck

_WIDTH: Final = 760
_ROWS: Final = 8
_COLUMNS: Final = (
    Column(mark("Event"), is_number=True),
    Column(mark("When")),
    Column(mark("Where")),
    Column(mark("What")),
)
_WHAT: Final = 3


class RecordSheet(QDialog):
    """Begins to look when it is shown; Esc stops and closes it."""

    _moved = Signal(int, int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("The record of this project"))
        self.setAccessibleName(tr("The record of this project"))
        theme = context.theme
        self.setFixedWidth(theme.px(_WIDTH))
        self._context = context
        self._check: RecordCheck | None = None
        self._beside = Beside(self)
        self.line = BusyLine(theme, can_cancel=False)
        self._icon = IconText(theme, "shield-check", "")
        self.verdict = PlainLabel("", "body", wrap=True, weight=600)
        self.table = PlainTable(
            theme, tr("What is not as it was recorded"), said(_COLUMNS), stretch=(_WHAT,), most=_ROWS
        )
        self.facts = PlainLabel("", "small", "text2", wrap=True)
        self.notes = PlainLabel("", "small", "text2", wrap=True)
        self.head = PlainLabel("", "small", "text3", mono=True, elide=True)
        self.others = PlainLabel("", "small", "text2", wrap=True)
        self.distrust_button = Button(theme, tr("Trust nobody else"), "quiet")
        self.copy_button = Button(theme, tr("Copy as text"))
        self.again_button = Button(theme, tr("Look again"))
        self.close_button = Button(theme, tr("Close"), "primary")
        self._lay_out()
        self._beside.answered.connect(self._answered)
        self._moved.connect(self._show_progress)
        self.distrust_button.clicked.connect(self._distrust)
        self.copy_button.clicked.connect(self._copy)
        self.again_button.clicked.connect(self.look)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._beside.close())
        self._show_others()
        self.look()

    def look(self) -> None:
        """Look through the record as it is now."""
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.verifying import verifying

        self._check = None
        self._show_parts(is_busy=True)
        self._show_progress(0, 0)
        looking = Looking()
        folder = self._context.bridge.desk.project.folder
        self._beside.look(looking, verifying(folder, looking, lambda done, total, _: self._moved.emit(done, total)))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("The record of this project"), "title"))
        words = tr(
            "Every decision and every change is an event that holds the hash of the one before it. What was changed "
            "afterwards shows here."
        )
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        column.addWidget(self.line)
        said_row = QHBoxLayout()
        said_row.setSpacing(SPACE_8)
        said_row.addWidget(self._icon)
        said_row.addWidget(self.verdict, 1)
        column.addLayout(said_row)
        column.addWidget(self.table)
        for label in (self.facts, self.notes, self.head):
            column.addWidget(label)
        trusted = QHBoxLayout()
        trusted.setSpacing(SPACE_12)
        trusted.addWidget(self.others, 1)
        trusted.addWidget(self.distrust_button)
        column.addLayout(trusted)
        row = QHBoxLayout()
        row.setContentsMargins(0, SPACE_12, 0, 0)
        row.setSpacing(SPACE_12)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        row.addWidget(self.again_button)
        row.addWidget(self.close_button)
        column.addLayout(row)

    def _show_others(self) -> None:
        """Who else may write in this project without being asked about: told where somebody is trusted."""
        from hitl_desktop.workflow.workplaces import others_trusted, record_of

        store = self._context.bridge.desk.project.store
        count = others_trusted(store.folder, record_of(store))
        if count:
            self.others.setText(
                trn(
                    "{n} other workplace is trusted: what is done there is opened without a question.",
                    "{n} other workplaces are trusted: what is done there is opened without a question.",
                    count,
                )
            )
        for widget in (self.others, self.distrust_button):
            widget.setVisible(bool(count))

    def _distrust(self) -> None:
        from hitl_desktop.workflow.workplaces import record_of, trust_no_longer

        store = self._context.bridge.desk.project.store
        try:
            trust_no_longer(store.folder, record_of(store))
        except KnownError as error:
            self.others.setText(str(error))
            return
        self.others.setText(tr("Nobody else is trusted any more. What others do from now on is asked about."))
        self.distrust_button.hide()
        self.close_button.setFocus()

    def _show_parts(self, *, is_busy: bool) -> None:
        check = self._check
        self.line.setVisible(is_busy)
        for widget in (self._icon, self.verdict):
            widget.setVisible(not is_busy)
        self.table.setVisible(check is not None and bool(check.faults))
        for label in (self.facts, self.head):
            label.setVisible(check is not None)
        self.notes.setVisible(check is not None and bool(self.notes.text()))
        self.copy_button.setEnabled(check is not None)
        self.again_button.setEnabled(not is_busy)
        self.adjustSize()

    def _show_progress(self, done: int, total: int) -> None:
        self.line.show_progress(tr("Looking through the record"), done, total, percent(done / total) if total else "")

    def _answered(self, answer: object) -> None:
        from hitl_desktop.workflow.verifying import remarks, verdict

        if isinstance(answer, KnownError):
            self._say(str(answer), "triangle-alert", "warn")
        elif isinstance(answer, Exception):
            self._say(tr("The record could not be looked through."), "triangle-alert", "warn")
        else:
            check: RecordCheck = answer  # type: ignore[assignment]
            self._check = check
            is_good = check.is_intact
            self._say(str(verdict(check)), "shield-check" if is_good else "shield-alert", "ok" if is_good else "danger")
            self.table.show_rows([self._row(fault) for fault in check.faults])
            self.facts.setText(_facts(check))
            self.notes.setText("\n".join(str(note) for note in remarks(check)))
            self.head.setText(tr("Last event {number}: {hash}", number=number(check.events), hash=check.head))
        self._show_parts(is_busy=False)

    def _say(self, words: str, icon: str, tone: str) -> None:
        self._icon.set_text(" ", icon)
        self.verdict.setText(words)
        self.verdict.set_tone(tone)  # type: ignore[arg-type]

    def _row(self, fault: Fault) -> list[Cell]:
        from hitl_desktop.workflow.verifying import PARTS

        event = "" if fault.event is None else number(fault.event)
        return [
            Cell(event),
            Cell(_when(fault.at_utc)),
            Cell(str(PARTS[fault.part])),
            Cell(str(fault.what)),
        ]

    def _copy(self) -> None:
        from hitl_desktop.workflow.verifying import line, remarks, verdict

        if self._check is not None:
            lines = [verdict(self._check).english(), *map(line, self._check.faults)]
            lines += [note.english() for note in remarks(self._check)]
            lines.append(f"Last event: {self._check.events}, {self._check.head}")
            QApplication.clipboard().setText("\n".join(lines))


def _facts(check: RecordCheck) -> str:
    parts = [
        trn("{n} event", "{n} events", check.events),
        trn("{n} decision", "{n} decisions", check.decisions),
        trn("{n} signed anchor", "{n} signed anchors", check.anchors),
    ]
    if check.began:
        parts.append(tr("since {when}", when=_when(check.began)))
    return " · ".join(parts)


def _when(at_utc: str) -> str:
    return day_and_time(at_utc[:19] + "Z")
