"""The history as a table: numbers of events found beside the window, rows read a page at a time by their numbers."""

from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.views.history import words
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.language import listed, mark, tr
from hitl_desktop.workflow.past_decisions import Asked, HistoryFinder, PastDecision, past_decisions, plain, rules_asked

_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_PAGE: Final = 64
_PAGES_KEPT: Final = 64

TIME, ITEM, FROM, TO, REVIEWER, MODEL, SECONDS, REMARK = range(8)
TITLES: Final = (
    mark("Time"),
    mark("Item"),
    mark("From"),
    mark("To"),
    mark("Reviewer"),
    mark("Model"),
    mark("Seconds"),
    mark("Reason or note"),
)
ORDERS: Final = {
    TIME: HistoryOrder.TIME,
    ITEM: HistoryOrder.ITEM,
    TO: HistoryOrder.DECIDED,
    REVIEWER: HistoryOrder.REVIEWER,
    MODEL: HistoryOrder.MODEL,
    SECONDS: HistoryOrder.SECONDS,
}
"""What a click on the head of a column sorts by."""
PAST: Final = Qt.ItemDataRole.UserRole + 1
SIDE: Final = Qt.ItemDataRole.UserRole + 2


class HistoryModel(QAbstractTableModel):
    """Shows the events of a filter in an order. `busy_changed()` when looking begins or ends."""

    busy_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._numbers = np.empty(0, np.int64)
        self._pages: OrderedDict[int, dict[int, PastDecision]] = OrderedDict()
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self._beside.busy_changed.connect(self.busy_changed)
        self.filter = HistoryFilter()
        self.order = HistoryOrder.TIME
        self.descending = True
        bridge.closing.connect(self._beside.stop)

    @property
    def is_busy(self) -> bool:
        """True while an answer is being looked for."""
        return self._beside.is_busy

    def ask(self, wanted: HistoryFilter) -> None:
        """Show the events that fit another filter."""
        if wanted != self.filter:
            self.filter = wanted
            self.refresh()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column that can be sorted by; others change nothing."""
        wanted, descending = ORDERS.get(column), order is Qt.SortOrder.DescendingOrder
        if wanted is not None and (wanted, descending) != (self.order, self.descending):
            self.order, self.descending = wanted, descending
            self.refresh()

    def refresh(self) -> None:
        """Look anew: at once for all there is by time, else beside the window."""
        self._beside.stop()
        if not self._bridge.is_open:
            self._show(np.empty(0, np.int64))
            return
        project = self._bridge.desk.project
        asked = Asked(
            project.folder,
            project.store.decisions.count(),
            replace(self.filter),
            self.order,
            self.descending,
            rules_asked(project, self.filter),
        )
        if asked.is_plain:
            self._show(plain(asked))
            return
        finder = HistoryFinder()
        self._beside.look(finder, lambda: finder.answer(asked))

    def close(self) -> None:
        """Stop looking, and wait for the thread. Twice does no harm."""
        self._beside.close()

    def past(self, row: int) -> PastDecision | None:
        """The event of a row; None when it is not there any more."""
        if not (0 <= row < len(self._numbers)) or not self._bridge.is_open:
            return None
        page = row // _PAGE
        if page not in self._pages:
            part = self._numbers[page * _PAGE : (page + 1) * _PAGE].tolist()
            self._pages[page] = past_decisions(self._bridge.desk.project, part)
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return self._pages[page].get(int(self._numbers[row]))

    def row_of(self, number: int) -> int:
        """The row of an event, −1 when it is not shown."""
        places = np.flatnonzero(self._numbers == number)
        return int(places[0]) if len(places) else -1

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLES[section])
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
            PAST,
            SIDE,
        ):
            return None
        past = self.past(index.row())
        if past is None:
            return None
        if role == PAST:
            return past
        project = self._bridge.desk.project
        if role == SIDE:
            if index.column() == FROM:
                return words.from_side(project, past)
            return words.to_side(project, past) if index.column() == TO else None
        text = self._text(past, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            back = tr("taken back since") if past.entry.is_taken_back else ""
            return listed((text, back))
        return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def _text(self, past: PastDecision, column: int) -> str:
        project, event = self._bridge.desk.project, past.event
        if column in (FROM, TO):
            side = words.from_side(project, past) if column == FROM else words.to_side(project, past)
            return tr("{name}, suggested", name=side.words) if side.is_suggested else side.words
        return {
            TIME: lambda: day_and_time(event.at_utc),
            ITEM: lambda: past.item.name,
            REVIEWER: lambda: words.who(event),
            MODEL: lambda: words.model(event),
            SECONDS: lambda: words.seconds(event),
            REMARK: lambda: words.remark(event),
        }[column]()

    def _take(self, answer: Any) -> None:
        if isinstance(answer, KnownError):
            self._bridge.tell(answer)
        elif isinstance(answer, Exception):
            raise answer
        else:
            self._show(answer)

    def _show(self, numbers: np.ndarray) -> None:
        self.beginResetModel()
        self._pages.clear()
        self._numbers = numbers
        self.endResetModel()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == SECONDS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
