"""The gallery: many items at a glance, filtered, chosen together, and decided together."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import ReasonNeeded
from hitl_desktop.domain.labels import Task
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.views.asking_why import ask_why
from hitl_desktop.gui.views.browse.chip_row import ChipRow
from hitl_desktop.gui.views.browse.filter_panel import WIDTH, FilterPanel
from hitl_desktop.gui.views.browse.search_field import SearchField
from hitl_desktop.gui.views.browse.words import ORDERS
from hitl_desktop.gui.views.gallery.alike_search import AlikeSearch
from hitl_desktop.gui.views.gallery.grid import TileGrid
from hitl_desktop.gui.views.gallery.selection_bar import SelectionBar
from hitl_desktop.gui.views.gallery.tile_delegate import SIDES
from hitl_desktop.gui.views.item_viewer import cover_chosen
from hitl_desktop.gui.views.question import Question
from hitl_desktop.gui.views.review.class_picker import ClassPicker
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule, upright_rule
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import percent, tr, trn
from hitl_desktop.workflow.bulk import ASK_FROM, MOST, Selected, bulk_events, bulk_step, look_at
from hitl_desktop.workflow.many_at_once import PART
from hitl_desktop.workflow.workspace import Desk

_THUMBNAIL: Final = 240
_KEPT: Final = 600
"""So many thumbnails of 240 pixels are 140 MB."""
_VERDICTS: Final = {"skip": Verdict.SKIPPED, "unsure": Verdict.UNSURE, "flag": Verdict.FLAGGED}
_NOTHING: Final = Selected(0, (), 0, 0)


class GalleryPage(QWidget):
    """`item_wanted(int)`: an item is wanted on the review page. `compare_wanted(list)`: two to four, side by side."""

    item_wanted = Signal(int)
    compare_wanted = Signal(list)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_page")
        self.setAccessibleName(tr("Gallery"))
        self._context = context
        self._selected = _NOTHING
        self._is_stale = True
        ratio = min(2.0, self.devicePixelRatioF())
        self.media = Media(self, round(_THUMBNAIL * ratio), round(_KEPT / ratio**2))
        self.model = QueueModel(context.bridge, context.browsing, self, shows_all=True)
        self.grid = TileGrid(context, self.model, self.media)
        self.bar = SelectionBar(context)
        self.filter = FilterPanel(context)
        self.search = SearchField(context)
        self.order = QComboBox()
        self.chips = ChipRow(context)
        self.count = PlainLabel("", "small", "text2", elide=True, cut="end")
        self.alike = AlikeSearch(context, self)
        self._empty = PlainLabel("", "body", "text2", wrap=True)
        self._smaller = Button(context.theme, "", "quiet", icon="zoom-out", size="small")
        self._larger = Button(context.theme, "", "quiet", icon="zoom-in", size="small")
        self._lay_out()
        self._connect()
        self._project_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.media.set_cover(cover_chosen(self._context))
        if self._is_stale:
            self._refresh()
        self.grid.setFocus(Qt.FocusReason.MouseFocusReason)  # no ring: nobody walked here by Tab

    def confirm(self) -> None:
        """Confirm what is suggested for everything that is chosen."""
        self._decide(Verdict.CONFIRMED)

    def choose_class(self, label_id: int) -> None:
        """Decide everything that is chosen as one class, or to have this one finding alone."""
        if self._desk.project.task is Task.SEVERAL:
            self._decide(Verdict.CORRECTED, findings=(label_id,))
        else:
            self._decide(Verdict.CORRECTED, label_id)

    def act(self, name: str) -> None:
        """Skip, unsure or flag."""
        self._decide(_VERDICTS[name])

    def pick_class(self) -> None:
        """Choose among all classes by their first letters, for everything that is chosen."""
        if not self._selected.deciding:
            return
        picker = ClassPicker(self._context.theme, self._desk.project.offered, self)
        picker.accepted.connect(lambda: self.choose_class(picker.chosen.id) if picker.chosen else None)
        picker.open()

    def find_alike(self) -> None:
        """Show the items nearest to the current one; near copies are chosen."""
        if self.grid.current >= 0:
            self.alike.find(self.grid.current)

    def show_chosen(self, indexes: Sequence[int], words: str) -> None:
        """Show these items and no others, all of them chosen; `words` say what they are."""
        self._context.browsing.show_picked(indexes, words)
        self.grid.selection.choose(indexes)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def compare(self) -> None:
        """Show what is chosen side by side."""
        chosen = self.grid.selection.indexes().tolist()
        if 2 <= len(chosen) <= 4:
            self.compare_wanted.emit(chosen)

    def _decide(self, verdict: Verdict, label_id: int | None = None, findings: tuple[int, ...] | None = None) -> None:
        count = len(self.grid.selection)
        if not count or not self._context.bridge.is_open:
            return
        if ASK_FROM <= count <= MOST:
            question = Question(
                self._context.theme,
                trn("Decide {n} item at once?", "Decide {n} items at once?", count),
                tr("Each is logged as a decision of yours. All of them can be taken back in one step."),
                tr("Decide them"),
                tr("Leave them"),
                self,
            )
            question.agreed.connect(lambda: self._decide_now(verdict, label_id, findings))
            question.open()
            return
        self._decide_now(verdict, label_id, findings)

    def _decide_now(
        self, verdict: Verdict, label_id: int | None, findings: tuple[int, ...] | None, why: str = ""
    ) -> None:
        bridge, session = self._context.bridge, self._desk.session
        wanted = self.grid.selection.indexes().tolist()
        chosen = self._seen(wanted) if verdict in (Verdict.CONFIRMED, Verdict.CORRECTED) else wanted

        def ask(need: ReasonNeeded) -> None:
            ask_why(self._context.theme, need, self, lambda words: self._decide_now(verdict, label_id, findings, words))

        def decide() -> Changes:
            return session.decide_many(bulk_events(session, chosen, verdict, label_id, findings, reason=why))

        if PART < len(chosen) <= MOST:
            step = bulk_step(session, chosen, verdict, label_id, findings, reason=why)
            bridge.many.make(step, lambda changes: self._decided(len(wanted), changes), ask)
            return
        changes = bridge.perform(decide, self, ask)
        if changes is not None:
            self._decided(len(wanted), changes)

    def _seen(self, chosen: list[int]) -> list[int]:
        """Without those whose picture turned out to be unreadable, or another one: nobody can say what they are."""
        broken = self.media.unreadable
        if not broken:
            return chosen
        return [item.index for item in self._desk.project.store.items.many(chosen) if item.digest not in broken]

    def _decided(self, chosen: int, changes: Changes) -> None:
        """Tell what was saved."""
        self.grid.selection.clear()
        left = chosen - len(changes.items)
        text = changes.told
        if left:
            text = f"{text} " + trn("{n} was left out.", "{n} were left out.", left)
        self._context.bridge.notified.emit(Message(text, "ok", tr("Undo"), self._undo))
        self.setAccessibleDescription(tr("Saved. {told}", told=text))

    def _show_progress(self, done: int, total: int) -> None:
        """While thousands are decided, nothing else can be done with them."""
        self.bar.setEnabled(not total)
        if total:
            self.count.setText(tr("Deciding, {share} done", share=percent(done / total)))
        else:
            self._show_count()

    def _undo(self) -> None:
        """Take the last step back. The notice may outlive the project it speaks of."""
        if self._context.bridge.is_open:
            self._context.bridge.perform(self._desk.session.undo, self)

    @property
    def _desk(self) -> Desk:
        return self._context.bridge.desk

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        row.setSpacing(SPACE_12)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setMaximumWidth(380)
        self.order.setAccessibleName(tr("Order"))
        for order, title in ORDERS.items():
            self.order.addItem(tr(title), order)
        row.addWidget(self.search, 3)
        row.addWidget(self.order)
        row.addWidget(self.count, 2)
        for button, words, command, by in (
            (self._smaller, tr("Smaller tiles"), "zoom_out", -1),
            (self._larger, tr("Larger tiles"), "zoom_in", 1),
        ):
            button.setAccessibleName(words)
            button.setToolTip(plain_tooltip(f"{words} ({self._context.keymap.caption(command)})"))
            button.clicked.connect(lambda _checked=False, by=by: self._step_size(by))
            row.addWidget(button)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QFrame()
        head.setProperty("pane", "surface")
        inner = QVBoxLayout(head)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(row)
        chips = QHBoxLayout()
        chips.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        chips.addWidget(self.chips)
        inner.addLayout(chips)
        column.addWidget(head)
        column.addWidget(rule())
        self._body = QStackedWidget()
        framed = QFrame()  # Qt takes margins inside of a table for headers, and sets them back
        framed.setProperty("pane", "window")
        around = QHBoxLayout(framed)
        around.setContentsMargins(0, SPACE_4, 0, 0)
        around.setSpacing(0)
        around.addSpacing(SPACE_12)  # margins of a layout do not change sides where lines run from the right
        around.addWidget(self.grid)
        self._body.addWidget(framed)
        self._body.addWidget(self._nothing())
        column.addWidget(self._body, 1)
        column.addWidget(self.bar)
        side = QWidget()
        side.setFixedWidth(self._context.theme.px(WIDTH))
        panel = QVBoxLayout(side)
        panel.setContentsMargins(0, 0, 0, 0)
        panel.addWidget(self.filter)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(centre, 1)
        whole.addWidget(upright_rule())
        whole.addWidget(side)

    def _nothing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        for widget in (PlainLabel(tr("No items"), "title", weight=STRONG), self._empty):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addStretch(2)
        return page

    def _connect(self) -> None:
        bridge, browsing, bar, grid = self._context.bridge, self._context.browsing, self.bar, self.grid
        browsing.changed.connect(self._rows_changed)
        browsing.wanted_changed.connect(self._show_wanted)
        browsing.busy_changed.connect(self._show_count)
        bridge.project_changed.connect(self._project_changed)
        bridge.closing.connect(self.media.pause)
        bridge.many.progressed.connect(self._show_progress)
        self.order.activated.connect(lambda _place: browsing.sort(self.order.currentData()))
        grid.opened.connect(self.item_wanted)
        grid.key_pressed.connect(self._key)
        grid.selection.changed.connect(self._show_selection)
        grid.current_changed.connect(lambda _index: self._show_bar())
        bar.confirm_wanted.connect(self.confirm)
        bar.class_wanted.connect(self.pick_class)
        bar.action_wanted.connect(self.act)
        bar.alike_wanted.connect(self.find_alike)
        bar.compare_wanted.connect(self.compare)
        bar.clear_wanted.connect(grid.selection.clear)
        self.alike.found.connect(self._show_alike)
        self.alike.busy_changed.connect(self._show_count)

    def _key(self, event: QKeyEvent) -> None:
        """The keys of the review page decide on everything that is chosen. Held keys never decide twice."""
        keymap = self._context.keymap
        position = keymap.class_position(event)
        offered = self._desk.project.offered if self._context.bridge.is_open else []
        commands: dict[str | None, Callable[[], None]] = {
            "confirm_chosen": self.confirm,
            "other_class": self.pick_class,
            "skip": lambda: self.act("skip"),
            "unsure": lambda: self.act("unsure"),
            "flag": lambda: self.act("flag"),
            "alike": self.find_alike,
            "compare": self.compare,
            "filter": lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "zoom_in": lambda: self._step_size(1),
            "zoom_out": lambda: self._step_size(-1),
        }
        command = keymap.command(event)
        if event.isAutoRepeat():
            return
        if position is not None and position < len(offered):
            event.accept()
            self.choose_class(offered[position].id)
        elif command in commands:
            event.accept()
            commands[command]()

    def _step_size(self, by: int) -> None:
        place = min(max(SIDES.index(self.grid.delegate.side) + by, 0), len(SIDES) - 1)
        self.grid.set_side(SIDES[place])
        self._smaller.setEnabled(place > 0)
        self._larger.setEnabled(place < len(SIDES) - 1)

    def _project_changed(self) -> None:
        self.media.forget()
        self.grid.delegate.forget()
        bridge = self._context.bridge
        self.grid.selection.reset(len(bridge.desk.project.pool) if bridge.is_open else 0)
        self._is_stale = True
        self.model.refresh()
        self.grid.fit()
        self._show_wanted()
        if self.isVisible():
            self._refresh()

    def _rows_changed(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._is_stale = False
        self.model.refresh()
        self.grid.selection.keep_only(self.model.rows)
        self._show_count()
        self._show_selection()

    def _show_wanted(self) -> None:
        self.order.setCurrentIndex(self.order.findData(self._context.browsing.wanted.order))

    def _show_count(self) -> None:
        is_busy = self._context.browsing.is_busy
        count = self.model.rowCount()
        if self.alike.is_busy:
            self.count.setText(tr("Looking for items alike…"))
        else:
            self.count.setText(tr("Looking…") if is_busy else trn("{n} item", "{n} items", count))
        self._empty.setText(tr("Nothing fits the filter. Clear it to see everything again."))
        self._body.setCurrentIndex(0 if count or is_busy else 1)

    def _show_selection(self) -> None:
        count = len(self.grid.selection)
        if not count or not self._context.bridge.is_open:
            self._selected = _NOTHING
        elif count > MOST:  # nothing can be done with so many, so nothing is counted
            self._selected = Selected(count, (), 0, count)
        else:
            self._selected = look_at(self._desk.project, self.grid.selection.indexes().tolist())
        self._show_bar()

    def _show_bar(self) -> None:
        bridge = self._context.bridge
        project = bridge.desk.project if bridge.is_open else None
        self.bar.show_selection(project, self._selected, has_current=self.grid.current >= 0)

    def _show_alike(self, index: int, indexes: Sequence[int], copies: int) -> None:
        name = self._desk.project.store.items.get(index).name
        self._context.browsing.show_picked([index, *indexes], tr("Like {name}", name=name))
        self.grid.choose_current(index)
        self.grid.selection.choose([index, *indexes[:copies]])
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
