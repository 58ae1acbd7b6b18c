"""What was decided automatically just now, newest first, with a way to take each back; and how the automatic stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW, SPACE_4, SPACE_8, SPACE_12
from hitl_desktop.gui.views.automatic_dialogs import ask_to_override, ask_to_recall, ask_to_resume
from hitl_desktop.gui.views.automatic_words import Standing, Where, in_full, standing
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card, rule
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.moments import clock, local
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_text
from hitl_desktop.language import decimal, listed, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.decisions import Decision
    from hitl_desktop.workflow.project import Project

ROWS: Final = 6
_GLYPH: Final = 12
_WAIT_MS: Final = 400


class FeedRow(Painted):
    """One automatic decision: item, class, confidence, time. `item_wanted(index)`, `take_back_wanted(index)`."""

    item_wanted = Signal(int)
    take_back_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.item_index = -1
        self._name = self._said = self._confidence = self._time = ""
        self._mark = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button = Button(theme, tr("Take back"), "link", size="small", parent=self)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(lambda: self.take_back_wanted.emit(self.item_index))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.button)

    def show_decision(self, project: Project, decision: Decision, name: str) -> None:
        """Show this one."""
        self.item_index = decision.item_index
        self._name = name
        self._said = project.answer_words(decision.label_id, decision.findings)
        first = decision.label_id
        if decision.findings is not None:
            first = min(decision.findings, key=lambda i: project.label(i).position, default=None)
        self._mark = -1 if first is None else project.label(first).position
        self._confidence = "" if decision.confidence is None else decimal(decision.confidence, 2)
        self._time = clock(local(decision.at_utc).time(), seconds=True)
        spoken = listed((self._name, self._said, self._confidence, self._time))
        self.describe(spoken)
        self.setToolTip(plain_tooltip(f"{self._name}: {self._said}"))
        self.button.setAccessibleName(tr("Take back {name}", name=name))
        self.update()

    def words(self) -> tuple[str, str, str, str]:
        """What it says: item, class, confidence, time."""
        return self._name, self._said, self._confidence, self._time

    def sizeHint(self) -> QSize:
        return QSize(360, self.theme.px(ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.theme.px(ROW))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.item_wanted.emit(self.item_index)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.item_index < 0:
            return
        painter = QPainter(self)
        height, room = self.height(), self.width() - self.button.width() - SPACE_12
        name, said = round(room * 0.34), round(room * 0.30)
        sure = round(room * 0.14)
        body, small, colour = self.theme.font("body"), self.theme.font("small"), self.theme.colour
        elide = Qt.TextElideMode.ElideMiddle
        rect = QRect(0, 0, name - SPACE_8, height)
        draw_text(painter, self.placed(rect), self._name, body, colour("text"), elide=elide)
        x = name
        if self._mark >= 0:
            glyph = QRect(x, (height - _GLYPH) // 2, _GLYPH, _GLYPH)
            paint_glyph(painter, self.placed(glyph), self._mark, self.theme.tokens)
        rect = QRect(x + _GLYPH + SPACE_8, 0, said - _GLYPH - SPACE_8 * 2, height)
        draw_text(painter, self.placed(rect), self._said, body, colour("text"), elide=Qt.TextElideMode.ElideRight)
        x += said
        draw_text(painter, self.placed(QRect(x, 0, sure, height)), self._confidence, body, colour("text"))
        rect = QRect(x + sure, 0, room - x - sure, height)
        draw_text(painter, self.placed(rect), self._time, small, colour("text2"))


class AutomaticFeed(Card):
    """Its rows stay as they are while the mouse or the focus is among them: what came meanwhile waits.

    `item_wanted(index)` when a row is double-clicked.
    """

    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Automatic just now"), tr("newest first"), parent)
        self._context = context
        self._waits = False
        theme = context.theme
        self.pause_button = Button(
            theme, tr("Pause"), icon="pause", key=context.keymap.caption("automatic"), size="small"
        )
        self.pause_button.clicked.connect(self.pause_or_resume)
        self.override_button = Button(theme, tr("Allow without a certificate…"), "link", size="small")
        self.override_button.clicked.connect(self._override)
        self.recall_button = Button(theme, tr("Recall…"), "link", size="small")
        self.recall_button.clicked.connect(lambda: ask_to_recall(context, self))
        self._where = PlainLabel("", "small", "text2", wrap=True)
        self._watch = PlainLabel("", "small", "text2", wrap=True)
        self._none = PlainLabel(tr("Nothing has been decided automatically yet."), "body", "text2", wrap=True)
        self._later = PlainLabel("", "small", "text2")
        self.rows = [FeedRow(theme) for _ in range(ROWS)]
        self._rules: list[QWidget] = []
        self._list = QWidget()
        self._list.setAccessibleName(tr("Automatic just now"))
        self._lay_out()
        for row in self.rows:
            row.take_back_wanted.connect(context.bridge.autopilot.take_back)
            row.item_wanted.connect(self.item_wanted)
        self._timer = QTimer(self)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._catch_up)
        context.bridge.changed.connect(self.refresh)
        context.bridge.project_changed.connect(self._reload)
        self._reload()

    @property
    def is_held(self) -> bool:
        """True while the mouse or the focus is among the rows: nothing may move there."""
        focus = QApplication.focusWidget()
        return self._list.underMouse() or (focus is not None and self._list.isAncestorOf(focus))

    def refresh(self, changes: Changes) -> None:
        """Follow decisions, and what was done to the automatic, while it is on screen."""
        if not self.isVisible():
            return
        if changes.decisions or changes.automation or changes.model or changes.routing or changes.classes:
            self._show_standing()
            taken = any(row.item_index in changes.items for row in self.rows)
            if self.is_held and not taken:
                self._wait()
            else:
                self._show_rows()

    def pause_or_resume(self) -> None:
        """Pause at once; or ask for a note and go on."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        if bridge.autopilot.state().is_running:
            bridge.autopilot.pause()
        else:
            ask_to_resume(self._context, self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._catch_up()

    def _lay_out(self) -> None:
        self.body.setSpacing(SPACE_8)
        state = QHBoxLayout()
        state.setSpacing(SPACE_12)
        state.addWidget(self._where, 1)
        state.addWidget(self.pause_button)
        self.body.addLayout(state)
        self.body.addWidget(self._watch)
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self.rows:
            line = rule()
            self._rules.append(line)
            column.addWidget(line)
            column.addWidget(row)
        self.body.addWidget(self._list)
        self.body.addWidget(self._none)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, SPACE_4, 0, 0)
        foot.setSpacing(SPACE_12)
        foot.addWidget(self.override_button)
        foot.addWidget(self.recall_button)
        foot.addStretch(1)
        foot.addWidget(self._later)
        self.body.addLayout(foot)
        self.body.addStretch(1)

    def _override(self) -> None:
        bridge = self._context.bridge
        if bridge.autopilot.basis().override is not None:
            bridge.autopilot.end_override()
        else:
            ask_to_override(self._context, self)

    def _reload(self) -> None:
        if self._context.bridge.is_open and self.isVisible():
            self._show_standing()
            self._show_rows()

    def _show_standing(self) -> None:
        bridge = self._context.bridge
        now: Standing = standing(bridge)
        self._where.setText(in_full(now))
        is_paused = now.where is Where.PAUSED
        self.pause_button.setVisible(now.where is not Where.NOT_PERMITTED)
        self.pause_button.set_label(tr("Resume…") if is_paused else tr("Pause"))
        self.pause_button.set_icon("play" if is_paused else "pause")
        basis = bridge.autopilot.basis()
        self.override_button.setVisible(basis.certificate is None and bridge.desk.project.model is not None)
        self.override_button.set_label(
            tr("Allow without a certificate…") if basis.override is None else tr("End the permission")
        )
        self._show_watch(is_given=basis.is_given)
        self.recall_button.setVisible(bridge.desk.project.pool.ledger().automatic > 0)

    def _show_watch(self, *, is_given: bool) -> None:
        """The figures that would stop it."""
        from hitl_desktop.workflow import monitoring

        project = self._context.bridge.desk.project
        figures = monitoring.monitors_of(project) if is_given else []
        words = listed(words for words in (str(monitoring.in_short(one)) for one in figures) if words)
        self._watch.setText(tr("On watch: {figures}", figures=words) if words else "")
        self._watch.setVisible(bool(words))

    def _show_rows(self) -> None:
        self._waits = False
        self._timer.stop()
        self._later.setText("")
        project = self._context.bridge.desk.project
        decisions = project.store.automation.latest(ROWS)
        names = {item.index: item.name for item in project.store.items.many([d.item_index for d in decisions])}
        for place, row in enumerate(self.rows):
            is_used = place < len(decisions)
            row.setVisible(is_used)
            self._rules[place].setVisible(is_used)
            if is_used:
                decision = decisions[place]
                row.show_decision(project, decision, names[decision.item_index])
            else:
                row.item_index = -1
        self._list.setVisible(bool(decisions))
        self._none.setVisible(not decisions)
        self.set_title(tr("Automatic just now"), tr("newest first") if decisions else "")

    def _wait(self) -> None:
        self._waits = True
        self._timer.start()
        shown = {row.item_index for row in self.rows}
        newer = [d for d in self._context.bridge.desk.project.store.automation.latest(99) if d.item_index not in shown]
        self._later.setText(trn("{n} newer", "{n} newer", len(newer)) if newer else "")

    def _catch_up(self) -> None:
        """Show what came meanwhile, once nobody is at the rows."""
        if self._waits and self._context.bridge.is_open and not self.is_held:
            self._show_rows()
