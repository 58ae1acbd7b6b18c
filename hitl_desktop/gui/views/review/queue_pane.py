"""The queue at the left: a strip of what comes next, or a list with names, search and filter."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import FILTERS, PICKED, QueueModel
from hitl_desktop.gui.theme.tokens import QUEUE_LIST, QUEUE_STRIP
from hitl_desktop.gui.views.review.queue_delegate import QueueDelegate
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import decimal, number, tr, trc, trn

_SHORT_FROM = 1000


class QueuePane(QFrame):
    """Shows the model of the queue. `item_chosen(int)` is sent when a row is clicked or entered."""

    item_chosen = Signal(int)
    toggled = Signal()

    def __init__(self, context: Context, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queuePane")
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Queue"))
        self._context = context
        self._model = model
        self._delegate = QueueDelegate(context)
        self._count = PlainLabel("", "small", "text2")
        self._title = PlainLabel(tr("Queue"), "body", weight=600)
        self._toggle = Button(context.theme, "", "quiet", icon="panel-left", size="small")
        self._toggle.setAccessibleName(tr("Show or hide the queue list"))
        self._toggle.clicked.connect(self.toggled)
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("Name, note or id"))
        self._search.setAccessibleName(tr("Search items"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._apply)
        self._which = QComboBox()
        self._which.setAccessibleName(tr("Which items"))
        for name, title in FILTERS:
            self._which.addItem(tr(title), name)
        self._which.currentIndexChanged.connect(self._apply)
        context.bridge.project_changed.connect(self._forget_picked)
        self._view = self._build_view()
        self._lay_out()
        self.set_wide(False)

    @property
    def is_wide(self) -> bool:
        """True for the list, False for the strip."""
        return self._delegate.wide

    def set_wide(self, wide: bool) -> None:
        """Show the list with names, or the strip. The search is taken back with the list."""
        self._delegate.wide = wide
        self._title.setVisible(wide)
        self._tools.setVisible(wide)
        width = self._context.theme.px(QUEUE_LIST if wide else QUEUE_STRIP)
        self.setFixedWidth(width)
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._view.setVerticalScrollBarPolicy(bar)
        self._fit_rows()
        if not wide:
            self._search.clear()
            self._which.setCurrentIndex(0)
            self._forget_picked()

    def focus_search(self) -> None:
        """Open the list and put the caret into the search field."""
        if not self.is_wide:
            self.toggled.emit()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def show_picked(self, indexes: Sequence[int], words: str) -> None:
        """Open the list with these items and nothing else; `words` name them among the filters, until it is closed."""
        if not self.is_wide:
            self.toggled.emit()
        self._search.clear()
        self._model.set_picked(indexes)
        self._forget_picked()
        self._which.addItem(words, PICKED)
        self._which.setCurrentIndex(self._which.count() - 1)

    def show_current(self, item_index: int | None) -> None:
        """Mark the item on screen and bring it into view."""
        self._delegate.current = -1 if item_index is None else item_index
        self._fit_rows()
        row = self._model.row_of(item_index)
        if row >= 0:
            place = self._model.index(row)
            self._view.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
            # In the queue the item on screen stands on top, as the next ones matter; a list only scrolls if it must.
            hint = (
                QAbstractItemView.ScrollHint.EnsureVisible
                if self._model.is_filtered
                else QAbstractItemView.ScrollHint.PositionAtTop
            )
            self._view.scrollTo(place, hint)
        self._view.viewport().update()

    def show_count(self, to_do: int) -> None:
        """The number of items to do, as in the header."""
        shown = self._model.rowCount()
        if self._model.is_filtered:
            self._count.setText(trn("{n} found", "{n} found", shown))
        else:
            short = number(to_do)
            if to_do >= _SHORT_FROM:
                short = trc("thousands, in a narrow strip", "{figure}k", figure=decimal(to_do / 1000, 1))
            words = trn("{n} to do", "{n} to do", to_do)
            self._count.setText(words if self.is_wide else short)
            self._count.setAccessibleName(words)

    def _fit_rows(self) -> None:
        """Rows of the height that the delegate paints now: the list and the strip, pictures and texts differ."""
        height = self._delegate.height()
        rows = self._view.verticalHeader()
        if rows.defaultSectionSize() != height:
            rows.setDefaultSectionSize(height)

    def _build_view(self) -> QTableView:
        """A table of one column: unlike a list, it does not lay out a million rows again when one of them leaves."""
        view = QTableView()
        view.horizontalHeader().hide()
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setCornerButtonEnabled(False)
        view.setModel(self._model)
        view.setItemDelegate(self._delegate)
        view.setMouseTracking(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        view.setAccessibleName(tr("Items waiting"))
        view.clicked.connect(self._choose)
        view.activated.connect(self._choose)
        self._context.media.thumbnail_ready.connect(self._repaint)
        return view

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(self._context.theme.px(36))
        row = QHBoxLayout(head)
        row.setContentsMargins(6, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._toggle)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._count)
        self._tools = QWidget()
        tools = QVBoxLayout(self._tools)
        tools.setContentsMargins(12, 0, 12, 8)
        tools.setSpacing(6)
        tools.addWidget(self._search)
        tools.addWidget(self._which)
        column.addWidget(head)
        column.addWidget(self._tools)
        line = QFrame()
        line.setProperty("rule", "h")
        column.addWidget(line)
        column.addWidget(self._view, 1)

    def _repaint(self, _digest: str) -> None:
        self._view.viewport().update()

    def _forget_picked(self) -> None:
        """Take the filter of picked items away; if it was in force, the queue is shown again."""
        place = self._which.findData(PICKED)
        if place >= 0:
            self._which.setCurrentIndex(0)
            self._which.removeItem(place)

    def _apply(self) -> None:
        self._model.set_filter(str(self._which.currentData()), self._search.text())
        if self._context.bridge.is_open:
            self.show_count(self._context.bridge.desk.project.pool.ledger().needs_review)

    def _choose(self, place: QModelIndex) -> None:
        self.item_chosen.emit(self._model.item_index(place.row()))
