"""Labels that show exactly the text they are given: no markup, no mnemonics, the line heights of the type scale."""

from typing import Final, Literal

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget

from hitl_desktop.gui.theme.fonts import line_height
from hitl_desktop.gui.theme.tokens import TYPE
from hitl_desktop.gui.widgets.painting import direction_of, rise

_WIDTHS_KEPT: Final = 32
Tone = Literal["text", "text2", "text3", "ok", "warn", "danger", "accent", "audit"]


class PlainLabel(QLabel):
    """A label in a step of the type scale and a tone; colours and sizes come from the style sheet.

    With `wrap` it breaks into lines of the token's line height. With `elide` it stays on one line and is shortened,
    with the whole text as tooltip: in the middle (names), or with `cut="end"` at the end (sentences).
    """

    def __init__(
        self,
        text: str = "",
        token: str = "body",  # noqa: S107 - a step of the type scale, no secret
        tone: Tone = "text",
        parent: QWidget | None = None,
        *,
        weight: int | None = None,
        mono: bool = False,
        wrap: bool = False,
        elide: bool = False,
        cut: Literal["middle", "end"] = "middle",
    ) -> None:
        super().__init__(parent)
        self._token = token
        self._elide = elide
        self._cut = Qt.TextElideMode.ElideRight if cut == "end" else Qt.TextElideMode.ElideMiddle
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("token", token)
        self.setProperty("tone", tone)
        if weight is not None:
            self.setProperty("weight", str(weight))
        if mono:
            self.setProperty("mono", "true")
        self.setWordWrap(wrap)
        self._broken_as: tuple[str, QFont, bool] | None = None
        self._broken: dict[int, list[str]] = {}
        self._line_of: tuple[QFont, int] | None = None
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        super().setText(text)

    def setText(self, text: str) -> None:
        """Show this text; nothing happens when it is shown already."""
        if text != self.text():
            super().setText(text)
            self._update_tooltip()

    def setToolTip(self, text: str) -> None:
        """Say this; Qt would send an event for what it says already."""
        if text != self.toolTip():
            super().setToolTip(text)

    def set_tone(self, tone: Tone) -> None:
        """Change the colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
            self.update()

    def sizeHint(self) -> QSize:
        if self.wordWrap():
            # About 40 characters: layouts stretch it from there.
            width = min(self._text_width(), QFontMetrics(self.font()).averageCharWidth() * 40)
            return QSize(width, self.heightForWidth(width))
        return self._padded(QSize(self._text_width(), self._line() * (self.text().count("\n") + 1)))

    def minimumSizeHint(self) -> QSize:
        if self._elide or self.wordWrap():
            return self._padded(QSize(QFontMetrics(self.font()).averageCharWidth() * 4, self._line()))
        return self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        if not self.wordWrap():
            return -1
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return len(self._lines(inner)) * self._line() + margins.top() + margins.bottom()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        rect = self.contentsRect()
        align = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter.setLayoutDirection(direction_of(self.text(), side=self.layoutDirection()))
        painter.translate(0, -rise(self.text(), self.font()))
        if self.wordWrap():
            self._paint_lines(painter, rect, align)
            return
        text = self._shortened(rect.width()) if self._elide else self.text()
        if align & Qt.AlignmentFlag.AlignTop:
            rect.setHeight(self._line() * (text.count("\n") + 1))
        painter.drawText(rect, self._flags(align), text)

    def _paint_lines(self, painter: QPainter, rect: QRect, align: Qt.AlignmentFlag) -> None:
        metrics = QFontMetrics(self.font())
        lines = self._lines(rect.width())
        y = float(rect.top())
        if align & Qt.AlignmentFlag.AlignVCenter:
            y += max(0, rect.height() - len(lines) * self._line()) / 2
        flags = self._flags(align)
        offset = (self._line() - metrics.height()) / 2
        for line in lines:
            top = QPointF(rect.left(), y + offset).toPoint()
            painter.drawText(QRect(top, QSize(rect.width(), metrics.height())), flags, line)
            y += self._line()

    @staticmethod
    def _flags(align: Qt.AlignmentFlag) -> int:
        # A fallback font, as for Arabic, may be higher than the one that is measured: it is centred on its line, and
        # may reach beyond it.
        side = align & Qt.AlignmentFlag.AlignHorizontal_Mask
        where = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        return int(where.value) | int(Qt.TextFlag.TextDontClip.value)

    def _lines(self, width: int) -> list[str]:
        """The text broken into lines of at most this width; at least one.

        Kept by width: a layout asks for the height of each label some twenty times before a page is shown.
        """
        broken_as = (self.text(), self.font(), self.isRightToLeft())
        if broken_as != self._broken_as or len(self._broken) > _WIDTHS_KEPT:
            self._broken_as, self._broken = broken_as, {}
        if width not in self._broken:
            self._broken[width] = self._break(width)
        return self._broken[width]

    def _break(self, width: int) -> list[str]:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        lines: list[str] = []
        for paragraph in self.text().split("\n"):
            layout = QTextLayout(paragraph.replace(" %", "\u00a0%"), self.font())  # a figure stays with its sign
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(1, width))
                lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
            layout.endLayout()
            if not paragraph:
                lines.append("")
        return lines

    def _line(self) -> int:
        """The line height at the text size in use."""
        font = self.font()
        if self._line_of is None or self._line_of[0] != font:
            self._line_of = font, round(line_height(self._token) * font.pixelSize() / TYPE[self._token].size)
        return self._line_of[1]

    def _text_width(self) -> int:
        metrics = QFontMetrics(self.font())
        return max(metrics.horizontalAdvance(line) for line in self.text().split("\n")) + 1

    def _padded(self, size: QSize) -> QSize:
        return size.grownBy(self.contentsMargins())

    def _shortened(self, width: int) -> str:
        return QFontMetrics(self.font()).elidedText(self.text(), self._cut, width)

    def _update_tooltip(self) -> None:
        if self._elide:
            is_short = self._shortened(self.contentsRect().width()) == self.text()
            self.setToolTip("" if is_short else plain_tooltip(self.text()))


class TwoLines(PlainLabel):
    """Room for two lines whatever it says, so that nothing below it moves; what needs more is told by the tooltip."""

    def __init__(self, token: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__("", token, tone, parent, wrap=True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return self._padded(QSize(QFontMetrics(self.font()).averageCharWidth() * 20, 2 * self._line()))

    def minimumSizeHint(self) -> QSize:
        return self._padded(QSize(QFontMetrics(self.font()).averageCharWidth() * 4, 2 * self._line()))

    def hasHeightForWidth(self) -> bool:
        return False

    def _lines(self, width: int) -> list[str]:
        lines = super()._lines(width)
        if len(lines) <= 2:
            return lines
        rest = self.text()[len(lines[0]) :].strip()
        return [lines[0], QFontMetrics(self.font()).elidedText(rest, Qt.TextElideMode.ElideRight, width)]

    def _update_tooltip(self) -> None:
        is_whole = len(super()._lines(max(1, self.contentsRect().width()))) <= 2
        self.setToolTip("" if is_whole else plain_tooltip(self.text()))


def plain_tooltip(text: str) -> str:
    """`text` as a tooltip that shows it letter by letter: Qt would take something like `<b>` for markup."""
    if "<" not in text and "&" not in text:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{escaped}</span>"
