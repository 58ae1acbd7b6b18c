"""Shares of several groups below each other, each with its whisker, on one scale."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.widgets.chart import Axes, ticks
from hitl_desktop.gui.widgets.chart_file import ChartFile
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, RIGHT, draw_text, text_width
from hitl_desktop.language import decimal, listed, number, percent, percent_range, tr

_ROW: Final = 28
_RADIUS: Final = 4.5
_LEAST_NAME: Final = 56
_LEAST_SCALE: Final = 96


class GroupShare(NamedTuple):
    """A group: its name, right of how many, the share and the ends of its interval (0–1); `is_marked` stands out."""

    name: str
    right: int
    of: int
    share: float
    low: float
    high: float
    is_marked: bool = False


class GroupRows(Painted):
    """Name, sample, point with whisker, share. The scale runs to the right in any layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.file = ChartFile(theme, self)
        self._groups: list[GroupShare] = []
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, groups: Sequence[GroupShare]) -> None:
        """Show these, the first one at the top."""
        self._groups = list(groups)
        told = [listed((g.name, percent(g.share, 1), percent_range(g.low, g.high, 1), _sample(g))) for g in groups]
        self.describe(tr("Accuracy by group"), ". ".join(told))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, len(self._groups) * self.theme.px(_ROW) + self.theme.line("caption") + SPACE_8)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._groups:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axes, name_width, sample_width = self._axes()
        self._paint_scale(painter, axes)
        row = self.theme.px(_ROW)
        for place, group in enumerate(self._groups):
            top = place * row
            middle = top + row / 2
            draw_text(
                painter, QRect(0, top, name_width, row), group.name, self.theme.font("body"), self.theme.colour("text")
            )
            rect = QRect(name_width + SPACE_8, top, sample_width, row)
            draw_text(painter, rect, _sample(group), self.theme.font("small"), self.theme.colour("text2"), RIGHT)
            colour = self.theme.colour("warn" if group.is_marked else "accent")
            painter.setPen(QPen(colour, 2))
            low, high = axes.across(100 * group.low), axes.across(100 * group.high)
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            painter.setBrush(colour)
            at = QPointF(axes.across(100 * group.share), middle)
            if group.is_marked:  # another shape, not only another colour
                painter.drawRect(
                    QRectF(at.x() - _RADIUS + 0.5, at.y() - _RADIUS + 0.5, 2 * _RADIUS - 1, 2 * _RADIUS - 1)
                )
            else:
                painter.drawEllipse(at, _RADIUS - 0.5, _RADIUS - 0.5)
            left = round(axes.area.right()) + SPACE_12
            strong = self.theme.font("body", STRONG)
            rect = QRect(left, top, self.width() - left, row)
            draw_text(painter, rect, percent(group.share, 1), strong, self.theme.colour("text"), RIGHT)

    def _axes(self) -> tuple[Axes, int, int]:
        """The scale, and how wide names and samples are."""
        small, body = self.theme.font("small"), self.theme.font("body")
        sample = max(text_width(_sample(group), small) for group in self._groups)
        shares = max(text_width(percent(g.share, 1), self.theme.font("body", STRONG)) for g in self._groups) + SPACE_4
        wanted = max(text_width(group.name, body) for group in self._groups)
        room = self.width() - sample - shares - SPACE_8 - 2 * SPACE_12 - self.theme.px(_LEAST_SCALE)
        name = max(min(wanted, room), min(wanted, self.theme.px(_LEAST_NAME)))
        left = name + SPACE_8 + sample + SPACE_12
        area = QRectF(left, 0, max(1, self.width() - left - shares - SPACE_12), len(self._groups) * self.theme.px(_ROW))
        rows = ticks(100 * min(g.low for g in self._groups), 100 * max(g.high for g in self._groups), 4)
        return Axes(area, (rows[0], rows[-1]), (0.0, 1.0)), name, sample

    def _paint_scale(self, painter: QPainter, axes: Axes) -> None:
        font, line = self.theme.font("caption"), self.theme.line("caption")
        top = round(axes.area.bottom()) + SPACE_4
        for tick in ticks(axes.x[0], axes.x[1], 4):
            x = round(axes.across(tick))
            painter.fillRect(QRectF(x, 0, 1, axes.area.height()), self.theme.colour("line"))
            text = decimal(tick, 0)
            width = text_width(text, font)
            draw_text(painter, QRect(x - width, top, 2 * width, line), text, font, self.theme.colour("text2"), CENTRE)


def _sample(group: GroupShare) -> str:
    return tr("{right} of {n}", right=number(group.right), n=number(group.of))
