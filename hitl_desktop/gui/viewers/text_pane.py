"""The words of a text in a column that reads well: scrolled, selected and searched, shown letter by letter."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_24, SPACE_32, TYPE
from hitl_desktop.gui.viewers.text_layers import Span, TextLayer, paint_lines, paint_tints
from hitl_desktop.kinds.shown_text import ShownText, plain
from hitl_desktop.language import tr

SMALLEST_POINTS: Final = 14
LARGEST_POINTS: Final = 28
MEASURE: Final = 600
"""Width of the column at the usual size, in logical pixels: about 68 characters."""
FIRST_PIECE: Final = 60_000
"""Characters laid out at once; the rest follows in slices while the program is idle."""
_SLICE: Final = 20_000
_SLICES_MS: Final = 8
_MARKED: Final = 1000


class TextPane(QTextEdit):
    """Shows plain text only: markup stays visible as it is written, and nothing that it names is loaded.

    `shown` knows which character of the stored text stands where; layers tint and underline stretches of it. Each
    paragraph runs in its own direction. Keys are left to the viewer.
    """

    completed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points = TYPE["read"].size
        self.shown: ShownText = plain("")
        self._next_line = 0
        self._layers: list[TextLayer] = []
        self._marks: Sequence[Span] = ()
        self._current_mark = -1
        self.setAccessibleName(tr("Text"))
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setStyleSheet("QTextEdit { border: none; padding: 0; border-radius: 0; }")
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(0)
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._append_slices)
        theme.changed.connect(self._theme_changed)

    @property
    def points(self) -> int:
        """The size of the text, 14–28."""
        return self._points

    @property
    def is_complete(self) -> bool:
        """True when all lines are laid out."""
        return self._next_line >= len(self.shown.lines)

    def shown_text(self) -> str:
        """The whole text as it is shown, also where it is not laid out yet."""
        return self.shown.text

    def measure(self) -> int:
        """The width of the column in logical pixels."""
        return round(MEASURE * self._points * self._theme.scale / TYPE["read"].size)

    def column(self) -> tuple[int, int]:
        """Left edge and width of the column in this widget, with the scroll bar's room left free."""
        free = self.width() - self.verticalScrollBar().sizeHint().width()
        width = max(1, min(self.measure(), free - 2 * SPACE_24))
        return (self.width() - width) // 2, width

    def show_text(self, text: str) -> None:
        """Show a text from its beginning."""
        self.show_lines(plain(text))

    def show_lines(self, shown: ShownText) -> None:
        """Show the lines of a text from its beginning."""
        self.shown = shown
        self._lay_out_again()
        self.verticalScrollBar().setValue(0)

    def set_points(self, points: int) -> None:
        """Change the size of the text. The place that is read stays at the top."""
        if points != self._points:
            self._points = points
            self._restyle()

    def mark(self, spans: Sequence[Span], current: int) -> None:
        """Highlight these spans (start, end in UTF-16 units of `shown_text`), show the one with this index."""
        self._marks, self._current_mark = spans, current
        if 0 <= current < len(spans):
            self._lay_out_to(spans[current][1])
            cursor = QTextCursor(self.document())
            cursor.setPosition(spans[current][0])
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        self._paint_marks()

    def add_layer(self, layer: TextLayer) -> None:
        """Paint what this layer marks, above what those before it mark. Call `viewport().update()` when it changes."""
        self._layers.append(layer)

    def spans_on_screen(self, span: Span) -> list[Span]:
        """A stretch of the stored text as stretches on the screen, as far as these are laid out already."""
        end = self.document().characterCount()
        return [found for found in self.shown.spans_on_screen(span) if found[1] < end]

    @property
    def selected(self) -> Span | None:
        """The first and the end character of the stored text that are selected; None without a selection."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        return self.shown.to_stored(cursor.selectionStart()), self.shown.to_stored(cursor.selectionEnd())

    def show_place(self, span: Span) -> None:
        """Scroll until the beginning of a stretch of the stored text is in sight; nothing moves if it is."""
        position = self.shown.to_screen(span[0])
        self._lay_out_to(position)
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        area = self.cursorRect(cursor)
        if area.top() < 0 or area.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + area.top() - self.viewport().height() // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        stretches = [stretch for layer in self._layers for stretch in layer.stretches()]
        if stretches:
            painter = QPainter(self.viewport())
            paint_tints(painter, self, stretches)
            painter.end()
        super().paintEvent(event)
        if stretches:
            painter = QPainter(self.viewport())
            paint_lines(painter, self, stretches)

    def scroll_by(self, lines: int) -> None:
        """Scroll by lines of text."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + lines * self._line_height())

    def scroll_pages(self, pages: int) -> None:
        """Scroll by what is visible, less one line."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * max(1, self.viewport().height() - self._line_height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_column()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Qt has just given the text the font of the controls.
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.document().setDefaultFont(self._font())

    def _place_column(self) -> None:
        left, width = self.column()
        bar = self.width() - self.verticalScrollBar().sizeHint().width()
        self.setViewportMargins(left, 0, max(0, bar - left - width), 0)

    def _line_height(self) -> int:
        step = TYPE["read"]
        return round(step.line * self._points * self._theme.scale / step.size)

    def _font(self) -> QFont:
        font = self._theme.font("read")
        font.setPixelSize(round(self._points * self._theme.scale))
        return font

    def _theme_changed(self) -> None:
        self._restyle()

    def _restyle(self) -> None:
        top = self.cursorForPosition(self.viewport().rect().topLeft()).position()
        self._lay_out_again()
        if top:
            self._lay_out_to(top)
            cursor = QTextCursor(self.document())
            cursor.setPosition(top)
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self.cursorRect(cursor).top())
        self._paint_marks()

    def _lay_out_again(self) -> None:
        self._rest.stop()
        self.setExtraSelections([])
        self.document().clear()
        self.document().setDefaultFont(self._font())
        self._place_column()
        cursor = QTextCursor(self.document())
        block = QTextBlockFormat()
        block.setLineHeight(self._line_height(), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(block)
        frame = self.document().rootFrame()
        room = frame.frameFormat()
        room.setBottomMargin(SPACE_32)
        frame.setFrameFormat(room)
        self._next_line = 0
        self._append(FIRST_PIECE)
        # Inserting has carried the text's own cursor to the end, where the rest is still to come.
        self.setTextCursor(QTextCursor(self.document()))
        self._go_on_later()

    def _lay_out_to(self, position: int) -> None:
        while not self.is_complete and self.document().characterCount() <= position + 1:
            self._append(_SLICE)

    def _append(self, characters: int) -> None:
        """Lay out the next lines, about this many characters of them."""
        first, count = self._next_line, 0
        while not self.is_complete and count < characters:
            count += len(self.shown.lines[self._next_line].text) + 1
            self._next_line += 1
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        piece = "\n".join(line.text for line in self.shown.lines[first : self._next_line])
        cursor.insertText(piece if first == 0 else "\n" + piece)

    def _append_slices(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not self.is_complete and clock.elapsed() < _SLICES_MS:
            self._append(_SLICE)
        self._go_on_later()

    def _go_on_later(self) -> None:
        if not self.is_complete:
            self._rest.start()
            return
        self._rest.stop()
        self._paint_marks()
        self.completed.emit()

    def _paint_marks(self) -> None:
        """Highlight the marks around the current one; more than a thousand would only slow the painting down."""
        start = max(0, self._current_mark - _MARKED // 2)
        end = self.document().characterCount()
        selections = []
        for index, (first, last) in enumerate(self._marks[start : start + _MARKED], start):
            if last >= end:
                break
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(first)
            cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            is_current = index == self._current_mark
            look.setBackground(self._theme.colour("accent" if is_current else "accent_soft"))
            look.setForeground(self._theme.colour("on_accent" if is_current else "text"))
            selection.cursor, selection.format = cursor, look
            selections.append(selection)
        self.setExtraSelections(selections)
