"""The review queue as a list model: rows come from arrays, names are fetched a page at a time."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.items import ANSWERED, Item, ItemState
from hitl_desktop.domain.labels import Task, in_words
from hitl_desktop.domain.predictions import whole_percents
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.views.review.reasons import Reason, in_queue, new_kind
from hitl_desktop.gui.views.review.route_reason import escalated
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.language import explained, listed, mark, percent, tr
from hitl_desktop.workflow.capacity import left_today
from hitl_desktop.workflow.second_reading import keeps_first_back
from hitl_desktop.workflow.suggesting import keeps_back
from hitl_desktop.workflow.suggestion import listed_now

_PAGE = 64
_ITEMS_KEPT = 4096
_PIECE = 4096
"""Rows that are looked at in one go."""


class QueueRole(IntEnum):
    """What a delegate asks a row for."""

    ROW = Qt.ItemDataRole.UserRole + 1


_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.ToolTipRole,
    QueueRole.ROW,
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row: the item, the positions of what it is decided or suggested to be, its confidence (None unscored), why it
    is asked. `words` say the same as `marks`; both are empty where nothing is known. `is_hidden`: what is suggested is
    not told, as the item may have to be answered without. `ends_day`: so many a day can be reviewed, and with this one
    it is over.
    """

    item: Item
    marks: tuple[int, ...]
    words: str
    confidence: float | None
    reason: str
    is_hidden: bool = False
    ends_day: bool = False


_STATES = {
    ItemState.DECIDED: mark("Decided"),
    ItemState.SKIPPED: mark("Skipped"),
    ItemState.UNSURE: mark("Unsure"),
    ItemState.FLAGGED: mark("Flagged"),
    ItemState.AUTOMATIC: mark("Automatic"),
}


class QueueModel(QAbstractListModel):
    """Shows the queue, or the items of a filter and a search, in order."""

    def __init__(
        self, bridge: Bridge, browsing: Browsing, parent: QObject | None = None, *, shows_all: bool = False
    ) -> None:
        """With `shows_all` the whole pool is shown where nothing is filtered, in place of the queue."""
        super().__init__(parent)
        self._bridge = bridge
        self._browsing = browsing
        self._shows_all = shows_all
        self._rows: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._items: OrderedDict[int, Item] = OrderedDict()
        self._made: dict[int, QueueRow] = {}
        self._basis: tuple[object, bool, str] = (None, False, "")
        self._last_of_day = -1
        self._is_stale = False
        bridge.changed.connect(self._forget)
        bridge.quick.answered.connect(self._say_anew)
        bridge.project_changed.connect(self._forget_all)

    @property
    def is_filtered(self) -> bool:
        """True while something else than the plain queue is shown."""
        return self._shows_all or self._browsing.is_listing

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The pool indexes of all rows, in their order. Not to be changed."""
        return self._rows

    def refresh(self) -> None:
        """Take the present rows; a single row that left or came back is moved without a reset, and where nothing has
        changed nothing is painted.
        """
        fresh = self._wanted() if self._bridge.is_open else np.empty(0, np.int64)
        day_ends, is_stale = self._day_ends_with(), self._is_stale
        if fresh is self._rows and not is_stale and day_ends == self._last_of_day:
            return
        self._last_of_day, self._is_stale = day_ends, False
        if not self._moved_by_one(fresh):
            self.beginResetModel()
            self._rows = fresh
            self.endResetModel()
        elif len(self._rows):
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def item_index(self, row: int) -> int:
        """The pool index of a row."""
        return int(self._rows[row])

    def item(self, row: int) -> Item:
        """The item of a row."""
        return self._item(row)

    def row(self, row: int) -> QueueRow | None:
        """What a row shows; None for one that is not there."""
        return self._row(row) if 0 <= row < len(self._rows) and self._bridge.is_open else None

    def row_of(self, item_index: int | None) -> int:
        """The row of an item, −1 when it is not shown."""
        if item_index is None:
            return -1
        for start in range(0, len(self._rows), _PIECE):  # nearly always in the first piece
            places = np.flatnonzero(self._rows[start : start + _PIECE] == item_index)
            if len(places):
                return start + int(places[0])
        return -1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's way
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows) or not self._bridge.is_open:
            return None
        if role not in _ROLES:
            return None
        row = self._row(index.row())
        if role == QueueRole.ROW:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (row.item.name, self._in_words(row), tr("Today’s reviews end here.") if row.ends_day else "")
            return plain_tooltip("\n".join(line for line in lines if line))
        said = row.words if self._bridge.desk.project.task is Task.SEVERAL else ""
        sure = "" if row.confidence is None else percent(row.confidence)
        why = self._in_words(row) if role == Qt.ItemDataRole.AccessibleTextRole else ""
        ends = tr("today’s reviews end here") if row.ends_day and why else ""
        return listed((row.item.name, said, sure, why, ends))

    def _day_ends_with(self) -> int:
        """The row of the last item that today's capacity has room for; −1 for none, and in other lists."""
        if not self._bridge.is_open or self.is_filtered:
            return -1
        left = left_today(self._bridge.desk.project)
        return -1 if left is None else left - 1

    def _row(self, row: int) -> QueueRow:
        """A row as it was made before, until something may have changed about it."""
        item = self._item(row)
        session = self._bridge.desk.session
        basis = (session.queue.planned(), self.is_filtered, session.reviewer)
        if basis[0] is not self._basis[0] or basis[1:] != self._basis[1:]:
            self._made.clear()
            self._basis = basis
        made = self._made.get(item.index)
        if made is None or made.item is not item:
            made = self._made[item.index] = self._made_of(item)
        made = self._as_on_screen(made)
        return made if row != self._last_of_day else replace(made, ends_day=True)

    def _as_on_screen(self, made: QueueRow) -> QueueRow:
        """The item on screen keeps its suggestion until it is left; its row must not say another one."""
        session = self._bridge.desk.session
        shown = session.visible if made.item.index == session.current else None
        if shown is None or made.is_hidden or made.item.state in ANSWERED:
            return made
        words = in_words(label.name for label in shown.labels)
        marks = tuple(label.position for label in shown.labels)
        sure = shown.confidence
        if shown.predicted is not None:  # in whole percents that add up, as beside the item
            sure = whole_percents(shown.probabilities)[shown.predicted.position] / 100
        return replace(made, marks=marks, words=words, confidence=sure)

    def _made_of(self, item: Item) -> QueueRow:
        project = self._bridge.desk.project
        pool = project.pool
        is_kept = keeps_back(project, item)
        if is_kept or self._reads_second(item):
            return QueueRow(item, (), "", None, self._why(item, is_kept=is_kept), is_hidden=True)
        confidence = float(pool.confidence[item.index])
        is_decided = item.state in ANSWERED
        labels = project.decided_labels(item) if is_decided else project.suggested_labels(item.index)
        now = None if is_decided or project.quick is None else listed_now(project, item.index)
        if now is not None:
            confidence, labels = now
        is_known = is_decided or pool.predicted[item.index] >= 0
        words = in_words(label.name for label in labels) if is_known else ""
        marks = tuple(label.position for label in labels)
        sure = None if np.isnan(confidence) else confidence
        return QueueRow(item, marks, words, sure, self._why(item, is_kept=False))

    def _reads_second(self, item: Item) -> bool:
        """True where somebody else's answer is not to be seen yet."""
        desk = self._bridge.desk
        return item.state is ItemState.DECIDED and keeps_first_back(desk.project, item.index, desk.session.sitting)

    def _in_words(self, row: QueueRow) -> str:
        """Why a row is there, with its clause while it waits in the queue."""
        if row.is_hidden or not self._waits(row.item):
            return row.reason
        asked = self._asked_for(row.item.index)
        return explained(asked.word, asked.clause)

    def _why(self, item: Item, *, is_kept: bool) -> str:
        if item.state is not ItemState.TO_DO:
            return tr(_STATES[item.state])
        if is_kept:  # nothing that depends on what the model says of it
            return tr("Blind")
        return self._asked_for(item.index).word if self._waits(item) else tr("Proposed")

    def _waits(self, item: Item) -> bool:
        """True where a row says why it is asked: a filter shows others too."""
        if item.state is not ItemState.TO_DO:
            return False
        return not (self.is_filtered and self._bridge.desk.project.pool.is_proposed(item.index))

    def _asked_for(self, index: int) -> Reason:
        desk = self._bridge.desk
        slot, pool = desk.session.slot_of(index), desk.project.pool
        told = escalated(desk.project, index, slot) or new_kind(slot, is_novel=pool.is_novel(index))
        return told or in_queue(slot, is_scored=bool(pool.predicted[index] >= 0))

    def _item(self, row: int) -> Item:
        index = int(self._rows[row])
        found = self._items.get(index)
        if found is None:
            start = row - row % _PAGE
            part = [int(i) for i in self._rows[start : start + _PAGE]]
            for item in self._bridge.desk.project.store.items.many([i for i in part if i not in self._items]):
                self._items[item.index] = item
            found = self._items[index]
            while len(self._items) > _ITEMS_KEPT:
                self._made.pop(self._items.popitem(last=False)[0], None)
        return found

    def _forget(self, changes: Changes) -> None:
        """What changed is fetched again when it is shown. Only a decision names all the items that it changed."""
        self._is_stale = True
        is_large = changes.routing or changes.pool or changes.classes or changes.model or changes.settings
        if is_large or len(changes.items) > len(self._items):
            self._items.clear()
        if is_large or changes.order:
            self._made.clear()
        for index in changes.items.intersection(self._items):
            if self._bridge.desk.project.store.items.get(index) is self._items[index]:
                continue  # shown now, and not changed
            del self._items[index]
            self._made.pop(index, None)

    def _say_anew(self) -> None:
        """The model says otherwise, at once: rows that are shown are made anew, in their places."""
        self._made.clear()
        if len(self._rows):
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _forget_all(self) -> None:
        self._is_stale = True
        self._items.clear()
        self._made.clear()

    def _wanted(self) -> npt.NDArray[np.int64]:
        return self._browsing.rows() if self._shows_all else self._browsing.queue()

    def _moved_by_one(self, fresh: npt.NDArray[np.int64]) -> bool:
        """Remove or insert one row where that is all that changed; True when the rows are then `fresh`."""
        old = self._rows
        if abs(len(fresh) - len(old)) > 1:
            return False
        if _is_rest(fresh, old):
            self.beginRemoveRows(QModelIndex(), 0, 0)
            self._rows = fresh
            self.endRemoveRows()
            return True
        if len(fresh) == len(old):
            return bool((fresh == old).all())
        shorter, longer = (fresh, old) if len(fresh) < len(old) else (old, fresh)
        at = _first_difference(shorter, longer)
        if not np.array_equal(shorter[at:], longer[at + 1 :]):
            return False
        if longer is old:
            self.beginRemoveRows(QModelIndex(), at, at)
            self._rows = fresh
            self.endRemoveRows()
        else:
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows = fresh
            self.endInsertRows()
        return True


def _is_rest(fresh: npt.NDArray[np.int64], old: npt.NDArray[np.int64]) -> bool:
    """True for the same rows in the same memory, but for the first: known without looking at any of them."""
    if len(fresh) != len(old) - 1 or not fresh.flags.c_contiguous or not old.flags.c_contiguous:
        return False
    where, before = (array.__array_interface__["data"][0] for array in (fresh, old))
    return len(fresh) > 0 and where == before + old.itemsize


def _first_difference(shorter: npt.NDArray[np.int64], longer: npt.NDArray[np.int64]) -> int:
    """Where two arrays part; the length of the shorter one when they do not. Looks no further than it must."""
    for start in range(0, len(shorter), _PIECE):
        piece = shorter[start : start + _PIECE]
        differs = np.flatnonzero(piece != longer[start : start + len(piece)])
        if len(differs):
            return start + int(differs[0])
    return len(shorter)
