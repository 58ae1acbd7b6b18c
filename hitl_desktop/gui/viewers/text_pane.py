"""The words of a text in a column that reads well: scrolled, selected and searched, shown letter by letter."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QRectF, Qt, QTimer, Signal
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
from PySide6.QtWidgets import QFrame, QScrollBar, QTextEdit, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_24, SPACE_32, TYPE
from hitl_desktop.gui.viewers.text_formats import LineFormats
from hitl_desktop.gui.viewers.text_layers import Span, TextLayer, areas, paint_lines, paint_tints
from hitl_desktop.kinds.shown_text import ShownLine, ShownText, in_parts
from hitl_desktop.language import tr

SMALLEST_POINTS: Final = 14
LARGEST_POINTS: Final = 28
MEASURE: Final = 600
"""Width of the column at the usual size, in logical pixels: about 68 characters."""
WHOLE: Final = 30_000
"""Up to so many characters a text is laid out as a whole."""
WINDOW: Final = 20_000
"""Characters of a longer text that are laid out around what is read."""
_MARGIN: Final = 6_000
"""So many characters before the place that is read are laid out too."""
_PARTS_MS: Final = 8


class TextPane(QTextEdit):
    """Shows plain text only: markup stays visible as it is written, and nothing that it names is loaded.

    `shown` knows which character of the stored text stands where; layers tint and underline stretches of it. Each
    paragraph runs in its own direction. Keys are left to the viewer.
    Of a long text a window is laid out, which follows what is read; a bar of its own scrolls through the whole.
    """

    completed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points = TYPE["read"].size
        self.shown: ShownText = ShownText([ShownLine("", 0)])
        self._parts: Iterator[list[ShownLine]] | None = None
        self._first, self._end = 0, 0
        self._moves = False
        self._formats = LineFormats(theme)
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
        frame = self.document().rootFrame()
        room = frame.frameFormat()
        room.setBottomMargin(SPACE_32)
        frame.setFrameFormat(room)
        self.whole_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.whole_bar.setAccessibleName(tr("Place in the text"))
        self.whole_bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.whole_bar.hide()
        self.whole_bar.actionTriggered.connect(lambda _action: self.go_to(self.whole_bar.sliderPosition()))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._read_on)
        theme.changed.connect(self._restyle)

    @property
    def points(self) -> int:
        """The size of the text, 14–28."""
        return self._points

    @property
    def is_complete(self) -> bool:
        """True when the whole text is known; a long one is taken in while the program is idle."""
        return self._parts is None

    @property
    def base(self) -> int:
        """Where the window begins: what is at 0 in the document stands there in `shown`."""
        return self.shown.starts[self._first]

    @property
    def top(self) -> int:
        """The position in `shown` of what stands at the upper edge."""
        return self.base + self.cursorForPosition(QPoint(0, 0)).position()

    def shown_text(self) -> str:
        """The whole text as it is shown, also where it is not laid out."""
        return self.shown.text

    def measure(self) -> int:
        """The width of the column in logical pixels."""
        return round(MEASURE * self._points * self._theme.scale / TYPE["read"].size)

    def column(self) -> tuple[int, int]:
        """Left edge and width of the column in this widget, with the scroll bar's room left free."""
        free = self.width() - self._bar_width()
        width = max(1, min(self.measure(), free - 2 * SPACE_24))
        return (self.width() - width) // 2, width

    def show_text(self, text: str, *, is_raw: bool = False) -> None:
        """Show a text from its beginning; `is_raw`: as it is stored, blanks and line ends too."""
        parts = in_parts(text, is_raw=is_raw)
        self._formats.set_turns((), is_raw=is_raw)
        self._show(ShownText(next(parts)), parts)

    def show_lines(self, shown: ShownText, sides: Sequence[int] = ()) -> None:
        """Show the lines of a text from its beginning; `sides` has the side of each turn, 0 or 1."""
        self._formats.set_turns(sides, is_raw=False)
        self._show(shown, None)

    def set_points(self, points: int) -> None:
        """Change the size of the text. The place that is read stays at the top."""
        if points != self._points:
            self._points = points
            self._restyle()

    def mark(self, spans: Sequence[Span], current: int, *, bring: bool = True) -> None:
        """Highlight these spans (start, end in UTF-16 units of `shown_text`); `bring` the current one into sight."""
        self._marks, self._current_mark = spans, current
        if bring and 0 <= current < len(spans):
            self._lay_out_around(spans[current])
            cursor = QTextCursor(self.document())
            cursor.setPosition(spans[current][0] - self.base)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        self._show_current()

    def add_layer(self, layer: TextLayer) -> None:
        """Paint what this layer marks, above what those before it mark. Call `viewport().update()` when it changes."""
        self._layers.append(layer)

    def spans_on_screen(self, span: Span) -> list[Span]:
        """A stretch of the stored text as stretches of the document, one for each line; what is laid out of it."""
        base, size = self.base, self.document().characterCount()
        found = [(first - base, end - base) for first, end in self.shown.spans_on_screen(span)]
        return [(first, end) for first, end in found if first >= 0 and end < size]

    @property
    def selected(self) -> Span | None:
        """The first and the end character of the stored text that are selected; None without a selection."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        first, end = self.base + cursor.selectionStart(), self.base + cursor.selectionEnd()
        return self.shown.to_stored(first), self.shown.to_stored(end)

    def show_place(self, span: Span) -> None:
        """Scroll until the beginning of a stretch of the stored text is in sight; nothing moves if it is."""
        position = self.shown.to_screen(span[0])
        self._lay_out_around((position, position))
        area = self.cursorRect(self._cursor_at(position))
        if area.top() < 0 or area.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + area.top() - self.viewport().height() // 3)

    def go_to(self, position: int) -> None:
        """Bring a position of `shown` to the top."""
        position = max(0, min(position, self.shown.length))
        self._lay_out_around((position, position))
        self._bring_to(position, 0)
        bar = self.verticalScrollBar()
        if position in (0, self.shown.length):  # not only the line, but what is above or below it
            bar.setValue(0 if position == 0 else bar.maximum())

    @property
    def marks(self) -> Sequence[Span]:
        """What is highlighted now."""
        return self._marks

    def paintEvent(self, event: QPaintEvent) -> None:
        stretches = [stretch for layer in self._layers for stretch in layer.stretches()]
        if stretches or self._marks:
            painter = QPainter(self.viewport())
            paint_tints(painter, self, stretches)
            self._paint_found(painter)
            painter.end()
        super().paintEvent(event)
        if stretches:
            painter = QPainter(self.viewport())
            paint_lines(painter, self, stretches)

    def scroll_by(self, lines: int) -> None:
        """Scroll by lines of text."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + lines * self._formats.line_height(self._points))

    def scroll_pages(self, pages: int) -> None:
        """Scroll by what is visible, less one line."""
        bar = self.verticalScrollBar()
        page = max(1, self.viewport().height() - self._formats.line_height(self._points))
        bar.setValue(bar.value() + pages * page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_column()
        self.whole_bar.setGeometry(self.width() - self._bar_width(), 0, self._bar_width(), self.height())
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Qt has just given the text the font of the controls.
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.document().setDefaultFont(self._font())

    def _place_column(self) -> None:
        left, width = self.column()
        # The bar of the window gives its room back when that of the whole text stands there.
        inner = 0 if self._has_whole_bar() else self._bar_width()
        self.setViewportMargins(left, 0, max(0, self.width() - inner - left - width), 0)

    def _bar_width(self) -> int:
        return self.verticalScrollBar().sizeHint().width()

    def _has_whole_bar(self) -> bool:
        return not self.whole_bar.isHidden()

    def _font(self) -> QFont:
        return self._formats.font(self._points)

    def _show(self, shown: ShownText, parts: Iterator[list[ShownLine]] | None) -> None:
        self._rest.stop()
        self.shown, self._parts = shown, parts
        self._marks, self._current_mark = (), -1
        self._read_on()
        self._lay_out(0)
        self.verticalScrollBar().setValue(0)

    def _read_on(self) -> None:
        """Take in more of the text, until it is enough for now."""
        clock = QElapsedTimer()
        clock.start()
        while self._parts is not None:
            part = next(self._parts, None)
            if part is None:
                self._parts = None
            else:
                self.shown.append(part)
            if clock.elapsed() >= _PARTS_MS:
                break
        self._arrange_bars()
        if self._parts is not None:
            self._rest.start()
        else:
            self._rest.stop()
            self.completed.emit()

    def _arrange_bars(self) -> None:
        is_long = self._parts is not None or self.shown.length > WHOLE
        if is_long != self._has_whole_bar():
            self.whole_bar.setVisible(is_long)
            policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if is_long else Qt.ScrollBarPolicy.ScrollBarAsNeeded
            self.setVerticalScrollBarPolicy(policy)
            self._place_column()
        self.whole_bar.setRange(0, self.shown.length)
        self.whole_bar.setPageStep(2000)
        self.whole_bar.setSingleStep(100)

    def _restyle(self) -> None:
        top = self.top
        self._lay_out(self._first)
        if top:
            self._bring_to(top, 0)
        self._show_current()

    def _lay_out_around(self, span: Span) -> None:
        """Lay out the window that holds this stretch of `shown`, unless it is laid out already."""
        last = self.base + self.document().characterCount() - 1
        if span[0] >= self.base and span[1] <= last:
            return
        self._lay_out(self.shown.line_at(max(0, span[0] - _MARGIN)))
        self._show_current()

    def _lay_out(self, first: int) -> None:
        """Lay out the window from this line on; all lines of a short text."""
        self._moves = True
        self.setExtraSelections([])
        self._empty()
        self.document().setDefaultFont(self._font())
        self._place_column()
        lines = self.shown.lines
        is_short = self.shown.length <= WHOLE
        self._first = 0 if is_short else first
        self._end = len(lines)
        if not is_short:
            self._end = min(len(lines), self.shown.line_at(self.base + WINDOW) + 1)
        cursor = QTextCursor(self.document())
        self._formats.insert(cursor, lines[self._first : self._end], self._points, self.measure())
        # Inserting has carried the text's own cursor to the end.
        self.setTextCursor(QTextCursor(self.document()))
        self._moves = False

    def _empty(self) -> None:
        """Take the text out and leave the frame: `clear` makes a new one, and of each something stays behind."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        cursor.setBlockFormat(QTextBlockFormat())
        cursor.setCharFormat(QTextCharFormat())

    def _cursor_at(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(max(0, min(position - self.base, self.document().characterCount() - 1)))
        return cursor

    def _bring_to(self, position: int, y: int) -> None:
        """Scroll until a position of `shown` stands `y` pixels below the top edge."""
        bar = self.verticalScrollBar()
        self._moves = True
        bar.setValue(bar.value() + self.cursorRect(self._cursor_at(position)).top() - y)
        self._moves = False
        self._tell_place()

    def _scrolled(self, value: int) -> None:
        """Let the window follow what is read."""
        if self._moves:
            return
        bar = self.verticalScrollBar()
        page = self.viewport().height()
        ahead = value >= bar.maximum() - page and self._end < len(self.shown.lines)
        if ahead or (value <= page and self._first > 0):
            top = self.cursorForPosition(QPoint(0, 0))
            position, y = self.base + top.position(), self.cursorRect(top).top()
            back = _MARGIN if ahead else WINDOW - _MARGIN
            self._lay_out(self.shown.line_at(max(0, position - back)))
            self._bring_to(position, y)
            self._show_current()
        self._tell_place()

    def _tell_place(self) -> None:
        if self._has_whole_bar() and not self.whole_bar.isSliderDown():
            bar = self.verticalScrollBar()
            is_end = self._end == len(self.shown.lines) and bar.value() == bar.maximum()
            self.whole_bar.setValue(self.shown.length if is_end else self.top)

    def _show_current(self) -> None:
        """The place that is looked at stands out from the others, which are painted as far as they are in sight."""
        selections = []
        spans = self._marks
        if 0 <= self._current_mark < len(spans):
            first, end = (place - self.base for place in spans[self._current_mark])
            if first >= 0 and end < self.document().characterCount():
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(first)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                look = QTextCharFormat()
                look.setBackground(self._theme.colour("accent"))
                look.setForeground(self._theme.colour("on_accent"))
                selection.cursor, selection.format = cursor, look
                selections.append(selection)
        self.setExtraSelections(selections)
        self.viewport().update()

    def _paint_found(self, painter: QPainter) -> None:
        """The tints behind all places that are looked for and in sight."""
        if not self._marks:
            return
        corner = QPoint(self.viewport().width(), self.viewport().height())
        first = self.top
        last = self.base + self.cursorForPosition(corner).position()
        colour = self._theme.colour("accent_soft")
        start = max(0, bisect_left(self._marks, (first, 0)) - 1)
        for span in islice(self._marks, start, None):
            if span[0] > last:
                break
            for area in areas(self, (span[0] - self.base, span[1] - self.base)):
                painter.fillRect(area, colour)
                line = QRectF(area.left(), area.bottom(), area.width(), 1)
                painter.fillRect(line, self._theme.colour("accent"))
