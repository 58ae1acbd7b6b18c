"""What was decided just before, with its age, and undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QDateTime, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.class_glyph import draw_glyph
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, text_width
from hitl_desktop.language import explained, listed, mark, number, tr
from hitl_desktop.workflow.project import Project

ROWS: Final = 3
_ROW: Final = 24
_ICONS: Final = {
    "confirmed": "ban",
    "corrected": "ban",
    "skipped": "skip-forward",
    "unsure": "circle-help",
    "flagged": "flag",
}
_VERDICTS: Final = {
    Verdict.CONFIRMED: mark("confirmed"),
    Verdict.CORRECTED: mark("corrected"),
    Verdict.SKIPPED: mark("skipped"),
    Verdict.UNSURE: mark("unsure"),
    Verdict.FLAGGED: mark("flagged"),
    Verdict.RETRACTED: mark("taken back"),
    Verdict.AUTOMATIC: mark("automatic"),
    Verdict.REPEATED: mark("not answered"),
}
_REFRESH_MS: Final = 5000


@dataclass(frozen=True, slots=True)
class RecentRow:
    """One decision: the item, its name, the class position (None without one), what it was before, and when.

    `is_set`: several findings were decided, `was` names them first, and the position is that of the first of them.
    """

    item_index: int
    name: str
    class_index: int | None
    verdict: str
    was: str
    at: QDateTime
    is_set: bool = False


def recent_rows(project: Project, decisions: Sequence[Decision]) -> list[RecentRow]:
    """The rows of the list of the last decisions."""
    names = {item.index: item.name for item in project.store.items.many([d.item_index for d in decisions])}
    return [recent_row(d, names[d.item_index], project) for d in decisions]


def recent_row(decision: Decision, name: str, project: Project) -> RecentRow:
    """How a decision is told in the list of the last ones."""
    was = _before(decision, project)
    first = decision.label_id
    if decision.findings is not None:
        said = project.answer_words(None, decision.findings)
        was = listed((said, was)) if was else said
        first = min(decision.findings, key=lambda i: project.label(i).position, default=None)
    elif first is None:
        was = tr(_VERDICTS[decision.verdict])
    mark = None if first is None else project.label(first).position
    when = QDateTime.fromString(decision.at_utc, Qt.DateFormat.ISODateWithMs)
    is_set = decision.findings is not None
    return RecentRow(decision.item_index, name, mark, decision.verdict.value, was, when, is_set)


def _before(decision: Decision, project: Project) -> str:
    """What the answer differs from: the suggestion, or the reviewer's own answer before they saw it.

    Of a check nothing is told: its suggestion stays hidden.
    """
    if decision.follows is not None:
        own = next(d for d in project.store.decisions.of_item(decision.item_index) if d.number == decision.follows)
        if (own.label_id, own.findings) == (decision.label_id, decision.findings):
            return tr("kept")
        return tr("first {answer}", answer=project.answer_words(own.label_id, own.findings))
    if decision.names_answer and decision.item_index in project.store.audits.open_items():
        return tr("answered")  # whether the model agrees is not told while the audit is under way
    if decision.exposure is Exposure.HIDDEN:
        is_told = decision.agrees and decision.slot not in MEASURING_SLOTS
        return tr("model agreed") if is_told else ""
    before = project.answer_words(decision.predicted_id, decision.predicted_findings)
    return tr("was {answer}", answer=before) if decision.verdict is Verdict.CORRECTED and before else ""


class RecentList(QFrame):
    """The last three decisions. `item_wanted(int)` reopens one, `undo_wanted()` takes the last one back."""

    undo_wanted = Signal()
    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Just decided"))
        theme = context.theme
        self.undo_button = Button(
            theme, tr("Undo"), "link", icon="undo-2", key=context.keymap.caption("undo"), size="small"
        )
        self.undo_button.clicked.connect(self.undo_wanted)
        self._rows = [_RecentButton(theme) for _ in range(ROWS)]
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(0)
        line = QFrame()
        line.setProperty("rule", "h")
        column.addWidget(line)
        head = self._head = QHBoxLayout()
        head.setContentsMargins(0, 6, 0, 2)
        head.addWidget(PlainLabel(tr("Just decided"), "small", "text2", weight=600, elide=True, cut="end"), 1)
        head.addWidget(self.undo_button)
        column.addLayout(head)
        for row in self._rows:
            row.clicked.connect(lambda _checked=False, row=row: self._wanted(row))
            column.addWidget(row)
        self._ages = QTimer(self)
        self._ages.setInterval(_REFRESH_MS)
        self._ages.timeout.connect(self._repaint_ages)
        self._ages.start()

    def show_rows(self, rows: Sequence[RecentRow], undo_text: str) -> None:
        """Show the last decisions, newest first; the height stays the same with fewer."""
        for place, button in enumerate(self._rows):
            button.show_row(rows[place] if place < len(rows) else None)
        self.undo_button.setEnabled(bool(undo_text))
        self.undo_button.setToolTip(plain_tooltip(undo_text) if undo_text else "")
        self.undo_button.setAccessibleDescription(undo_text)

    def height_with(self, rows: int) -> int:
        """How high it is with so many decisions."""
        margins = self._column.contentsMargins()
        return 1 + self._head.sizeHint().height() + rows * self._rows[0].sizeHint().height() + margins.bottom()

    def keep_to(self, rows: int) -> None:
        """Show so many decisions at most; the step that can be undone stays."""
        for place, button in enumerate(self._rows):
            button.setVisible(place < rows)

    def _wanted(self, button: "_RecentButton") -> None:
        if button.row is not None:
            self.item_wanted.emit(button.row.item_index)

    def _repaint_ages(self) -> None:
        for row in self._rows:
            row.update()


class _RecentButton(PaintedButton):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.row: RecentRow | None = None
        self.setEnabled(False)

    def show_row(self, row: RecentRow | None) -> None:
        if row is not None and row == self.row:
            return
        self.row = row
        self.setEnabled(row is not None)
        if row is None:
            self.setAccessibleName(tr("Nothing decided yet"))
            self.setToolTip("")
        else:
            said = row.was or tr(_VERDICTS[Verdict(row.verdict)])
            self.setAccessibleName(tr("Open {item} again, {answer}", item=row.name, answer=said))
            self.setToolTip(plain_tooltip(explained(row.name, row.was) if row.is_set else row.name))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.theme.px(_ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.row is None:
            return
        painter = QPainter(self)
        theme = self.theme
        if self.underMouse():
            painter.fillRect(self.rect(), theme.colour("sunken"))
        height = self.height()
        mark = self.placed(QRect(2, (height - 12) // 2, 12, 12))
        if self.row.class_index is None:
            draw_icon(painter, theme, mark, _ICONS.get(self.row.verdict, "circle-help"), "text2", 14)
        else:
            draw_glyph(painter, mark, self.row.class_index, theme.tokens)
        font = theme.font("small")
        age = _age(self.row.at)
        age_width = text_width(age, font) + 1
        left = 22
        room = self.width() - left - age_width - 10
        name_width, was_width = self._widths(self.row, room)
        draw_text(painter, self.placed(QRect(left, 0, name_width, height)), self.row.name, font, theme.colour("text"))
        if was_width:
            rect = self.placed(QRect(left + name_width + 6, 0, was_width, height))
            elide = Qt.TextElideMode.ElideRight if self.row.is_set else Qt.TextElideMode.ElideMiddle
            draw_text(painter, rect, self.row.was, font, theme.colour("text2"), elide=elide)
        rect = self.placed(QRect(self.width() - age_width, 0, age_width, height))
        draw_text(painter, rect, age, font, theme.colour("text2"), Qt.AlignmentFlag.AlignVCenter)

    def _widths(self, row: RecentRow, room: int) -> tuple[int, int]:
        """How wide name and answer are: as they are, and where there is no room for both, a share for either."""
        font = self.theme.font("small")
        name = text_width(row.name, font) + 1
        if not row.was:
            return min(name, room), 0
        was = text_width(row.was, font) + 1
        room -= 6
        was_width = min(was, max(room // 2, room - name))
        return min(name, room - was_width), was_width


def _age(at: QDateTime) -> str:
    seconds = max(0, at.secsTo(QDateTime.currentDateTimeUtc()))
    if seconds < 60:
        return tr("{seconds} s", seconds=number(seconds))
    if seconds < 3600:
        return tr("{minutes} min", minutes=number(seconds // 60))
    if seconds < 86400:
        return tr("{hours} h", hours=number(seconds // 3600))
    return tr("{days} d", days=number(seconds // 86400))
