"""Choosing among many classes by typing the first letters."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.review.class_search import fitting
from hitl_desktop.gui.widgets.class_glyph import glyph_icon
from hitl_desktop.language import tr


class ClassPicker(QDialog):
    """A short list that narrows while one types; Enter takes the marked class, Esc leaves. Arrows mark another one."""

    def __init__(self, theme: Theme, labels: list[Label], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Choose a class"))
        self.setAccessibleName(tr("Choose a class"))
        self.chosen: Label | None = None
        self._labels = labels
        # An answer that is no class has no id above zero, and no glyph.
        self._glyphs = {
            label.id: glyph_icon(label.position, theme.tokens, 14) if label.id > 0 else QIcon() for label in labels
        }
        self._words = QLineEdit()
        self._words.setPlaceholderText(tr("First letters of the class"))
        self._words.setAccessibleName(tr("First letters of the class"))
        self._words.textChanged.connect(self._narrow)
        self._words.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Classes"))
        self._list.itemActivated.connect(self._take)
        self._list.itemClicked.connect(self._take)
        column = QVBoxLayout(self)
        column.addWidget(self._words)
        column.addWidget(self._list)
        self.resize(420, 480)
        self._narrow("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list and Enter takes, while the caret stays in the field."""
        if watched is self._words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = min(max(self._list.currentRow() + step, 0), self._list.count() - 1)
                if self._list.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                    self._list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._list.currentItem() is not None:
                    self._take(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, words: str) -> None:
        """Show the classes that fit. Before anything is typed none is marked: Enter alone must not decide."""
        found = fitting(self._labels, words)
        self._list.clear()
        for label in found:
            entry = QListWidgetItem(label.name)
            entry.setIcon(self._glyphs[label.id])
            entry.setData(Qt.ItemDataRole.UserRole, label.id)
            self._list.addItem(entry)
        if not found:
            nothing = QListWidgetItem(tr("No class fits."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(nothing)
        self._list.setCurrentRow(0 if found and words.strip() else -1)

    def _take(self, entry: QListWidgetItem) -> None:
        label_id = entry.data(Qt.ItemDataRole.UserRole)
        self.chosen = next(label for label in self._labels if label.id == label_id)
        self.accept()


def pick_class(theme: Theme, labels: list[Label], parent: QWidget, taken: Callable[[int], object]) -> None:
    """Ask for one of the classes; `taken` is called with the id of the one that is picked."""
    picker = ClassPicker(theme, labels, parent)

    def accepted() -> None:
        if picker.chosen is not None:
            taken(picker.chosen.id)

    picker.accepted.connect(accepted)
    picker.open()
