"""Label problems: a list, the most suspicious first; the item, or the two that contradict; and one key to settle it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hitl_desktop.domain.label_problems import NEEDED, LabelProblem, ProblemSort
from hitl_desktop.domain.word_diff import different_words
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.problems import words
from hitl_desktop.gui.views.problems.actions import ProblemActions
from hitl_desktop.gui.views.problems.pane import ProblemPane
from hitl_desktop.gui.views.problems.search import ProblemSearch
from hitl_desktop.gui.views.review.class_picker import ClassPicker
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule, upright_rule
from hitl_desktop.gui.widgets.class_glyph import glyph_icon
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, tr

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.workflow.problems_request import Problems

_LIST: Final = 320
_SHOWN: Final = 500
"""So many rows the list shows; the others come up as these are settled."""


class ProblemsSheet(QWidget):
    """`counted(int)`: so many problems are open, −1 where nothing was looked for yet."""

    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Label problems"))
        self._context = context
        self.media = Media(self)
        self.search = ProblemSearch(context, self)
        self.problems: list[LabelProblem] = []
        self._found: Problems | None = None
        self.summary = PlainLabel("", "body", "text2", elide=True, cut="end")
        self.again = Button(context.theme, tr("Look again"), icon="refresh-cw", size="small")
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Label problems, the most suspicious first"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(14, 14))
        self.list.setSpacing(1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("focusRing", "none")  # the row that the keys are on is marked
        self.list.installEventFilter(self)
        self.panes: list[ProblemPane] = []
        self.claim = PlainLabel("", "body", wrap=True)
        self.actions_row = ProblemActions(context)
        self._nothing = PlainLabel("", "body", "text2", wrap=True)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.look_when_due()
        self.list.setFocus(Qt.FocusReason.MouseFocusReason)  # no ring: nobody walked here by Tab

    def refresh(self) -> None:
        """Show what is open now; the problem that was looked at stays, else the one in its place."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        from hitl_desktop.workflow.problem_list import kept_problems, open_problems

        project = bridge.desk.project
        self._found = kept_problems(project)
        still = [] if self._found is None else open_problems(project, self._found)
        if still != self.problems or not self.list.count():
            self._show_rows(still)
        self._show_summary()
        self.counted.emit(-1 if self._found is None else len(still))

    def look_when_due(self) -> None:
        """Look by itself when what was found is out of date and nothing else works."""
        bridge = self._context.bridge
        if not bridge.may_work or bridge.training is not None or self.search.is_busy:
            return
        from hitl_desktop.workflow.problem_list import is_out_of_date

        if is_out_of_date(bridge.desk.project, self._found):
            self.search.look()

    def forget(self) -> None:
        """Another project: nothing of the one before stays."""
        self.search.stop()
        self.problems, self._found = [], None
        self.list.clear()
        self._clear_panes()
        self._nothing.show()

    @property
    def current(self) -> LabelProblem | None:
        """The problem that is looked at."""
        row = self.list.currentRow()
        return self.problems[row] if 0 <= row < len(self.problems) else None

    def settle(self, answer: int) -> None:
        """Decide the items of the problem as a class id, or as the code of a set of findings."""
        from hitl_desktop.workflow.problem_list import settle

        problem = self.current
        if problem is not None:
            self._perform(lambda: settle(self._context.bridge.desk.session, problem, answer))

    def uphold(self) -> None:
        """Say that the label, or both labels, are right."""
        from hitl_desktop.workflow.problem_list import uphold

        problem = self.current
        if problem is not None:
            self._perform(lambda: uphold(self._context.bridge.desk.session, problem))

    def take_likely(self) -> None:
        """Decide as what is likelier; a contradiction has no such thing."""
        problem = self.current
        if problem is not None and problem.sort is ProblemSort.SUSPICIOUS and problem.likely is not None:
            self.settle(problem.likely)

    def take_side(self, side: int) -> None:
        """Decide both items of a contradiction as the left (0) or the right one (1) is."""
        problem = self.current
        if problem is not None and problem.other is not None and problem.likely is not None:
            self.settle((problem.given, problem.likely)[side])

    def pick_class(self) -> None:
        """Choose among all classes by their first letters."""
        project = self._context.bridge.desk.project
        if self.current is None or self.actions_row.is_several:
            return
        picker = ClassPicker(self._context.theme, project.offered, self)
        picker.accepted.connect(lambda: self.settle(picker.chosen.id) if picker.chosen else None)
        picker.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that settle a problem work in the list; arrows and letters move in it as in any."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.handle_key(event):
            return True
        return super().eventFilter(watched, event)

    def handle_key(self, event: QKeyEvent) -> bool:
        """Do what a key means for the problem that is looked at. False when it means nothing."""
        keymap = self._context.keymap
        command = keymap.command(event)
        does = {
            "label_right": self.uphold,
            "confirm": self.take_likely,
            "previous": lambda: self.take_side(0),
            "next": lambda: self.take_side(1),
            "other_class": self.pick_class,
        }
        if command in does:
            if self.actions_row.can_decide:
                does[command]()
            return True
        position = keymap.class_position(event)
        offered = self._context.bridge.desk.project.offered if self._context.bridge.is_open else []
        if position is None or position >= len(offered) or self.actions_row.is_several:
            return False
        if self.actions_row.can_decide:
            self.settle(offered[position].id)
        return True

    def _perform(self, operation: "Callable[[], Changes]") -> None:
        bridge = self._context.bridge
        changes = bridge.perform(operation, self)
        if changes is not None:
            bridge.notified.emit(Message(changes.told, "ok", tr("Undo"), self._undo))

    def _undo(self) -> None:
        """Take the last step back. The notice may outlive the project it speaks of."""
        if self._context.bridge.is_open:
            self._context.bridge.perform(self._context.bridge.desk.session.undo, self)

    def _changed(self, changes: "Changes") -> None:
        if not self.isVisible():
            return
        if changes.decisions or changes.problems or changes.model or changes.classes:
            self.refresh()
        if changes.model:
            self.look_when_due()

    def _show_rows(self, problems: list[LabelProblem]) -> None:
        project, theme = self._context.bridge.desk.project, self._context.theme
        before, row = self.current, max(0, self.list.currentRow())
        self.problems = problems
        self.list.blockSignals(True)
        self.list.clear()
        is_several = project.task.value == "several"
        for problem in problems[:_SHOWN]:
            title, odd = words.row_words(project, problem)
            entry = QListWidgetItem(f"{title}\n{odd}")
            entry.setToolTip("")
            if not is_several:
                entry.setIcon(glyph_icon(project.label(problem.given).position, theme.tokens, 14))
            self.list.addItem(entry)
        if problems:
            kept = problems.index(before) if before in problems else min(row, len(problems) - 1)
            self.list.setCurrentRow(min(kept, self.list.count() - 1))
        self.list.blockSignals(False)
        self._show_current()

    def _show_current(self) -> None:
        problem, bridge = self.current, self._context.bridge
        self._detail.setVisible(problem is not None)
        self._nothing.setVisible(problem is None)
        if problem is None or self._found is None or not bridge.is_open:
            self._clear_panes()
            return
        project = bridge.desk.project
        self._make_panes(len(problem.items))
        for pane, item in zip(self.panes, project.store.items.many(list(problem.items)), strict=True):
            pane.show_item(project, item)
        if len(self.panes) == 2 and all(pane.text() for pane in self.panes):
            spans = different_words(self.panes[0].text(), self.panes[1].text())
            for pane, own in zip(self.panes, spans, strict=True):
                pane.show_differences(own)
        said = words.claim(project, problem, self._found)
        if len(self.panes) == 2 and self.panes[0].text():
            same = not any(pane.marked for pane in self.panes)
            said += " " + (tr("Word for word they are the same.") if same else tr("What differs is marked."))
        self.claim.setText(said)
        self.actions_row.show_problem(project, problem)
        self.setAccessibleDescription(said)

    def _make_panes(self, count: int) -> None:
        if len(self.panes) == count:
            return
        self._clear_panes()
        for place in range(count):
            if place:
                self._pane_row.addWidget(upright_rule())
            self.panes.append(ProblemPane(self._context, self.media))
            self._pane_row.addWidget(self.panes[-1], 1)
        self._pane_row.activate()

    def _clear_panes(self) -> None:
        while self._pane_row.count():
            entry = self._pane_row.takeAt(0)
            widget = entry.widget() if entry is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.panes = []

    def _show_summary(self) -> None:
        is_busy = self.search.is_busy
        said = words.summary(self._found, self.problems)
        self.summary.setText(listed((tr("Looking…"), said)) if is_busy and self._found is not None else said)
        if is_busy and self._found is None:
            self.summary.setText(tr("Looking…"))
        self.again.setEnabled(not is_busy and self._context.bridge.is_open)
        self._nothing.setText(tr("Looking…") if is_busy else words.nothing(self._found, NEEDED))

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._changed)
        bridge.project_changed.connect(self.forget)
        bridge.closing.connect(self.media.pause)
        self.again.clicked.connect(self.search.look)
        self.search.busy_changed.connect(self._show_summary)
        self.list.currentRowChanged.connect(lambda _row: self._show_current())
        self.actions_row.settled.connect(self.settle)
        self.actions_row.upheld.connect(self.uphold)
        self.actions_row.other_wanted.connect(self.pick_class)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(self.summary, 1)
        head.addWidget(self.again)
        self.list.setFixedWidth(self._context.theme.px(_LIST))
        self._pane_row = QHBoxLayout()
        self._pane_row.setContentsMargins(0, 0, 0, 0)
        self._pane_row.setSpacing(0)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        foot.setSpacing(SPACE_12)
        foot.addWidget(self.claim)
        foot.addWidget(self.actions_row)
        self._detail = QFrame()
        self._detail.setProperty("pane", "surface")
        detail = QVBoxLayout(self._detail)
        detail.setContentsMargins(0, 0, 0, 0)
        detail.setSpacing(0)
        detail.addLayout(self._pane_row, 1)
        detail.addWidget(rule())
        detail.addLayout(foot)
        self._nothing.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._detail, 1)
        right.addWidget(self._nothing, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(upright_rule())
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addLayout(row, 1)
