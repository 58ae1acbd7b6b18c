"""The history: every decision there ever was, searched, sorted, and changed with a reason. Nothing is deleted."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QDate, QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.history import HistoryFilter
from hitl_desktop.domain.steering import SteeredFacet
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.browse.words import STEERED
from hitl_desktop.gui.views.history import words
from hitl_desktop.gui.views.history.decide_again import DecideAgain
from hitl_desktop.gui.views.history.detail import HistoryDetail
from hitl_desktop.gui.views.history.table import HistoryTable
from hitl_desktop.gui.views.history.table_model import ORDERS, HistoryModel
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule, upright_rule
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.language import mark, tr, trn

_DETAIL: Final = 328
_MOST_DETAIL: Final = 0.45
_MOST_CHOICES: Final = 0.28
_SEARCH: Final = 200
_PAUSE_MS: Final = 200
_NONE_YET: Final = mark("Nothing is decided yet. Every decision stands here as soon as it is made.")
_NONE_FITS: Final = mark("No decision fits. Clear the filter to see all of them.")


class HistoryPage(QWidget):
    """`item_wanted(int)`: an item is wanted on the review page."""

    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_page")
        self.setAccessibleName(tr("History"))
        self._context = context
        self._is_stale = True
        self.model = HistoryModel(context.bridge, self)
        self.table = HistoryTable(context.theme, self.model)
        self.detail = HistoryDetail(context)
        self.search = QLineEdit()
        self.verdict, self.label, self.reviewer = QComboBox(), QComboBox(), QComboBox()
        self.steered = QComboBox()
        self.since, self.until = _day(tr("From day")), _day(tr("To day"))
        self.amended = QCheckBox(tr("Changed with a reason"))
        self.clear = Button(
            context.theme, tr("Clear"), "link", key=context.keymap.caption("clear_filter"), size="small"
        )
        self.more = Button(context.theme, tr("Filter"), "quiet", icon="filter", size="small")
        self.more.setCheckable(True)
        self.count = PlainLabel("", "small", "text2")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._build_controls()
        self._lay_out()
        self._connect()
        self._project_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        if self._is_stale:
            self._refresh()
        self.table.setFocus(Qt.FocusReason.MouseFocusReason)  # no ring: nobody walked here by Tab

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._context.keymap.command(event) == "filter":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif event.key() == Qt.Key.Key_Escape:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def clear_filter(self) -> None:
        """Show everything again."""
        self.search.clear()
        for box in (self.verdict, self.label, self.reviewer, self.steered):
            box.setCurrentIndex(0)
        self.since.setDate(self.since.minimumDate())
        self.until.setDate(self.until.minimumDate())
        self.amended.setChecked(False)
        self._ask()

    def decide_again(self) -> None:
        """Ask what the item should be, and why."""
        item = self.detail.item
        if item is None or not self._context.bridge.is_open:
            return
        project = self._context.bridge.desk.project
        live = project.store.decisions.live(item.index)
        if not live:
            return
        last = live[-1]
        said = project.answer_words(last.label_id, last.findings) or tr(words.VERDICTS[last.verdict][0])
        stands = tr("Now: {said}, by {name}, {when}.", said=said, name=words.who(last), when=day_and_time(last.at_utc))
        dialog = DecideAgain(self._context, item.name, stands, project.offered, project.task, self)
        dialog.decided.connect(
            lambda verdict, label_id, findings, reason: self._amend(item.index, verdict, label_id, findings, reason)
        )
        dialog.open()

    def _amend(
        self, index: int, verdict: Verdict, label_id: int | None, findings: tuple[int, ...] | None, reason: str
    ) -> None:
        from hitl_desktop.workflow.amending import decide_again

        bridge = self._context.bridge
        changes = bridge.perform(
            lambda: decide_again(bridge.desk.session, index, verdict, label_id, findings, reason=reason), self
        )
        if changes is not None:
            bridge.notified.emit(Message(changes.told, "ok", tr("Undo"), self._undo))
            self.setAccessibleDescription(tr("Saved. {told}", told=changes.told))

    def _undo(self) -> None:
        """Take the last step back. The notice may outlive the project it speaks of."""
        if self._context.bridge.is_open:
            self._context.bridge.perform(self._context.bridge.desk.session.undo, self)

    def _build_controls(self) -> None:
        self.search.setPlaceholderText(tr("Item, id, note or reason"))
        self.search.setAccessibleName(tr("Search the history"))
        self.search.setClearButtonEnabled(True)
        self.verdict.setAccessibleName(tr("What was said"))
        self.verdict.addItem(tr("Any decision"), None)
        for verdict, (word, _, _) in words.VERDICTS.items():
            self.verdict.addItem(tr(word), verdict)
        self.label.setAccessibleName(tr("Class"))
        self.steered.setAccessibleName(tr("Steering"))
        self.steered.addItem(tr("Steered or not"), None)
        for facet, (word, _, _) in STEERED.items():
            self.steered.addItem(tr(word), facet.value)
        self.reviewer.setAccessibleName(tr("Reviewer"))

    def _lay_out(self) -> None:
        first = self._first = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._choices = QWidget()
        second = Flow(self._choices, spacing=SPACE_8)
        first.setSpacing(SPACE_8)
        self.search.setMinimumWidth(_SEARCH)
        told = QHBoxLayout()
        told.addWidget(self.count)
        told.addStretch(1)
        told.addWidget(self.more)
        first.addWidget(self.search, 1)
        first.addLayout(told)
        first.addWidget(self.clear)
        for box in (self.verdict, self.label, self.reviewer, self.steered):
            box.setMaximumWidth(self._context.theme.px(220))
        span = QWidget()  # from one day to another: they stay together
        days = QHBoxLayout(span)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(SPACE_8)
        for part in (self.since, PlainLabel(tr("to"), "small", "text2"), self.until):
            days.addWidget(part)
        for widget in (self.verdict, self.label, self.reviewer, self.steered, span, self.amended):
            second.addWidget(widget)
        head = QFrame()
        head.setProperty("pane", "surface")
        controls = QVBoxLayout(head)
        controls.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        controls.setSpacing(SPACE_8)
        controls.addLayout(first)
        controls.addWidget(self._choices)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(rule())
        column.addWidget(self.table, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(left, 1)
        whole.addWidget(upright_rule())
        whole.addWidget(self.detail)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Large text in a small window: the detail gives way, what is beside the search field goes below it, and what
        can be chosen is shown on demand, so that there is room for rows.
        """
        detail = min(self._context.theme.px(_DETAIL), round(_MOST_DETAIL * self.width()))
        self.detail.setFixedWidth(detail)
        beside = self.count.sizeHint().width() + self.clear.sizeHint().width() + _SEARCH + 3 * SPACE_16
        way = QBoxLayout.Direction.LeftToRight if self.width() - detail >= beside else QBoxLayout.Direction.TopToBottom
        self._first.setDirection(way)
        needs = self._choices.heightForWidth(self.width() - detail - 2 * SPACE_16)
        is_low = needs > _MOST_CHOICES * self.height()
        self.more.setVisible(is_low)
        self._choices.setVisible(not is_low or self.more.isChecked())
        self.clear.setVisible(not is_low or self.clear.isEnabled())

    def _arrange_soon(self) -> None:
        """Another size of text reaches the fields once they are polished anew."""
        QTimer.singleShot(0, self, self._arrange)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._changed)
        bridge.project_changed.connect(self._project_changed)
        self._context.theme.changed.connect(self._arrange_soon)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.returnPressed.connect(self._ask)
        self._pause.timeout.connect(self._ask)
        for box in (self.verdict, self.label, self.reviewer, self.steered):
            box.currentIndexChanged.connect(lambda _place: self._ask())
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda _date: self._ask())
        self.amended.toggled.connect(lambda _on: self._ask())
        self.clear.clicked.connect(self.clear_filter)
        self.more.toggled.connect(lambda _on: self._arrange())
        self.model.modelReset.connect(self._shown_anew)
        self.model.busy_changed.connect(self._show_count)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _before: self._show_detail(current))
        self.table.activated.connect(lambda index: self._open(index))
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.detail.again_wanted.connect(self.decide_again)
        self.detail.open_wanted.connect(lambda: self._open(self.table.currentIndex()))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        header = self.table.horizontalHeader()
        if column in ORDERS:
            self.model.sort(column, order)
        else:  # what it was before cannot be sorted by: the mark goes back to where it was
            place = next(place for place, wanted in ORDERS.items() if wanted is self.model.order)
            down = Qt.SortOrder.DescendingOrder if self.model.descending else Qt.SortOrder.AscendingOrder
            header.blockSignals(True)
            header.setSortIndicator(place, down)
            header.blockSignals(False)

    def _ask(self) -> None:
        self._pause.stop()
        verdict = self.verdict.currentData()
        wanted = HistoryFilter(
            words=self.search.text(),
            label_id=self.label.currentData(),
            reviewer=self.reviewer.currentData() or "",
            verdicts=frozenset({Verdict(verdict)}) if verdict else frozenset(),
            since=_iso(self.since),
            until=_iso(self.until),
            amended=self.amended.isChecked(),
            steered=SteeredFacet(facet) if (facet := self.steered.currentData()) else None,
        )
        self.clear.setEnabled(not wanted.is_empty)
        self.model.ask(replace(wanted))

    def _changed(self, changes: Changes) -> None:
        if changes.classes:
            self._fill_boxes()
        if changes.decisions or changes.classes:
            self._is_stale = True
            if self.isVisible():
                self._refresh()

    def _project_changed(self) -> None:
        self.detail.show_item(None)
        self.detail.media.forget()
        self._fill_boxes()
        self.clear_filter()
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._is_stale = False
        self._fill_boxes()
        self.model.refresh()

    def _fill_boxes(self) -> None:
        bridge = self._context.bridge
        labels = bridge.desk.project.labels if bridge.is_open else []
        names = bridge.desk.project.store.search.reviewers() if bridge.is_open else []
        self.table.set_names((label.name for label in labels), names)
        _fill(self.label, [(tr("Any class"), None), *((label.name, label.id) for label in labels)])
        _fill(self.reviewer, [(tr("Any reviewer"), None), *((name, name) for name in names)])

    def _shown_anew(self) -> None:
        """Other rows: the item that was looked at stays, if it is among them; else the first one is taken."""
        self._show_count()
        if not self.model.rowCount():
            self.detail.show_nothing(tr(_NONE_FITS if self.clear.isEnabled() else _NONE_YET))
            return
        shown = self.detail.item
        row = 0
        if shown is not None:
            near = (place for place in range(min(200, self.model.rowCount())) if self._is_of(place, shown.index))
            row = next(near, 0)
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._show_detail(index)

    def _is_of(self, row: int, item_index: int) -> bool:
        past = self.model.past(row)
        return past is not None and past.item.index == item_index

    def _show_count(self) -> None:
        count = self.model.rowCount()
        self.count.setText(tr("Looking…") if self.model.is_busy else trn("{n} decision", "{n} decisions", count))
        self._arrange()

    def _show_detail(self, index: QModelIndex) -> None:
        past = self.model.past(index.row()) if index.isValid() else None
        self.detail.show_item(past.item if past is not None else None)

    def _open(self, index: QModelIndex) -> None:
        past = self.model.past(index.row()) if index.isValid() else None
        if past is not None:
            self.item_wanted.emit(past.item.index)


def _day(name: str) -> QDateEdit:
    """A day that may be left open: the earliest one there is stands for none."""
    box = QDateEdit()
    box.setCalendarPopup(True)
    box.setMinimumDate(QDate(2000, 1, 1))
    box.setSpecialValueText(name)
    box.setDate(box.minimumDate())
    box.setDisplayFormat("yyyy-MM-dd")
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.setMinimumWidth(120)
    box.lineEdit().setTextMargins(SPACE_4, 0, SPACE_4, 0)
    return box


def _iso(box: QDateEdit) -> str:
    return "" if box.date() == box.minimumDate() else box.date().toString(Qt.DateFormat.ISODate)


def _fill(box: QComboBox, entries: list[tuple[str, object]]) -> None:
    """Offer these, and keep what is chosen if it is among them."""
    before = [(box.itemText(place), box.itemData(place)) for place in range(box.count())]
    if before == entries:
        return
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, next((place for place, (_, value) in enumerate(entries) if value == chosen), 0)))
    box.blockSignals(False)
