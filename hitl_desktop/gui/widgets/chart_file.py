"""Charts as files: a menu and a key that write a drawing as SVG or PNG, or put it on the clipboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QKeyEvent, QKeySequence, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from hitl_desktop.exchange.atomic_file import write_whole
from hitl_desktop.gui.theme import Theme
from hitl_desktop.language import tr

_PICTURES: Final = (".png", ".jpg", ".jpeg", ".bmp")
SHARPNESS: Final = 2
"""Pixels per point of a picture that is written."""
Paint = Callable[[QPainter], None]


class ChartFile(QObject):
    """Belongs to a widget that draws a chart: it takes the focus by Tab, the menu key opens the menu, Ctrl+S asks for a
    file at once. `paint` draws it; None: as it paints itself.
    """

    def __init__(self, theme: Theme, widget: QWidget, paint: Paint | None = None) -> None:
        super().__init__(widget)
        self._theme, self._widget = theme, widget
        self._paint = paint or self._as_painted
        widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(self._open_menu)
        widget.installEventFilter(self)

    def menu(self) -> QMenu:
        """What can be done with the drawing."""
        menu = QMenu(self._widget)
        menu.addAction(tr("Save the chart…"), self.ask_where)
        menu.addAction(tr("Copy the chart"), self.copy)
        return menu

    def ask_where(self) -> None:
        """Ask for a file and write the drawing there."""
        forms = f"{tr('Drawing')} (*.svg);;{tr('Picture')} (*.png)"
        suggested = f"{self._widget.accessibleName().replace('/', ' ')}.svg"
        chosen, form = QFileDialog.getSaveFileName(self._widget, tr("Save the chart"), suggested, forms)
        if chosen:
            path = Path(chosen)
            self.write(path if path.suffix else path.with_suffix(".png" if "png" in form else ".svg"))

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture(SHARPNESS))

    def write(self, path: Path) -> None:
        """Write the drawing as SVG or PNG, by the ending, whole or not at all. Raises KnownError."""
        if path.suffix.lower() == ".svg":
            write_whole(path, self.drawing())
            return
        content = QBuffer()
        content.open(QBuffer.OpenModeFlag.WriteOnly)
        form = path.suffix[1:] if path.suffix.lower() in _PICTURES else "png"
        QImageWriter(content, QByteArray(form.encode("ascii"))).write(self.picture(SHARPNESS))
        write_whole(path, bytes(content.data().data()))

    def drawing(self) -> bytes:
        """The drawing as SVG, made in memory: its words are nobody else's business."""
        content = QBuffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(content)
        generator.setSize(self._widget.size())
        generator.setViewBox(self._widget.rect())
        generator.setTitle(self._widget.accessibleName())
        generator.setDescription(self._widget.accessibleDescription())
        self._draw(QPainter(generator))
        return bytes(content.data().data())

    def picture(self, sharpness: float) -> QImage:
        """The drawing on the ground of a card, with so many pixels per point."""
        image = QImage(self._widget.size() * sharpness, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(sharpness)
        self._draw(QPainter(image))
        return image

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.matches(QKeySequence.StandardKey.Save)
        ):
            self.ask_where()
            return True
        return super().eventFilter(watched, event)

    def _draw(self, painter: QPainter) -> None:
        painter.fillRect(self._widget.rect(), self._theme.colour("surface"))
        self._paint(painter)
        painter.end()

    def _as_painted(self, painter: QPainter) -> None:
        self._widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(self._widget.mapToGlobal(place))
