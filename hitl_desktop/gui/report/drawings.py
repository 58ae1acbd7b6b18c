"""The charts of a report: drawn as they stand on the page, in the light theme, as lines for a file and as pictures."""

import base64
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, STRONG
from hitl_desktop.gui.views.figures.trends import BY_DAY, BY_VERSION, day_picture, version_picture
from hitl_desktop.gui.widgets.plot import Picture, Plot
from hitl_desktop.language import explained, in_use, tr
from hitl_desktop.workflow.figures.values import Figures

_WIDTH: Final = 640
_HEIGHT: Final = 240
_SHARPNESS: Final = 3


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its title, the drawing as a `data:` address, and the same as a picture."""

    title: str
    address: str
    picture: QImage


def drawings_of(figures: Figures, threshold: float) -> dict[str, Drawing]:
    """By key; those that have nothing to show are left out. On the window's thread only."""
    theme = Theme("light")
    found = {}
    try:
        for series, title in BY_VERSION.items():
            picture = version_picture(figures, series, threshold)
            if picture.points:
                found[series] = _drawn(theme, explained(tr(title), tr("by model version")), picture)
        for series, title in BY_DAY.items():
            picture = day_picture(figures, series)
            if picture.points:
                found[series] = _drawn(theme, explained(tr(title), tr("by day")), picture)
    finally:
        theme.forget_listeners()
        theme.deleteLater()
    return found


def _titled(theme: Theme, title: str, picture: QImage) -> QImage:
    """A picture with its title above it, in one piece: a page never parts the two."""
    line = theme.line("body") + SPACE_8
    whole = QImage(picture.width(), picture.height() + line * _SHARPNESS, QImage.Format.Format_RGB32)
    whole.setDevicePixelRatio(_SHARPNESS)
    whole.fill(theme.colour("surface"))
    painter = QPainter(whole)
    painter.setFont(theme.font("body", STRONG))
    painter.setPen(theme.colour("text"))
    rect = QRectF(0, 0, _WIDTH, line - SPACE_8)
    start = Qt.AlignmentFlag.AlignRight if in_use().right_to_left else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, int(start.value), title)
    painter.drawImage(QPointF(0, line), picture)
    painter.end()
    return whole


def _drawn(theme: Theme, title: str, picture: Picture) -> Drawing:
    plot = Plot(theme)
    plot.resize(_WIDTH, _HEIGHT)
    plot.show_picture(title, picture)
    plot.settle()
    address = f"data:image/svg+xml;base64,{base64.b64encode(plot.file.drawing()).decode('ascii')}"
    found = Drawing(title, address, _titled(theme, title, plot.picture(_SHARPNESS)))
    plot.deleteLater()
    return found
