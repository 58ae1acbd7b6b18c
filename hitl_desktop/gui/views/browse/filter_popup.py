"""The filter of the gallery over the queue's list, where there is no room to have it open."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.browse.filter_panel import WIDTH, FilterPanel
from hitl_desktop.language import tr

_HEIGHT = 560
_EDGE = 8


class FilterPopup(QFrame):
    """Opens below a widget; a click beside it or Esc closes it. Changes apply at once."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName(tr("Filter"))
        self.setProperty("card", "true")
        self._context = context
        self.panel = FilterPanel(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.panel)

    def open_below(self, widget: QWidget) -> None:
        """Open at the lower leading edge of a widget, inside its window."""
        window = widget.window()
        corner = widget.mapTo(window, QPoint(_EDGE, widget.height()))
        height = min(self._context.theme.px(_HEIGHT), window.height() - corner.y() - _EDGE)
        self.resize(self._context.theme.px(WIDTH), max(240, height))
        self.move(window.mapToGlobal(corner))
        self.show()
        next(iter(self.panel.states.values())).setFocus(Qt.FocusReason.PopupFocusReason)
