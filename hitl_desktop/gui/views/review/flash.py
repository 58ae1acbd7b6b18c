"""The only feedback to a decision: an edge around the item for a moment."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.context import Context

_EDGE = 2


class Flash(QWidget):
    """The only feedback to a decision: a 2 px accent edge around the item for a tenth of a second."""

    def __init__(self, context: Context, over: QWidget) -> None:
        super().__init__(over)
        self._context = context
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_for(self, milliseconds: int) -> None:
        """Show the edge and take it away again."""
        if self.geometry() != self._over.rect():
            self.setGeometry(self._over.rect())
            # Only the edge: what lies inside is not painted again when it comes and goes.
            self.setMask(QRegion(self.rect()) - QRegion(self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)))
        self.show()
        self.raise_()
        self._timer.start(milliseconds)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._context.theme.colour("accent"))
