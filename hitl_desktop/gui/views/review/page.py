"""The review page: queue, item, panel. One key, one decision, next item."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.responses import Response
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.viewers.viewer import ItemViewer
from hitl_desktop.gui.views.asking_why import ask_why
from hitl_desktop.gui.views.done_page import DonePage
from hitl_desktop.gui.views.review.active_time import ActiveTime
from hitl_desktop.gui.views.review.care import Care
from hitl_desktop.gui.views.review.class_picker import pick_class
from hitl_desktop.gui.views.review.counting import Counting
from hitl_desktop.gui.views.review.in_step import InStep
from hitl_desktop.gui.views.review.item_pane import ItemPane
from hitl_desktop.gui.views.review.item_views import panel_view
from hitl_desktop.gui.views.review.keys import ReviewKeys
from hitl_desktop.gui.views.review.marking import ReviewMarks
from hitl_desktop.gui.views.review.own_desk import OwnDesk
from hitl_desktop.gui.views.review.panel import ReviewPanel
from hitl_desktop.gui.views.review.panel_wiring import connect_panel
from hitl_desktop.gui.views.review.queue_pane import QueuePane
from hitl_desktop.gui.views.review.recent_list import recent_rows
from hitl_desktop.gui.views.review.room import NARROW, WIDE, panel_width, room_of
from hitl_desktop.gui.views.review.session_figures import SessionFigures
from hitl_desktop.gui.views.review.side_by_side import side_by_side
from hitl_desktop.gui.views.review.suggestion_rows import differs
from hitl_desktop.gui.views.review.tool_row import ToolRow
from hitl_desktop.gui.views.review.why import Why
from hitl_desktop.language import tr
from hitl_desktop.workflow.reasons import reasons_of
from hitl_desktop.workflow.workspace import Desk

_DRAFT_MS = 400
_VERDICTS = {"skip": Verdict.SKIPPED, "unsure": Verdict.UNSURE, "flag": Verdict.FLAGGED}


class ReviewPage(QWidget):
    """Shows the session's item and turns keys and clicks into decisions through the bridge.

    `tick(seconds)` tells the active time on the item once a second. `shown` is the digest of the item on screen.
    """

    tick = Signal(float)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review_page")
        self.setAccessibleName(tr("Review"))
        self._context = context
        self.time = ActiveTime()
        self._figures = SessionFigures()
        self.model = QueueModel(context.bridge, context.browsing, self)
        context.browsing.changed.connect(self.model.refresh)
        self.queue = QueuePane(context, self.model)
        self.panel = ReviewPanel(context)
        self.tools = ToolRow(context)
        self.pane = ItemPane(context)
        self.marking = ReviewMarks(context, self.panel.marks, self)
        self.why = Why(context, self)
        self.counting = Counting(context, self.marking, self.why, self)
        self._pages = QStackedWidget(self)
        self.done = DonePage(context, self._pages)
        self.care = Care(context, self)
        self.own = OwnDesk(self, context)
        self.in_step = InStep(self, context.bridge)
        self._queue_wanted: bool | None = None
        self.shown: str | None = None
        self._item_only = self._is_changing = False
        self._lay_out()
        self._connect()
        self.keys = ReviewKeys(self, context)
        self._drafts = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._drafts.timeout.connect(self.keep_draft)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(lambda: self.tick.emit(self.time.seconds))
        self._clock.timeout.connect(lambda: self.care.tick(self.time.worked))
        self._clock.start()
        self.model.refresh()
        self.project_opened()

    @property
    def viewer(self) -> ItemViewer | None:
        """The viewer of the open project's kind."""
        return self.pane.viewer

    @property
    def is_done(self) -> bool:
        """True while nothing is waiting."""
        return self._pages.currentWidget() is self.done

    def go_on_from(self, before: "ReviewPage") -> None:
        """Take over the sitting of a page that this one stands in for."""
        self._figures, self._queue_wanted = before._figures, before._queue_wanted
        self._arrange()
        self._show_session()
        self.pane.go_on_from(before.pane)

    def project_opened(self) -> None:
        """Show another project, or none."""
        self.shown = None
        self._figures = SessionFigures()
        if self._context.bridge.is_open:
            self._context.media.forget()
            self.panel.set_labels(self._desk.project.offered, several=self.is_several)
            self._show_reasons()
            self._show_item()
            self._arrange()

    def refresh(self, changes: Changes) -> None:
        """Follow what changed; the item on screen never changes by a training."""
        if not self._context.bridge.is_open:
            return
        if changes.settings:
            self._show_reasons()
        if changes.classes:
            self.panel.set_labels(self._desk.project.offered, several=self.is_several)
        self._show_item()

    def _show_reasons(self) -> None:
        """The reasons of the project, where the digits are reasons."""
        has_digits = self._context.keymap.digits == "reasons"
        self.panel.reasons.set_reasons(reasons_of(self._desk.project.store) if has_digits else ())
        self.panel.reasons.show_chosen(self.panel.action_block.reasons())

    def show_again(self) -> None:
        """Read the item on screen anew: its file lies somewhere else now."""
        self.shown = None
        self._context.media.forget()
        self._show_item()

    def confirm(self) -> None:
        """Save what is suggested; of several findings, those that are on."""
        if not self.is_several:
            self.decide(Verdict.CONFIRMED)
        elif self.panel.findings is not None:
            self.decide(Verdict.CORRECTED, findings=self.panel.findings)

    def choose(self, label_id: int) -> None:
        """Decide on a class; of several findings, turn one on or off."""
        if not self.is_several:
            self.decide(Verdict.CORRECTED, label_id)
        elif self._desk.session.current is not None and not self.pane.is_broken:
            self.panel.toggle(label_id)

    def find_nothing(self) -> None:
        """Save that none of several findings is there."""
        if self.is_several:
            self.decide(Verdict.CORRECTED, findings=())

    def decide(
        self, verdict: Verdict, label_id: int | None = None, findings: tuple[int, ...] | None = None, why: str = "",
        response: Response | None = None,
    ) -> None:  # fmt: skip
        """Record a verdict on the item on screen; `why` a past decision is changed is asked for where it is missing."""
        session = self._desk.session
        if self.care.is_asking or session.current is None or self.in_step.is_lost():
            return
        if self.pane.keeps_from(verdict):
            return
        seconds = round(self.time.seconds, 1)
        before, note = session.visible, self.panel.note
        changes = self._context.bridge.perform(
            lambda: session.decide(
                verdict, label_id, findings=findings, note=note, seconds=seconds, reason=why, response=response
            ),
            self,
            lambda need: ask_why(
                self._context.theme, need, self, lambda words: self.decide(verdict, label_id, findings, words, response)
            ),
        )
        if changes is not None:
            if session.look.own is not None:  # one answer, until it is kept or changed
                self._figures.seconds += seconds
                self.time.restart()
            else:
                self._figures.count(seconds, before is not None and differs(before, label_id, findings))
                self.care.decided((verdict, label_id, findings), seconds)
            self.pane.flash()
            self._announce(changes)
            self._show_session()

    def keep_draft(self) -> None:
        """Keep a note that is typed and not decided with: soon after the last key, and before the item is left."""
        self._drafts.stop()
        if self._context.bridge.is_open and self.panel.note != self._desk.session.draft():
            self._context.bridge.perform(lambda: self._desk.session.keep_draft(self.panel.note), self)

    def act(self, name: str) -> None:
        """Skip, unsure or flag."""
        self.decide(_VERDICTS[name])

    def undo(self) -> None:
        """Take back the last decision, or all of a run that the guard asks about."""
        self.keep_draft()
        if self.care.is_asking:
            self.care.take_back_run()
            return
        changes = self._context.bridge.perform(self._desk.session.undo, self)
        if changes is not None and changes.decisions:
            self._figures.undone += 1
            self._announce(changes)
            self._show_session()

    def _show_why(self) -> None:
        for part in (self.tools, self.panel, self.own):
            part.show_why(is_open=self.why.is_open, may_open=self.why.may_open)

    def _undo_run(self, decisions: int) -> None:
        for _ in range(decisions):
            self.undo()

    def redo(self) -> None:
        """Make the decision again that was taken back last."""
        self._context.bridge.perform(self._desk.session.redo, self)

    def step(self, by: int) -> None:
        """Go forward or back without deciding."""
        self.keep_draft()
        self._context.bridge.perform(lambda: self._desk.session.step(by), self)

    def open_item(self, index: int) -> None:
        """Show an item that was picked."""
        self.keep_draft()
        self._context.bridge.perform(lambda: self._desk.session.go_to(index), self)
        self.focus_item()

    def look_again(self) -> None:
        """Go through what was set aside."""
        self.keep_draft()
        self._context.browsing.clear()
        self._context.bridge.perform(self._desk.session.look_again, self)

    def pick_class(self) -> None:
        """Choose among all classes by their first letters."""
        if self._desk.session.current is None or self.pane.is_broken:
            return
        # Of several findings, it turns one on or off.
        pick_class(self._context.theme, self._desk.project.offered, self, self.choose)

    def toggle_queue(self) -> None:
        """Strip or list; in a narrow window, shown or hidden."""
        is_narrow = room_of(self, self._context.theme) < NARROW
        self._queue_wanted = not (self.queue.isVisible() if is_narrow else self.queue.is_wide)
        self._arrange()

    def set_item_only(self, item_only: bool) -> None:
        """Leave the queue out, whatever the width and the user's choice; or bring it back."""
        self._item_only = item_only
        self._arrange()

    def toggle_panel(self) -> None:
        """Hide the panel or bring it back."""
        self.panel.setVisible(not self.panel.isVisible())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys and the mouse keep the stopwatch running; the keys of the page are read here."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.time.touch()
        if event.type() == QEvent.Type.WindowDeactivate:
            self.time.pause()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.isVisible():
            return self.keys.handle(watched, event)
        return super().eventFilter(watched, event)

    @property
    def is_several(self) -> bool:
        """True when an item has several findings, each there or not."""
        return self._context.bridge.is_open and self._desk.project.task is Task.SEVERAL

    @property
    def _desk(self) -> Desk:
        return self._context.bridge.desk

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        """Read the keys of whatever has the focus in this window."""
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        if new is not None and new.window() is self.window():
            new.installEventFilter(self)

    def _lay_out(self) -> None:
        below = [*self.counting.below, self.own]
        self._pages.addWidget(side_by_side(self.queue, self.tools, self.pane, below, self.panel, self._pages))
        self._pages.addWidget(self.done)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.care.bar)
        outer.addWidget(self._pages)

    def _connect(self) -> None:
        self.pane.viewer_made.connect(self._order_tabs)
        self.pane.viewer_made.connect(self.why.viewer_made)
        self.pane.viewer_made.connect(self.marking.viewer_made)
        self.why.changed.connect(self._show_why)
        self.why.item_wanted.connect(self.open_item)
        self.tools.why_toggled.connect(self.why.toggle)
        self.pane.viewer_changed.connect(self._viewer_changed)
        self.pane.skip_wanted.connect(lambda: self.act("skip"))
        self.care.take_back.connect(self._undo_run)
        connect_panel(self.panel, self)
        self.panel.note_changed.connect(lambda _note: self._drafts.start())
        self.queue.item_chosen.connect(self.open_item)
        self.queue.toggled.connect(self.toggle_queue)
        self.tools.panel_toggled.connect(self.toggle_panel)
        self.done.look_again_wanted.connect(self.look_again)
        self._context.bridge.changed.connect(self.refresh)
        self._context.bridge.project_changed.connect(self.project_opened)
        self._context.bridge.closing.connect(self.keep_draft)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # A filter on the whole application would be called for every event of every widget.
            application.focusChanged.connect(self._watch)

    def _show_item(self) -> None:
        """Bring everything in line with the session's item."""
        session = self._desk.session
        item = session.item
        if item is None:
            self._show_done()
            return
        self._pages.setCurrentIndex(0)
        viewer = self.pane.viewer_of(self._desk.project.kind.name)
        if item.digest != self.shown:
            self.shown = item.digest
            self.time.restart()
            self._is_changing = True
            self.pane.show_item(item)
            self._is_changing = False
            self.tools.show_soon(viewer)
            self.panel.show_note(session.draft())
            self.panel.forget_choice()
            self.marking.forget_selection()
        self.marking.show()
        view = panel_view(self._desk, can_decide=not self.pane.is_broken)
        self.panel.show_view(view)
        self.own.show_item(item, view.why_not)
        self.why.item_shown(viewer)
        self._show_recent()
        self.queue.show_count(self._desk.project.pool.ledger().needs_review)
        self.queue.show_current(item.index)

    def _show_done(self) -> None:
        self.shown = None
        self._show_session()
        if self._pages.currentWidget() is not self.done:  # else whoever is at one of its offers would lose it
            self._pages.setCurrentWidget(self.done)
            self.done.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_session(self) -> None:
        """What this session brought, on the done page: also the decision that has just ended it."""
        if self.is_done or self._desk.session.current is None:
            figures = self._figures
            self.done.set_session(figures.decisions, figures.seconds, figures.changed, figures.undone)

    def _order_tabs(self, viewer: ItemViewer) -> None:
        QWidget.setTabOrder(viewer, self.panel.confirm_button)
        self.panel.order_tabs()

    def _viewer_changed(self, viewer: ItemViewer) -> None:
        if not self._is_changing:
            self.tools.show_tools(viewer)
        if viewer.has_error and self._context.bridge.is_open and self._desk.session.current is not None:
            self.panel.show_view(panel_view(self._desk, can_decide=not self.pane.is_broken))

    def _show_recent(self) -> None:
        session = self._desk.session
        self.panel.show_recent(recent_rows(session.project, session.recent()), session.undo_text())

    def focus_item(self) -> None:
        """Give the keys to the item."""
        if self.viewer is not None:
            self.viewer.setFocus(Qt.FocusReason.MouseFocusReason)  # no ring: nobody walked here by Tab

    def _arrange(self) -> None:
        width = room_of(self, self._context.theme)
        wide = width >= WIDE if self._queue_wanted is None or width < NARROW else self._queue_wanted
        if wide != self.queue.is_wide:
            self.queue.set_wide(wide)
        self.queue.setVisible(not self._item_only and (width >= NARROW or bool(self._queue_wanted)))
        self.panel.setFixedWidth(panel_width(self, self._context.theme))
        self.own.arrange()
        if self._context.bridge.is_open:
            self.queue.show_count(self._desk.project.pool.ledger().needs_review)

    def _announce(self, changes: Changes) -> None:
        """For screen readers: the pane's description says what was just saved."""
        self.panel.setAccessibleDescription(tr("Saved. {told}", told=changes.told))
