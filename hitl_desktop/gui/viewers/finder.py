"""Finds words in a text, piece by piece where it is long, so that typing never waits."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from hitl_desktop.gui.viewers.matches import Span, find_all
from hitl_desktop.kinds.shown_text import ShownText

_PIECE: Final = 20_000
"""Characters that are looked through at once; lines stay whole."""
_PIECES_MS: Final = 8


class Finder(QObject):
    """`spans` are the places found so far, in UTF-16 units of the shown text; `found()` says that there may be more."""

    found = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spans: list[Span] = []
        self._shown = ShownText([])
        self._words = ""
        self._line = 0
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._go_on)

    @property
    def is_done(self) -> bool:
        """True when all lines that there are have been looked through."""
        return not self._words or self._line >= len(self._shown.lines)

    def start(self, shown: ShownText, words: str) -> None:
        """Look for words. What is found at once is there when this returns."""
        self.spans, self._shown, self._words, self._line = [], shown, words, 0
        self._go_on()

    def stop(self) -> None:
        """Look no further, and forget what was found."""
        self._rest.stop()
        self.spans, self._words = [], ""

    def more_lines(self) -> None:
        """The text has grown, or has come to its end: that alone changes what `found` tells."""
        if self._words:
            self._rest.start()

    def _go_on(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not self.is_done and clock.elapsed() < _PIECES_MS:
            self._look_through()
        if self.is_done:
            self._rest.stop()
        else:
            self._rest.start()
        self.found.emit()

    def _look_through(self) -> None:
        lines, first, size = self._shown.lines, self._line, 0
        while self._line < len(lines) and size < _PIECE:
            size += len(lines[self._line].text) + 1
            self._line += 1
        self.spans += _shifted(
            find_all("\n".join(line.text for line in lines[first : self._line]), self._words), self._shown.starts[first]
        )


def _shifted(spans: Sequence[Span], by: int) -> list[Span]:
    return [(first + by, end + by) for first, end in spans] if by else list(spans)
