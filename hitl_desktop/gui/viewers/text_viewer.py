"""The viewer of texts."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.find_bar import FindBar
from hitl_desktop.gui.viewers.matches import Span, find_all
from hitl_desktop.gui.viewers.record_header import RecordHeader
from hitl_desktop.gui.viewers.text_pane import LARGEST_POINTS, SMALLEST_POINTS, TextPane
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction
from hitl_desktop.language import tr, trn

_NO_MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


class TextViewer(ItemViewer):
    """Shows a text in a readable column, the fields of its record above it, and finds words in it.

    `text_points_changed` carries the new size when a person changes it, so that it can be remembered.
    """

    text_points_changed = Signal(int)

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self._found: list[Span] = []
        self._actions: list[Callable[[], Sequence[ToolAction]]] = []
        self._current = 0
        content = QWidget(self)
        content.setAutoFillBackground(True)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self.pane = TextPane(theme, content)
        self.header = RecordHeader(theme, self.pane.column, content)
        self.find_bar = FindBar(theme, content)
        self.find_bar.hide()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pane, 1)
        # Below the text: opening it moves no line that is being read.
        column.addWidget(self.find_bar)
        self.set_content(content)
        self.find_bar.words_changed.connect(self._find)
        self.find_bar.step_wanted.connect(self._step)
        self.find_bar.closed.connect(self.close_find)

    def show_item(self, view: ItemView) -> None:
        self.item = view
        self.close_find()
        self.show_content()
        words = trn("{n} word", "{n} words", len(view.text.split()))
        self.header.show_record(view.name, words, view.fields)
        self.header.show()
        self.pane.show_text(view.text)
        self.setAccessibleName(tr("Text {name}, {words}", name=view.name, words=words))

    def clear(self) -> None:
        self.item = None
        self.close_find()
        self.show_content()
        self.header.hide()
        self.pane.show_text("")
        self.setAccessibleName(tr("No text"))

    def set_text_points(self, points: int) -> None:
        """Set the size of the text, kept between 14 and 28. Sends nothing: it is for what was remembered."""
        self.pane.set_points(min(LARGEST_POINTS, max(SMALLEST_POINTS, points)))
        self.header.arrange()
        self.state_changed.emit()

    def add_actions(self, actions: Callable[[], Sequence[ToolAction]]) -> None:
        """Offer more tools in the row, after those of the viewer."""
        self._actions.append(actions)
        self.state_changed.emit()

    def open_find(self) -> None:
        """Open the find bar."""
        self.find_bar.open()
        self._find(self.find_bar.field.text())
        self.state_changed.emit()

    def close_find(self) -> None:
        """Close the find bar and take the highlights away."""
        if self.find_bar.isHidden():
            return
        had_focus = self.find_bar.field.hasFocus()
        self.find_bar.hide()
        self._found = []
        self.pane.mark([], -1)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.state_changed.emit()

    def tool_actions(self) -> list[ToolAction]:
        is_open = not self.find_bar.isHidden()
        toggle = self.close_find if is_open else self.open_find
        own = [
            ToolAction("smaller", tr("Smaller text"), "zoom-out", "−", self._smaller),
            ToolAction("larger", tr("Larger text"), "zoom-in", "+", self._larger),
            ToolAction("find", tr("Find"), "search", "Ctrl+F", toggle, True, is_open, worded=True),
        ]
        return own + [action for actions in self._actions for action in actions()]

    def handle_key(self, event: QKeyEvent) -> bool:
        if self.item is None or self.has_error:
            return False
        action = self._plain_action(event)
        if event.matches(QKeySequence.StandardKey.Find):
            action = self.open_find
        elif event.matches(QKeySequence.StandardKey.Copy) and self.pane.textCursor().hasSelection():
            action = self.pane.copy
        elif event.key() == Qt.Key.Key_Escape and not self.find_bar.isHidden():
            action = self.close_find
        if action is None:
            return False
        action()
        return True

    def _plain_action(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier not in _NO_MODIFIERS:
            return None
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: self._larger,
            # The key of the plus sign without Shift, on keyboards where both are one key.
            Qt.Key.Key_Equal: self._larger,
            Qt.Key.Key_Minus: self._smaller,
            Qt.Key.Key_Up: lambda: self.pane.scroll_by(-1),
            Qt.Key.Key_Down: lambda: self.pane.scroll_by(1),
            Qt.Key.Key_PageUp: lambda: self.pane.scroll_pages(-1),
            Qt.Key.Key_PageDown: lambda: self.pane.scroll_pages(1),
            Qt.Key.Key_Home: lambda: self.pane.verticalScrollBar().setValue(0),
        }
        return actions.get(event.key())

    def _larger(self) -> None:
        self._change_points(1)

    def _smaller(self) -> None:
        self._change_points(-1)

    def _change_points(self, by: int) -> None:
        before = self.pane.points
        self.set_text_points(before + by)
        if self.pane.points != before:
            self.text_points_changed.emit(self.pane.points)

    def _find(self, words: str) -> None:
        self._found = find_all(self.pane.shown_text(), words)
        self._current = 0
        self._show_found()

    def _step(self, by: int) -> None:
        if self._found:
            self._current = (self._current + by) % len(self._found)
            self._show_found()

    def _show_found(self) -> None:
        self.pane.mark(self._found, self._current if self._found else -1)
        self.find_bar.show_count(self._current, len(self._found))
