"""The grid of tiles: moved about in and chosen from by keys and mouse, as in a file manager."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHeaderView, QRubberBand, QTableView, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.views.gallery.grid_model import GridModel
from hitl_desktop.gui.views.gallery.selection import Indexes, Selection
from hitl_desktop.gui.views.gallery.tile_delegate import TileDelegate
from hitl_desktop.language import tr

_SCROLL_MS: Final = 16
_SETTLE_MS: Final = 60
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier


class TileGrid(QTableView):
    """Shows the items of a model as tiles. `opened(int)` carries the pool index of an item that is wanted whole,
    `key_pressed(QKeyEvent)` a key that is not one of the grid's own, to be accepted by who uses it.
    """

    opened = Signal(int)
    current_changed = Signal(int)
    key_pressed = Signal(QKeyEvent)

    def __init__(self, context: Context, source: QueueModel, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._source = source
        self._media = media
        self.selection = Selection(self)
        self.delegate = TileDelegate(context, media, self.selection)
        self.tiles = GridModel(source, self.selection, self)
        self._place = -1
        self._anchor = -1
        self._pressed_at: QPoint | None = None
        self._band: QRubberBand | None = None
        self._band_start = QPoint()
        self._before_band: Indexes = np.empty(0, np.int64)
        self._scroller = QTimer(self)
        self._scroller.setInterval(_SCROLL_MS)
        self._scroller.timeout.connect(self._scroll_on)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._drop_passed)
        self._set_up()

    def _set_up(self) -> None:
        self.setModel(self.tiles)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(tr("Items"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("pane", "window")
        self.setProperty("focusRing", "none")  # the tile that the keys are on has one
        self.setShowGrid(False)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selection.changed.connect(self.viewport().update)
        self._media.thumbnail_ready.connect(lambda _digest: self.viewport().update())
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._settled.start())
        self.tiles.modelReset.connect(self._rows_changed)
        self._context.theme.changed.connect(self.fit)

    @property
    def current(self) -> int:
        """The pool index of the tile the keys are on; −1 when there is none."""
        return self._source.item_index(self._place) if 0 <= self._place < self._source.rowCount() else -1

    @property
    def place(self) -> int:
        """The place of that tile in the list."""
        return self._place

    def columns(self) -> int:
        """How many tiles stand in a line."""
        return self.tiles.columnCount()

    def set_side(self, side: int) -> None:
        """Show tiles of another size; the current one stays in view."""
        if side != self.delegate.side:
            self.delegate.side = side
            self.fit()
            self._show_place()

    def fit(self) -> None:
        """Set out as many tiles in a line as there is room for."""
        room = max(1, self.viewport().width())
        self.tiles.set_columns(self.delegate.fill(room))
        self.horizontalHeader().setDefaultSectionSize(room // self.columns())
        self.verticalHeader().setDefaultSectionSize(self.delegate.cell().height())
        self.viewport().update()

    def choose_current(self, index: int) -> None:
        """Go to an item, if it is shown."""
        row = self._source.row_of(index)
        if row >= 0:
            self._go(row, Qt.KeyboardModifier.NoModifier, chooses=False)

    def choose_all(self) -> None:
        """Choose everything that is shown."""
        self.selection.choose(self._source.rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._in_view()
        self.delegate.prepare(self._source.rows[view.start : view.stop].tolist())
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        mouse = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.OtherFocusReason)
        self.delegate.has_focus = event.reason() not in mouse
        if self._place < 0 and self._source.rowCount():
            self._set_place(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.delegate.has_focus = False
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = self._steps()
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        count = self._source.rowCount()
        if event.key() in steps and not modifiers & Qt.KeyboardModifier.AltModifier:
            if count:
                self.delegate.has_focus = True
                if self._anchor < 0:  # Shift begins where the ring is, also with the first key
                    self._anchor = max(self._place, 0)
                self._go(min(max(steps[Qt.Key(event.key())], 0), count - 1), modifiers)
            return
        if event.key() == Qt.Key.Key_Space and count:
            self._toggle(max(self._place, 0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers:
            if self.current >= 0:
                self.opened.emit(self.current)
        elif event.key() == Qt.Key.Key_A and modifiers == _CTRL:
            self.choose_all()
        elif event.key() == Qt.Key.Key_Escape and len(self.selection):
            self.selection.clear()
        else:
            event.ignore()
            self.key_pressed.emit(event)

    def _steps(self) -> dict[Qt.Key, int]:
        """Where each key that moves leads to. Left and right follow the reading direction."""
        place, columns = max(self._place, 0), self.columns()
        line = max(1, self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize()))
        ahead = -1 if self.isRightToLeft() else 1
        last = self._source.rowCount() - 1
        return {
            Qt.Key.Key_Left: place - ahead,
            Qt.Key.Key_Right: place + ahead,
            Qt.Key.Key_Up: place - columns if place >= columns else place,
            Qt.Key.Key_Down: min(place + columns, last),
            Qt.Key.Key_PageUp: place - line * columns,
            Qt.Key.Key_PageDown: place + line * columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.delegate.has_focus = False
        self._pressed_at = event.position().toPoint()
        place = self._place_at(self._pressed_at)
        if place >= 0:
            if event.modifiers() & _CTRL and not event.modifiers() & _SHIFT:
                self._toggle(place)
            else:
                self._go(place, event.modifiers())
        elif not event.modifiers() & (_CTRL | _SHIFT):
            self.selection.clear()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed_at is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
            if self._band is None and far:
                self._begin_band(keeps=bool(event.modifiers() & (_CTRL | _SHIFT)))
            if self._band is not None:
                self._stretch_band(at)
                is_outside = not self.viewport().rect().contains(QPoint(1, at.y()))
                (self._scroller.start if is_outside else self._scroller.stop)()
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        self._scroller.stop()
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
            self._band = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._source.item_index(place))

    def _go(self, place: int, modifiers: Qt.KeyboardModifier, *, chooses: bool = True) -> None:
        """Move to a place: alone it is chosen, with Shift everything from the anchor on, with Ctrl nothing."""
        if chooses and modifiers & _SHIFT:
            if self._anchor < 0:
                self._anchor = place
            low, high = sorted((self._anchor, place))
            self.selection.choose(self._source.rows[low : high + 1], also=bool(modifiers & _CTRL))
        else:
            self._anchor = place
            if chooses and not modifiers & _CTRL:
                self.selection.choose([self._source.item_index(place)])
        self._set_place(place)
        self._show_place()

    def _toggle(self, place: int) -> None:
        self._anchor = place
        self.selection.toggle(self._source.item_index(place))
        self._set_place(place)

    def _set_place(self, place: int) -> None:
        self._place = place
        self.delegate.current = self.current
        index = self.tiles.at(place)
        self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Focus))
        self.viewport().update()
        self.current_changed.emit(self.current)

    def _show_place(self) -> None:
        if 0 <= self._place < self._source.rowCount():
            self.scrollTo(self.tiles.at(self._place))

    def _place_at(self, at: QPoint) -> int:
        return self.tiles.place(self.indexAt(at))

    def _begin_band(self, *, keeps: bool) -> None:
        assert self._pressed_at is not None  # noqa: S101 - checked by the caller
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self._band_start = self._pressed_at + QPoint(0, self.verticalScrollBar().value())
        self._before_band = self.selection.indexes() if keeps else np.empty(0, np.int64)
        self._band.show()

    def _stretch_band(self, at: QPoint) -> None:
        """Choose the tiles that the band touches, also those it has scrolled past."""
        assert self._band is not None  # noqa: S101 - checked by the caller
        scrolled = self.verticalScrollBar().value()
        area = QRect(self._band_start, at + QPoint(0, scrolled)).normalized()
        self._band.setGeometry(area.translated(0, -scrolled))
        size = QSize(self.horizontalHeader().defaultSectionSize(), self.verticalHeader().defaultSectionSize())
        columns, count = self.columns(), self._source.rowCount()
        first, last = max(0, area.left() // size.width()), min(columns - 1, area.right() // size.width())
        if self.isRightToLeft():
            width = self.viewport().width()
            first = max(0, (width - area.right()) // size.width())
            last = min(columns - 1, (width - area.left()) // size.width())
        lines = range(max(0, area.top() // size.height()), area.bottom() // size.height() + 1)
        places = [line * columns + column for line in lines for column in range(first, last + 1)]
        touched = [self._source.item_index(place) for place in places if place < count]
        self.selection.choose(np.concatenate([self._before_band, np.asarray(touched, np.int64)]))

    def _scroll_on(self) -> None:
        """The band is held beyond the edge: scroll on in its direction, faster the farther it is."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = at.y() if at.y() < 0 else max(0, at.y() - self.viewport().height())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + beyond // 2)
        self._stretch_band(at)

    def _rows_changed(self) -> None:
        """Other items are shown: the keys stay where they are, as far as there is such a place."""
        count = self._source.rowCount()
        self._place = min(self._place, count - 1)
        self._anchor = min(self._anchor, count - 1)
        self.delegate.current = self.current
        self.horizontalHeader().setDefaultSectionSize(max(1, self.viewport().width()) // self.columns())
        self._settled.start()

    def _in_view(self) -> range:
        top, height = self.verticalScrollBar().value(), self.verticalHeader().defaultSectionSize()
        first = top // height * self.columns()
        last = (top + self.viewport().height()) // height * self.columns() + self.columns()
        return range(first, min(last, self._source.rowCount()))

    def _drop_passed(self) -> None:
        """When scrolling pauses, thumbnails that are out of sight are no longer waited for."""
        digests = {self._source.item(place).digest for place in self._in_view()}
        self._media.wait_only_for(digests)
