"""The viewer of texts."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.find_bar import FindBar
from hitl_desktop.gui.viewers.finder import Finder
from hitl_desktop.gui.viewers.record_header import RecordHeader
from hitl_desktop.gui.viewers.record_panel import RecordPanel
from hitl_desktop.gui.viewers.text_pane import LARGEST_POINTS, SMALLEST_POINTS, TextPane
from hitl_desktop.gui.viewers.text_words import WordChooser
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction
from hitl_desktop.kinds.transcripts import Turn, in_turns, side_of, sides, turns_of
from hitl_desktop.language import tr, trn

_WORDS_COUNTED = 200_000
_NO_MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


class TextViewer(ItemViewer):
    """Shows a text in a readable column, the fields of its record above it, and finds words in it.

    `text_points_changed` carries the new size when a person changes it, so that it can be remembered.
    `mask_wanted(name, masked)` asks to mask a column of the records, or to show it again; `show_fields` answers.
    """

    text_points_changed = Signal(int)
    mask_wanted = Signal(str, bool)

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self._actions: list[Callable[[], Sequence[ToolAction]]] = []
        self._current = 0
        self._has_found = False
        self._is_raw = False
        self._as_turns = True
        self._turns: list[Turn] = []
        self.finder = Finder(self)
        content = QWidget(self)
        content.setAutoFillBackground(True)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self.pane = TextPane(theme, content)
        self.words = WordChooser(self.pane)
        self.header = RecordHeader(theme, self.pane.column, content)
        self.find_bar = FindBar(theme, content)
        self.find_bar.hide()
        self.record = RecordPanel(theme, content)
        self.record.hide()
        self.record.mask_wanted.connect(self.mask_wanted)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pane, 1)
        sides = QHBoxLayout(content)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        sides.addLayout(column, 1)
        sides.addWidget(self.record)
        # Below the text: opening it moves no line that is being read.
        column.addWidget(self.find_bar)
        self._column = column
        self.set_content(content)
        self.finder.found.connect(self._found_more)
        self.pane.completed.connect(self.finder.more_lines)
        self.find_bar.words_changed.connect(self._find)
        self.find_bar.step_wanted.connect(self._step)
        self.find_bar.closed.connect(self.close_find)

    def show_item(self, view: ItemView) -> None:
        self.item = view
        self.close_find()
        self.show_content()
        self._turns = self.turns_in(view)
        words = self.length_of(view)
        self.header.show_record(view.name, words, view.fields, view.masked)
        self.header.show()
        self._show_columns()
        self._show_text()
        self.setAccessibleName(tr("Text {name}, {words}", name=view.name, words=words))

    def go_on_from(self, before: ItemViewer) -> None:
        """The same place of the text, as it is stored or as turns, and the columns beside it."""
        if not isinstance(before, TextViewer) or before.item is None or self.item is None:
            return
        if before.item.digest != self.item.digest:
            return
        self._is_raw, self._as_turns = before._is_raw, before._as_turns
        self.record.setVisible(not before.record.isHidden())
        self._show_columns()
        self._show_text()
        self.pane.go_to(before.pane.top)
        self.state_changed.emit()

    def clear(self) -> None:
        self.item = None
        self._turns = []
        self.close_find()
        self.show_content()
        self.header.hide()
        self.pane.show_text("")
        self.setAccessibleName(tr("No text"))

    def add_below(self, part: QWidget) -> None:
        """Put a part below the text."""
        self._column.addWidget(part)

    def turns_in(self, view: ItemView) -> list[Turn]:
        """The turns of a text that is a conversation."""
        return turns_of(view.text)

    def length_of(self, view: ItemView) -> str:
        """How long a text is, in words."""
        return _length(view.text)

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
        self.finder.stop()
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
            ToolAction("raw_text", tr("As it is stored"), "file-text", "R", self.toggle_raw, True, self._is_raw),
            *self._turn_tools(),
            ToolAction(
                "columns", tr("Columns"), "table", "Shift+C", self.toggle_record, True, not self.record.isHidden()
            ),
        ]
        return own + [action for actions in self._actions for action in actions()]

    def show_fields(self, view: ItemView) -> None:
        """The same item, with other columns masked: the text stays where it is."""
        self.item = view
        self.header.show_record(view.name, self.length_of(view), view.fields, view.masked)
        self._show_columns()

    def toggle_record(self) -> None:
        """Show all columns of the record beside the text, or put them away."""
        self.record.setVisible(self.record.isHidden())
        self._show_columns()
        self.state_changed.emit()

    def _show_columns(self) -> None:
        if self.item is not None and not self.record.isHidden():
            self.record.show_record(self.item.fields, self.item.masked)

    def toggle_raw(self) -> None:
        """Show the text as it is stored, with signs for blanks and line ends; or as it is read."""
        self._is_raw = not self._is_raw
        self._show_text()
        self.state_changed.emit()

    def toggle_turns(self) -> None:
        """Show a conversation as turns, or as it was written down."""
        if self._turns:
            self._as_turns = not self._as_turns
            self._show_text()
            self.state_changed.emit()

    def _turn_tools(self) -> list[ToolAction]:
        if not self._turns:
            return []
        is_on = self._as_turns and not self._is_raw
        return [ToolAction("turns", tr("As turns"), "message-square-text", "Shift+R", self.toggle_turns, True, is_on)]

    def _show_text(self) -> None:
        """The text of the item in the way that was chosen; what is looked for is looked for again."""
        text = self.item.text if self.item is not None else ""
        if self._turns and self._as_turns and not self._is_raw:
            side = sides(self._turns)
            self.pane.show_lines(in_turns(text, self._turns), [side_of(turn.speaker, side) for turn in self._turns])
        else:
            self.pane.show_text(text, is_raw=self._is_raw)
        if not self.find_bar.isHidden():
            self._find(self.find_bar.field.text())

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
        elif event.key() == Qt.Key.Key_Escape and self.words.has_any:
            action = self.words.clear
        elif self._choose_words(event):
            return True
        if action is None:
            return False
        action()
        return True

    def _choose_words(self, event: QKeyEvent) -> bool:
        """Arrows with Ctrl choose another word, with Shift more of them; True when the key was used up."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers not in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        return self.words.press(Qt.Key(event.key()), grows=modifiers == Qt.KeyboardModifier.ShiftModifier)

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
            Qt.Key.Key_Home: lambda: self.pane.go_to(0),
            Qt.Key.Key_End: lambda: self.pane.go_to(self.pane.shown.length),
            Qt.Key.Key_R: self._toggle_by_key(event),
        }
        if event.key() == Qt.Key.Key_C and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            return self.toggle_record
        return actions.get(event.key())

    def _toggle_by_key(self, event: QKeyEvent) -> Callable[[], None]:
        return self.toggle_turns if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.toggle_raw

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
        self._current = 0
        self._has_found = False
        self.finder.start(self.pane.shown, words)

    def _step(self, by: int) -> None:
        if self.finder.spans:
            self._current = (self._current + by) % len(self.finder.spans)
            self._show_found()

    def _found_more(self) -> None:
        """The first place that is found comes into sight, the others only light up."""
        is_first = bool(self.finder.spans) and not self._has_found
        self._has_found = bool(self.finder.spans)
        self._show_found(bring=is_first)

    def _show_found(self, *, bring: bool = True) -> None:
        spans = self.finder.spans
        self.pane.mark(spans, self._current if spans else -1, bring=bring)
        is_done = self.finder.is_done and self.pane.is_complete
        self.find_bar.show_count(self._current, len(spans), is_done=is_done)


def _length(text: str) -> str:
    """The length of a text in words; of a long one in characters, which need not be counted."""
    if len(text) > _WORDS_COUNTED:
        return trn("{n} character", "{n} characters", len(text))
    return trn("{n} word", "{n} words", len(text.split()))
