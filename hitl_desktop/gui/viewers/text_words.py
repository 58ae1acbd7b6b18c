"""Choosing words of a text by keys: one word, on to the next, more of them or fewer."""

from unicodedata import category

from PySide6.QtCore import QPoint, Qt, QTextBoundaryFinder
from PySide6.QtGui import QTextBlock, QTextCursor

from hitl_desktop.gui.viewers.text_pane import TextPane

_KEEP = QTextCursor.MoveMode.KeepAnchor
_BY_ARROW = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_BETWEEN = "PZC"
"""Unicode categories of what stands between words: punctuation, blanks, signs for control."""

Span = tuple[int, int]


class WordChooser:
    """Works on the selection of a text pane, which the mouse makes as well. Words are those of the text's script."""

    def __init__(self, pane: TextPane) -> None:
        self._pane = pane

    @property
    def has_any(self) -> bool:
        """True while something is selected."""
        return self._pane.textCursor().hasSelection()

    def clear(self) -> None:
        """Select nothing."""
        cursor = self._pane.textCursor()
        cursor.clearSelection()
        self._pane.setTextCursor(cursor)

    def press(self, key: Qt.Key, *, grows: bool) -> bool:
        """What an arrow does: it chooses another word, or with `grows` one more or one fewer. False for other keys.

        An arrow goes the way it points: in a paragraph that runs from right to left, the next word is to the left.
        """
        if key in _BY_ARROW:
            is_back = self._start().block().textDirection() == Qt.LayoutDirection.RightToLeft
            (self.reach if grows else self.go)(-_BY_ARROW[key] if is_back else _BY_ARROW[key])
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not grows:
            self.go_line(-1 if key == Qt.Key.Key_Up else 1)
            return True
        return False

    def go(self, by: int) -> None:
        """Choose the next word (1) or the one before (−1); the first one in view where none is chosen."""
        start = self._start().position()
        if not self.has_any:
            self._choose(self._word_from(start))
        else:
            self._choose(self._word_from(start + 1) if by > 0 else self._word_before(start))

    def go_line(self, by: int) -> None:
        """Choose the word in the next line (1) or in the one before (−1)."""
        cursor = self._start()
        if self.has_any:
            cursor.movePosition(QTextCursor.MoveOperation.Down if by > 0 else QTextCursor.MoveOperation.Up)
        place = cursor.position()
        around = [word for word in _words_of(cursor.block()) if word[0] <= place < word[1]]
        self._choose(around[0] if around else self._word_from(place) or self._word_before(place))

    def reach(self, by: int) -> None:
        """Choose one word more (1) at the end, or one fewer (−1); one always stays."""
        if not self.has_any:
            self.go(1)
            return
        chosen = self._pane.textCursor()
        first, end = chosen.selectionStart(), chosen.selectionEnd()
        if by > 0:
            more = self._word_from(end)
            self._choose((first, more[1]) if more is not None else None)
            return
        last = self._word_before(end)
        kept = self._word_before(last[0]) if last is not None else None
        self._choose((first, kept[1]) if kept is not None and kept[1] > first else None)

    def _start(self) -> QTextCursor:
        """At the first chosen character; without any, at the beginning of the first line in view."""
        cursor = self._pane.textCursor()
        chosen = cursor.selectionStart()
        found = QTextCursor(self._pane.document())
        found.setPosition(chosen if self.has_any else self._pane.cursorForPosition(QPoint(0, 4)).position())
        if not self.has_any:  # the left edge is where a line ends that runs to the left
            found.movePosition(QTextCursor.MoveOperation.StartOfLine)
        return found

    def _word_from(self, place: int) -> Span | None:
        """The first word that begins at a position of the document or behind it; None at the end."""
        block = self._pane.document().findBlock(place)
        while block.isValid():
            found = next((word for word in _words_of(block) if word[0] >= place), None)
            if found is not None:
                return found
            block = block.next()
        return None

    def _word_before(self, place: int) -> Span | None:
        """The last word that begins before a position of the document; None at the beginning."""
        block = self._pane.document().findBlock(place)
        while block.isValid():
            found = next((word for word in reversed(_words_of(block)) if word[0] < place), None)
            if found is not None:
                return found
            block = block.previous()
        return None

    def _choose(self, words: Span | None) -> None:
        """Select these characters of the document and bring their end into sight; a long text follows."""
        if words is None:
            return
        pane, (first, end) = self._pane, words
        base = pane.base
        pane.show_place((pane.shown.to_stored(base + end - 1), pane.shown.to_stored(base + end)))
        if end + base - pane.base >= pane.document().characterCount() - 1:
            pane.scroll_by(1)  # the window of a long text ends here: it goes on
        moved = base - pane.base
        cursor = QTextCursor(pane.document())
        cursor.setPosition(max(0, first + moved))
        cursor.setPosition(max(0, end + moved), _KEEP)
        bar = pane.verticalScrollBar()
        value = bar.value()
        pane.setTextCursor(cursor)
        bar.setValue(value)


def _words_of(block: QTextBlock) -> list[Span]:
    """The words of a paragraph as positions of the document, which counts in units of UTF-16."""
    text, at = block.text(), block.position()
    units = text.encode("utf-16-le", "surrogatepass")
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Word, text)
    found: list[Span] = []
    first, end = 0, finder.toNextBoundary()
    while end > first:
        piece = units[2 * first : 2 * end].decode("utf-16-le", "surrogatepass")
        if any(category(sign)[0] not in _BETWEEN for sign in piece):
            found.append((at + first, at + end))
        first, end = end, finder.toNextBoundary()
    return found
