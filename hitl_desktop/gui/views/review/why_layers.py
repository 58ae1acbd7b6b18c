"""Evidence on the item itself: lines below words, and regions over a picture. Support is solid, against is dotted."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen

from hitl_desktop.domain.explanations import Grid, Part, PartKind
from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import OVERLAY_OUTLINE, OVERLAY_TEXT
from hitl_desktop.gui.viewers.canvas_tools import CanvasView
from hitl_desktop.gui.viewers.text_layers import Underlined
from hitl_desktop.gui.views.review.why_words import signed

_TEXT_TINT: Final = 30
_PICTURE_TINT: Final = 120
OUTLINED: Final = 0.35
"""From this share of the strongest cell on, cells are outlined; weaker ones are tinted only."""
_FAINT: Final = 0.08
_LINE: Final = 2.0
_HALO: Final = 4.0


class WordEvidence:
    """The words of an explanation in the text: solid line for the answer, dotted line for the other one."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._parts: Sequence[Part] = ()
        self._labels: tuple[Label | None, Label | None] = (None, None)

    def show(self, parts: Sequence[Part], this: Label | None, other: Label | None) -> None:
        """Mark these words from now on; none of them: nothing."""
        self._parts = [part for part in parts if part.kind is PartKind.WORD]
        self._labels = (this, other)

    def stretches(self) -> Sequence[Underlined]:
        """See `TextLayer`."""
        found = []
        for part in self._parts:
            is_for = part.value > 0
            colour = side_colour(self._theme, self._labels[0] if is_for else self._labels[1])
            style = Qt.PenStyle.SolidLine if is_for else Qt.PenStyle.DotLine
            tint = QColor(colour)
            tint.setAlpha(_TEXT_TINT)
            found += [Underlined(span, colour, style, tint) for span in part.spans]
        return found


class PlaceEvidence:
    """The grid of an explanation over the picture: tinted cells, outlined regions with the sum of their amounts."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._grid: Grid = ()
        self._labels: tuple[Label | None, Label | None] = (None, None)

    def show(self, grid: Grid, this: Label | None, other: Label | None) -> None:
        """Show this grid from now on; an empty one: nothing."""
        self._grid = grid
        self._labels = (this, other)

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """See `CanvasLayer`."""
        if not self._grid:
            return
        amounts = np.asarray(self._grid)
        most = float(np.abs(amounts).max())
        if most <= 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, column in zip(*np.nonzero(np.abs(amounts) >= _FAINT * most), strict=True):
            share = float(amounts[row, column]) / most
            tint = self._colour(share > 0)
            tint.setAlpha(round(_PICTURE_TINT * abs(share)))
            painter.fillRect(_cell(view, int(row), int(column), amounts.shape), tint)
        for region in regions(amounts, OUTLINED * most):
            self._paint_region(painter, view, region, amounts)

    def _paint_region(
        self, painter: QPainter, view: CanvasView, region: list[tuple[int, int]], amounts: np.ndarray
    ) -> None:
        total = float(sum(amounts[cell] for cell in region))
        outline = QPainterPath()
        outline.setFillRule(Qt.FillRule.WindingFill)
        for row, column in region:
            outline.addRect(_cell(view, row, column, amounts.shape).adjusted(-0.1, -0.1, 0.1, 0.1))
        outline = outline.simplified()
        painter.strokePath(outline, QPen(QColor(OVERLAY_OUTLINE), _HALO))
        style = Qt.PenStyle.SolidLine if total > 0 else Qt.PenStyle.DotLine
        painter.strokePath(outline, QPen(self._colour(total > 0), _LINE, style))
        strongest = max(region, key=lambda cell: abs(amounts[cell]))
        self._paint_amount(painter, _cell(view, *strongest, amounts.shape), signed(total))

    def _paint_amount(self, painter: QPainter, cell: QRectF, words: str) -> None:
        font = self._theme.font("caption", 600)
        metrics = QFontMetrics(font)
        corner = QPointF(
            cell.center().x() - metrics.horizontalAdvance(words) / 2,
            cell.center().y() + (metrics.ascent() - metrics.descent()) / 2,
        )
        path = QPainterPath()
        path.addText(corner, font, words)
        painter.strokePath(path, QPen(QColor(OVERLAY_OUTLINE), 3))
        painter.fillPath(path, QColor(OVERLAY_TEXT))

    def _colour(self, is_for: bool) -> QColor:
        return side_colour(self._theme, self._labels[0] if is_for else self._labels[1])


def side_colour(theme: Theme, label: Label | None) -> QColor:
    """The colour of one side of a comparison: that of its class, or the grey of "not there"."""
    return theme.colour("text2") if label is None else theme.class_colour(label.position)


def regions(amounts: np.ndarray, least: float) -> list[list[tuple[int, int]]]:
    """Cells (rows, columns) of at least this size that touch along an edge and have the same sign, region by region."""
    left = {(int(r), int(c)) for r, c in zip(*np.nonzero(np.abs(amounts) >= least), strict=True)}
    found = []
    while left:
        start = min(left)
        left.remove(start)
        region, edge = [start], [start]
        while edge:
            row, column = edge.pop()
            for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if near in left and (amounts[near] > 0) == (amounts[start] > 0):
                    left.remove(near)
                    region.append(near)
                    edge.append(near)
        found.append(region)
    return found


def _cell(view: CanvasView, row: int, column: int, shape: tuple[int, ...]) -> QRectF:
    """A cell of the grid on the screen, whichever way the picture lies."""
    width, height = view.projection.picture
    corner = view.to_widget((column * width / shape[1], row * height / shape[0]))
    other = view.to_widget(((column + 1) * width / shape[1], (row + 1) * height / shape[0]))
    return QRectF(corner, other).normalized()
