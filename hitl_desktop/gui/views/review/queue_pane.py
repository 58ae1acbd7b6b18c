"""The queue at the left: a strip of what comes next, or a list with names, search and filter."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.theme.tokens import QUEUE_LIST, QUEUE_STRIP
from hitl_desktop.gui.views.browse.chip_row import ChipRow
from hitl_desktop.gui.views.browse.filter_popup import FilterPopup
from hitl_desktop.gui.views.browse.search_field import SearchField
from hitl_desktop.gui.views.browse.words import ORDERS, PRESETS, preset_of, with_preset
from hitl_desktop.gui.views.review.queue_delegate import QueueDelegate
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import decimal, explained, number, tr, trc, trn

_SHORT_FROM = 1000
_MILLION = 1_000_000


class QueuePane(QFrame):
    """Shows the model of the queue. `item_chosen(int)` is sent when a row is clicked or entered."""

    item_chosen = Signal(int)
    toggled = Signal()

    def __init__(self, context: Context, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_pane")
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("Queue"))
        self._context = context
        self._model = model
        self._delegate = QueueDelegate(context, model)
        self._count = PlainLabel("", "small", "text2")
        self._title = PlainLabel(tr("Queue"), "body", weight=600)
        self._toggle = Button(context.theme, "", "quiet", icon="panel-left", size="small")
        self._toggle.setAccessibleName(tr("Show or hide the queue list"))
        self._toggle.clicked.connect(self.toggled)
        self._search = SearchField(context)
        self._which = QComboBox()
        self._which.setAccessibleName(tr("Which items"))
        for preset in PRESETS:
            self._which.addItem(tr(preset.title), preset.name)
        self._which.addItem(tr("A filter of your own"), None)
        self._which.activated.connect(self._preset_chosen)
        self._order = QComboBox()
        self._order.setAccessibleName(tr("Order"))
        for order, title in ORDERS.items():
            self._order.addItem(tr(title), order)
        self._order.activated.connect(lambda _place: context.browsing.sort(self._order.currentData()))
        self._more = Button(context.theme, "", "secondary", icon="filter")
        self._more.setAccessibleName(tr("Filter by status, class, confidence, reviewer and note"))
        self._more.setToolTip(plain_tooltip(tr("Filter by status, class, confidence, reviewer and note")))
        self._more.clicked.connect(self._open_filter)
        self.chips = ChipRow(context, beside_presets=True)
        self._popup: FilterPopup | None = None
        self._clear = Button(context.theme, "", "quiet", icon="filter", size="small")
        self._clear.setAccessibleName(tr("Clear the filter"))
        self._clear.setToolTip(plain_tooltip(explained(tr("Clear the filter"), context.keymap.caption("clear_filter"))))
        self._clear.clicked.connect(context.browsing.clear)
        context.browsing.wanted_changed.connect(self._show_wanted)
        context.browsing.changed.connect(self._show_found)
        context.browsing.busy_changed.connect(self._show_found)
        self._view = self._build_view()
        self._lay_out()
        self.set_wide(False)

    @property
    def is_wide(self) -> bool:
        """True for the list, False for the strip."""
        return self._delegate.wide

    def set_wide(self, wide: bool) -> None:
        """Show the list with names, or the strip."""
        self._delegate.wide = wide
        self._title.setVisible(wide)
        self._tools.setVisible(wide)
        width = self._context.theme.px(QUEUE_LIST if wide else QUEUE_STRIP)
        self.setFixedWidth(width)
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._view.setVerticalScrollBarPolicy(bar)
        self._fit_rows()
        self._show_wanted()

    def focus_search(self) -> None:
        """Open the list and put the caret into the search field."""
        if not self.is_wide:
            self.toggled.emit()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def show_picked(self, indexes: Sequence[int], words: str) -> None:
        """Open the list with these items and nothing else; `words` say what they are, until the filter is cleared."""
        if not self.is_wide:
            self.toggled.emit()
        self._context.browsing.show_picked(indexes, words)

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
        """The number of items to do, as in the header; of a filter, how many it found.

        Checks of an audit wait also where the rules send nothing to a person: then they are what is to do.
        """
        browsing = self._context.browsing
        shown = to_do if to_do and not browsing.is_listing else self._model.rowCount()
        if browsing.is_listing and browsing.is_busy:
            words, short = tr("Looking…"), "…"
        else:
            words = (
                trn("{n} found", "{n} found", shown) if browsing.is_listing else trn("{n} to do", "{n} to do", shown)
            )
            short = number(shown)
            if shown >= _MILLION:
                figure = decimal(shown / _MILLION, 1 if shown < 10 * _MILLION else 0)
                short = trc("millions, in a narrow strip", "{figure}M", figure=figure)
            elif shown >= _SHORT_FROM:
                short = trc("thousands, in a narrow strip", "{figure}k", figure=number(shown // 1000))
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
        row.addWidget(self._clear)
        row.addWidget(self._count)
        self._tools = QWidget()
        tools = QVBoxLayout(self._tools)
        tools.setContentsMargins(12, 0, 12, 8)
        tools.setSpacing(6)
        tools.addWidget(self._search)
        which = QHBoxLayout()
        which.setSpacing(6)
        which.addWidget(self._which, 1)
        which.addWidget(self._more)
        tools.addLayout(which)
        tools.addWidget(self._order)
        tools.addWidget(self.chips)
        column.addWidget(head)
        column.addWidget(self._tools)
        line = QFrame()
        line.setProperty("rule", "h")
        column.addWidget(line)
        column.addWidget(self._view, 1)

    def _preset_chosen(self) -> None:
        name = self._which.currentData()
        browsing = self._context.browsing
        if name is None:
            self._show_wanted()
            self._open_filter()
        else:
            browsing.ask(with_preset(browsing.wanted, name))

    def _repaint(self, _digest: str) -> None:
        self._view.viewport().update()

    def _open_filter(self) -> None:
        if self._popup is None:
            self._popup = FilterPopup(self._context, self)
        self._popup.open_below(self._tools)

    def _show_wanted(self) -> None:
        """Follow the filter: the boxes say what is asked for."""
        browsing = self._context.browsing
        own = self._which.count() - 1
        preset = preset_of(browsing.wanted)
        self._which.setCurrentIndex(own if preset is None else self._which.findData(preset))
        self._order.setCurrentIndex(self._order.findData(browsing.wanted.order))
        self._order.setVisible(browsing.is_listing)
        self._clear.setVisible(browsing.is_filtered and not self.is_wide)
        self._title.setText(tr("Found") if browsing.is_listing else tr("Queue"))

    def _show_found(self) -> None:
        if self._context.bridge.is_open:
            self.show_count(self._context.bridge.desk.project.pool.ledger().needs_review)

    def _choose(self, place: QModelIndex) -> None:
        self.item_chosen.emit(self._model.item_index(place.row()))
