"""The five figures of the field as tiles: the number, its interval or what it counts, its source, its definition."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_icon
from hitl_desktop.language import decimal, listed, percent, percent_range, tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.figures.definitions import Definition
    from hitl_desktop.workflow.figures.values import KeyFigure

_ICON: Final = 14
_HIT: Final = 24
_POPUP: Final = 340
_ENOUGH_FOR_A_DECIMAL: Final = 200


class InfoButton(PaintedButton):
    """Opens what a figure means; the same stands in its tooltip."""

    def __init__(self, theme: Theme, title: str, meaning: str, formula: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("What is “{title}”?", title=title), parent)
        self._title, self._meaning, self._formula = title, meaning, formula
        self.popup: QFrame | None = None
        self.setToolTip(f"{meaning}\n{formula}")
        self.setAccessibleDescription(meaning)
        self.clicked.connect(self._open)

    def sizeHint(self) -> QSize:
        return QSize(_HIT, _HIT)

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = "accent" if self.underMouse() or self.isDown() else "text2"
        draw_icon(QPainter(self), self.theme, self.rect(), "info", tone, _ICON)

    def _open(self) -> None:
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("card", "true")
        popup.setAccessibleName(self._title)
        popup.setAccessibleDescription(self._meaning)
        column = QVBoxLayout(popup)
        column.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_4)
        column.addWidget(PlainLabel(self._title, "body", weight=STRONG))
        column.addWidget(PlainLabel(self._meaning, "body", wrap=True))
        column.addSpacing(SPACE_4)
        column.addWidget(PlainLabel(self._formula, "small", "text2", wrap=True))
        for label in popup.findChildren(PlainLabel):
            label.ensurePolished()  # the height needs the font of the style sheet
        column.invalidate()
        width = self.theme.px(_POPUP)
        popup.setFixedSize(width, column.totalHeightForWidth(width))
        window = self.window()
        corner = self.mapTo(window, QPoint(0, self.height()))
        corner.setX(max(0, min(corner.x(), window.width() - popup.width() - SPACE_12)))
        popup.move(window.mapToGlobal(corner))
        self.popup = popup
        popup.destroyed.connect(self._closed)
        popup.show()

    def _closed(self) -> None:
        self.popup = None


class FigureTile(Card):
    """One figure."""

    def __init__(self, theme: Theme, definition: "Definition", parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padding=SPACE_12)
        self._unit = definition.unit
        self._title_words = tr(definition.title)
        self.info = InfoButton(theme, self._title_words, tr(definition.meaning), tr(definition.formula))
        self._number = PlainLabel("–", "number")
        self._detail = PlainLabel("", "small", "text2", elide=True, cut="end")
        self._source = PlainLabel("", "caption", "text2", elide=True, cut="end")
        title = PlainLabel(self._title_words, "small", "text2", elide=True, cut="end")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.head.insertWidget(0, title, 1)
        self.head.addWidget(self.info)
        self.head.setStretch(2, 0)  # the title has all the room
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setSpacing(0)
        self.body.setSpacing(0)
        self._why = PlainLabel("", "small", "text2", wrap=True)  # a number that cannot be told yet has no source
        for label in (self._number, self._detail, self._source, self._why):
            self.body.addWidget(label)

    def show_figure(self, figure: "KeyFigure", currency: str) -> None:
        """Show a figure with its source."""
        self._number.setText(number_of(figure, self._unit, currency))
        ends = ends_of(figure, self._unit)
        lines = [ends, figure.sample] if ends and self._unit == "share" else [figure.detail, figure.sample]
        if figure.id == "reduction" and ends:
            lines = [ends, figure.detail]
        self._detail.setText(lines[0])
        self._source.setText(lines[1])
        is_reason = figure.value is None and not lines[1]
        self._why.setText(lines[0] if is_reason else "")
        self._why.setVisible(is_reason)
        for label in (self._detail, self._source):
            label.setVisible(not is_reason)
        self.setAccessibleName(self._title_words)
        self.setAccessibleDescription(listed((self.number(), ends, figure.detail, figure.sample)))

    def number(self) -> str:
        """The number shown."""
        return self._number.text()

    def words(self) -> tuple[str, str]:
        """The two lines below it."""
        return self._detail.text(), self._source.text()


def number_of(figure: "KeyFigure", unit: str, currency: str) -> str:
    """The number as people read it: one decimal only where the sample carries it."""
    from hitl_desktop.workflow.figures.five import money

    if figure.value is None:
        return "–"
    if unit == "share":
        return percent(figure.value, _digits(figure))
    if unit == "money":
        return money(figure.value, currency)
    return tr("{seconds} s", seconds=decimal(figure.value, 1))


def ends_of(figure: "KeyFigure", unit: str) -> str:
    """The ends of its interval; empty for a count."""
    if figure.low is None or figure.high is None:
        return ""
    if unit == "share":
        return percent_range(figure.low, figure.high, _digits(figure))
    return tr("{low}–{high} s", low=decimal(figure.low, 1), high=decimal(figure.high, 1))


def _digits(figure: "KeyFigure") -> int:
    return 1 if figure.of >= _ENOUGH_FOR_A_DECIMAL else 0
