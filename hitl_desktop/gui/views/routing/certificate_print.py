"""The certificate on paper: A4, black on white, whatever the theme of the window."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QTextOption

from hitl_desktop import __version__
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.views.routing.sheet_content import ClassRow, Content
from hitl_desktop.gui.widgets.walk_plot import Ink, WalkDrawing
from hitl_desktop.language import tr

_MARGIN_MM: Final = 20.0
_DOTS: Final = 96.0
"""The page is laid out in pixels of the window, of which an inch has so many, and scaled to the printer's."""
_GAP: Final = 14.0
_PLOT: Final = 210.0
_NAME: Final = 130.0
_BLACK: Final = QColor("#000000")
_GREY: Final = QColor("#444444")
_PALE: Final = QColor("#BBBBBB")
_WHITE: Final = QColor("#FFFFFF")


def print_sheet(device: object, content: Content, project: str, theme: Theme) -> None:
    """Print a certificate of a project on a paged device. Nothing happens where it cannot be painted on."""
    assert isinstance(device, QPagedPaintDevice)  # noqa: S101 - printers and PDF writers are
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
        QPageLayout.Unit.Millimeter,
    )
    device.setPageLayout(layout)
    painter = QPainter()
    if not painter.begin(device):
        return
    scale = device.logicalDpiX() / _DOTS
    painter.scale(scale, scale)
    page = PrintedPage(painter, device.width() / scale, device.height() / scale, device.newPage, theme)
    page.write(content, project)
    painter.end()


class PrintedPage:
    """Writes downwards on a page of this size, and goes on on a new one where no room is left. `y` is how far it is."""

    def __init__(
        self, painter: QPainter, width: float, height: float, new_page: Callable[[], object], theme: Theme
    ) -> None:
        self._painter, self._new_page, self._theme = painter, new_page, theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._width, self._height = width, height
        self.y = 0.0

    def write(self, content: Content, project: str) -> None:
        """The whole certificate."""
        self._two(content.status, content.date, self._font("body", STRONG))
        self._text(project, self._font("small"), _GREY)
        self.y += _GAP
        self._text(content.claim, self._font("claim", STRONG))
        self._text(content.evidence, self._font("body"))
        if content.lollipops:
            self._rule()
            self._two(
                tr("How far the proof reached"), tr("most that could be wrong, at each limit"), self._font("small")
            )
            self._plot(content)
        self._rule()
        for name, value in content.facts:
            self._fact(name, value)
        if content.classes:
            self._rule()
            self._classes(content.classes)
        self._rule()
        self._text(content.footing, self._font("caption"), _GREY)
        self._text(f"HITL Desktop {__version__}", self._font("caption"), _GREY)

    def _font(self, token: str, weight: int | None = None) -> QFont:
        """A font of the window at its usual size, also where the text of the window is enlarged."""
        font = QFont(self._theme.font(token, weight))
        font.setPixelSize(max(1, round(font.pixelSize() / self._theme.scale)))
        return font

    def _room(self, height: float) -> None:
        if self.y + height > self._height:
            self._new_page()
            self.y = 0.0

    def _text(self, words: str, font: QFont, colour: QColor = _BLACK) -> None:
        if not words:
            return
        height = self._tall(words, font, self._width)
        self._room(height)
        self._draw(words, QRectF(0, self.y, self._width, height), font, colour)
        self.y += height + 4

    def _two(self, first: str, second: str, font: QFont) -> None:
        """Words at both ends of a line."""
        height = QFontMetricsF(font).height()
        self._room(height)
        place = QRectF(0, self.y, self._width, height)
        self._draw(first, place, font, _BLACK)
        self._draw(second, place, self._font("small"), _GREY, Qt.AlignmentFlag.AlignTrailing)
        self.y += height + 6

    def _fact(self, name: str, value: str) -> None:
        font = self._font("body")
        height = self._tall(value, font, self._width - _NAME)
        self._room(height)
        self._draw(name, QRectF(0, self.y, _NAME - 8, height), font, _GREY)
        self._draw(value, QRectF(_NAME, self.y, self._width - _NAME, height), font, _BLACK)
        self.y += height + 5

    def _classes(self, rows: tuple[ClassRow, ...]) -> None:
        head = (tr("Class"), tr("Proved from"), tr("Checked"), tr("Wrong"))
        self._row(head, self._font("small", STRONG))
        for row in rows:
            self._row((row.name, row.proved_from, row.checked, row.wrong), self._font("small"))

    def _row(self, cells: tuple[str, str, str, str], font: QFont) -> None:
        metrics = QFontMetricsF(font)
        self._room(metrics.height())
        part = self._width / 5
        for place, words in enumerate(cells):
            left, width = (0.0, 2 * part) if not place else ((place + 1) * part, part)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, width - 8)
            self._draw(shown, QRectF(left, self.y, width, metrics.height()), font, _BLACK)
        self.y += metrics.height() + 4

    def _plot(self, content: Content) -> None:
        self._room(_PLOT)
        ink = Ink(
            _BLACK,
            _GREY,
            _PALE,
            _WHITE,
            _BLACK,
            _BLACK,
            self._font("caption"),
            self._font("caption", STRONG),
            round(QFontMetricsF(self._font("caption")).height()) + 1,
        )
        place = QRectF(0, self.y, self._width, _PLOT)
        WalkDrawing(place, content.lollipops, content.alpha, ink).paint(self._painter)
        self.y += _PLOT + 6

    def _rule(self) -> None:
        self.y += _GAP / 2
        self._room(2)
        self._painter.fillRect(QRectF(0, self.y, self._width, 1), _PALE)
        self.y += _GAP

    def _tall(self, words: str, font: QFont, width: float) -> float:
        bounds = QFontMetricsF(font).boundingRect(
            QRectF(0, 0, width, 100_000), int(Qt.TextFlag.TextWordWrap.value), words
        )
        return bounds.height()

    def _draw(
        self,
        words: str,
        place: QRectF,
        font: QFont,
        colour: QColor,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeading,
    ) -> None:
        self._painter.setFont(font)
        self._painter.setPen(colour)
        option = QTextOption(align)
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        option.setTextDirection(self._theme_direction())
        self._painter.drawText(place, words, option)

    def _theme_direction(self) -> Qt.LayoutDirection:
        return self._painter.layoutDirection()
