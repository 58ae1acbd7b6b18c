"""Go to: pages, commands and items by typing a few letters."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.item_jump import ItemJump, Place
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.language import listed, tr

_SHOWN = 40
_MARGIN: Final = 3
"""What a view leaves free beside words, within the padding of the style."""
_KEY: Final = Qt.ItemDataRole.UserRole


class JumpDialog(QDialog):
    """A field and a list that narrows while one types. Without places, items only are gone to."""

    def __init__(self, theme: Theme, places: Sequence[Place], items: ItemJump, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Go to"))
        self.setAccessibleName(tr("Go to"))
        self._places = list(places)
        self._items = items
        self._found: list[Place] = []
        self._words = QLineEdit()
        what = tr("A page, a command, or the name of an item") if places else tr("Name, number, id or words of an item")
        self._words.setPlaceholderText(what)
        self._words.setAccessibleName(tr("Where to"))
        self._words.installEventFilter(self)
        self._words.textChanged.connect(self._narrow)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Places"))
        self._list.setItemDelegate(_WithKey(theme, self))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemActivated.connect(lambda _entry: self._go())
        self._list.itemClicked.connect(lambda _entry: self._go())
        column = QVBoxLayout(self)
        column.addWidget(self._words)
        column.addWidget(self._list)
        self.resize(520, 420)
        items.setParent(self)
        items.found.connect(self._add_items)
        self.finished.connect(lambda _result: items.close())
        self._narrow("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list and Enter goes, while the caret stays in the field."""
        if watched is self._words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(min(max(self._list.currentRow() + step, 0), self._list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, words: str) -> None:
        wanted = words.strip().casefold()
        self._found = [place for place in self._places if wanted in place[0].casefold()][:_SHOWN]
        self._list.clear()
        self._show(self._found)
        self._list.setCurrentRow(0)
        self._items.look(words.strip())

    def _add_items(self, words: str, places: Sequence[Place]) -> None:
        """The items that hold the words, unless others are typed by now."""
        if words != self._words.text().strip():
            return
        more = list(places)[: _SHOWN - len(self._found)]
        self._found += more
        self._show(more)
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(0)

    def _show(self, places: Sequence[Place]) -> None:
        for name, _, key in places:
            entry = QListWidgetItem(name)
            entry.setData(_KEY, key)
            entry.setData(Qt.ItemDataRole.AccessibleTextRole, listed((name, key)))
            self._list.addItem(entry)

    def _go(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._found):
            self.accept()
            self._found[row][1]()


class _WithKey(QStyledItemDelegate):
    """A place, and at its other end the key that leads there without this list."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the list whatever the words: a long one would push all keys out of sight."""
        return QSize(1, super().sizeHint(option, index).height())

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The words end where the key begins."""
        super().initStyleOption(option, index)
        key = index.data(_KEY)
        taken = key_cap_width(key, self._theme) + SPACE_8 if key else 0
        room = option.rect.width() - 2 * (SPACE_8 + _MARGIN) - taken
        option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideMiddle, room)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        key = index.data(_KEY)
        if key:
            row, width = QRect(option.rect), key_cap_width(key, self._theme)
            cap = QRect(row.right() - SPACE_8 - width, row.top(), width, row.height())
            paint_key_cap(painter, QStyle.visualRect(option.direction, row, cap), key, self._theme)
