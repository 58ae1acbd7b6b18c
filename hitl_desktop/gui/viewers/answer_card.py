"""One answer of a comparison: its place, how long it is, and its text with what the other does not say marked."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from hitl_desktop.domain.word_diff import Spans
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16, STRONG
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds.text import is_rtl
from hitl_desktop.language import trn

_MARGIN: Final = 20
_HEAD: Final = 40
_LEADING: Final = 10
_BETWEEN: Final = 18


class PlainPane(QTextEdit):
    """A text to read, exactly as it is: markup in it is shown, never followed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("pane", "reading")
        self.setProperty("focusRing", "inside")
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)

    def show_text(self, text: str, spans: Spans = (), *, second: bool = False) -> None:
        """Show `text` with some stretches marked: solid, or dashed in the colours of the second text."""
        document = self.document()
        document.setUndoRedoEnabled(False)
        font = self._theme.font("lead")
        document.setDefaultFont(font)
        self.clear()
        cursor = QTextCursor(document)
        plain = QTextCharFormat()
        plain.setFont(font)
        plain.setForeground(self._theme.colour("text"))
        at = 0
        for start, end in spans:
            cursor.insertText(text[at:start], plain)
            cursor.insertText(text[start:end], self._marked(plain, second=second))
            at = end
        cursor.insertText(text[at:], plain)
        self._set_lines(cursor)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _marked(self, plain: QTextCharFormat, *, second: bool) -> QTextCharFormat:
        found = QTextCharFormat(plain)
        colour, soft = ("warn", "warn_soft") if second else ("accent", "accent_soft")
        found.setBackground(self._theme.colour(soft))
        dash, solid = QTextCharFormat.UnderlineStyle.DashUnderline, QTextCharFormat.UnderlineStyle.SingleUnderline
        found.setUnderlineStyle(dash if second else solid)
        found.setUnderlineColor(QColor(self._theme.colour(colour)))
        return found

    def _set_lines(self, cursor: QTextCursor) -> None:
        """The line height of the scale, room between paragraphs, and each paragraph in its own direction."""
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            lines = QTextBlockFormat()
            lines.setLineHeight(self._theme.px(_LEADING), QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
            lines.setBottomMargin(self._theme.px(_BETWEEN) if not block.text().strip() else 0)
            rtl = is_rtl(block.text())
            lines.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
            if not block.text().strip():  # an empty line between paragraphs is a gap, not a whole line
                lines.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
            QTextCursor(block).mergeBlockFormat(lines)
            block = block.next()
        cursor.endEditBlock()


class AnswerCard(QFrame):
    """A card with a title row and the answer below it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = PlainLabel("", "body", weight=STRONG)
        self._aside = PlainLabel("", "small", "text2")
        self.text = PlainPane(theme)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._aside)
        top = QWidget()
        top.setLayout(head)
        top.setFixedHeight(theme.px(_HEAD))
        body = QVBoxLayout()
        body.setContentsMargins(_MARGIN, _MARGIN - 4, _MARGIN - 8, SPACE_16)
        body.addWidget(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(rule())
        column.addLayout(body, 1)

    def show_answer(self, title: str, text: str, beside: str, spans: Spans, *, second: bool) -> None:
        """Show an answer; `beside` says more of it than its length (source and score, once it is decided)."""
        words = trn("{n} word", "{n} words", len(text.split()))
        self.set_title(title)
        self._aside.setText(f"{beside} · {words}" if beside else words)
        self.text.show_text(text, spans, second=second)
        self.text.setAccessibleDescription(words)

    def set_title(self, title: str) -> None:
        """What its place is called."""
        self._title.setText(title)
        self.text.setAccessibleName(title)
        self.setAccessibleName(title)
