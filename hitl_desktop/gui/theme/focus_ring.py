"""The focus ring: 2 px in the focus colour, outside a gap of 2 px, and only for the keyboard.

Style sheets cannot tell the keyboard from the mouse and cannot paint outside a widget. So the ring is a widget of
its own that lies over the window, lets the mouse through, and follows the widget with the focus.
"""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from hitl_desktop.gui.theme.tokens import FOCUS_GAP, FOCUS_WIDTH, RADIUS_CONTROL

# A widget says by the property "focusRing" that its ring lies inside ("inside") or that it draws its own ("none").
PROPERTY = "focusRing"
_NAVIGATION = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_F6,
    }
)
_WALKING = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_F6})
_GEOMETRY = frozenset(
    {
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.ParentChange,
        QEvent.Type.LayoutRequest,
    }
)


class FocusRing(QObject):
    """Shows one ring around the widget with the keyboard focus, in whatever window that is.

    All work waits for the next turn of the event loop: the focus also changes while a window is being destroyed, when
    none of its widgets may be touched.
    """

    def __init__(self, app: QApplication, colour: Callable[[], QColor]) -> None:
        super().__init__(app)
        self._colour = colour
        self._by_keyboard = True
        self._walked = False
        self._window: QWindow | None = None
        self._frame: _Frame | None = None
        self._followed: list[QWidget] = []
        self._listens = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._update)
        app.focusChanged.connect(self._later.start)

    @property
    def frame(self) -> QWidget | None:
        """The painted ring, or None while nothing has the focus."""
        return self._living() if self._followed else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWindow):
            self._notice_device(event)
        elif event.type() in _GEOMETRY:
            self._later.start()
        return False

    def _notice_device(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
            self._later.start()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._walked = event.key() in _WALKING
            if event.key() in _NAVIGATION:
                self._by_keyboard = True
            self._later.start()

    def _update(self) -> None:
        widget = QApplication.focusWidget()
        if not self._followed or self._followed[0] is not widget or self.frame is None:
            self._leave()
            if widget is not None and widget.property(PROPERTY) != "none":
                self._follow(widget)
        self._place()

    def _follow(self, widget: QWidget) -> None:
        if self._window is not None and not shiboken6.isValid(self._window):
            self._window = None  # as long as it is held, its dead wrapper is handed out for the next window there
        self._watch(widget.window().windowHandle())
        host, frame = self._host(widget), self._living()
        if frame is None:
            self._frame = _Frame(host, self._colour)
        elif frame.parentWidget() is not host:
            frame.setParent(host)
        followed: QWidget | None = widget
        while followed is not None:
            self._followed.append(followed)
            followed = None if followed.isWindow() else followed.parentWidget()

    def _watch(self, window: QWindow | None) -> None:
        if window is self._window:
            return
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window if window is not None and shiboken6.isValid(window) else None
        if self._window is not None:
            self._window.installEventFilter(self)

    def _leave(self) -> None:
        self._listen(False)
        self._followed.clear()
        if (frame := self._living()) is not None:
            frame.hide()

    def _living(self) -> "_Frame | None":
        """The one frame there is: it goes from host to host, and with a host that is destroyed it ends."""
        if self._frame is not None and not shiboken6.isValid(self._frame):
            self._frame = None
        return self._frame

    def _listen(self, wanted: bool) -> None:
        """Notice where the followed widgets go. Not while no ring is wanted: all their events would come by here."""
        if wanted is self._listens:
            return
        self._listens = wanted
        for widget in self._followed:
            if shiboken6.isValid(widget):
                if wanted:
                    widget.installEventFilter(self)
                else:
                    widget.removeEventFilter(self)

    def _host(self, widget: QWidget) -> QWidget:
        """The widget that the ring lies in: the scrolled content, so that it is cut off with it, or the window."""
        parent = widget.parentWidget()
        while parent is not None and not parent.isWindow():
            outer = parent.parentWidget()
            if outer is not None and isinstance(outer.parentWidget(), QAbstractScrollArea):
                return parent
            parent = outer
        return widget.window()

    def _place(self) -> None:
        if self._frame is None or not self._followed:
            return
        widget = self._followed[0]
        host = self._frame.parentWidget()
        inside = widget.property(PROPERTY) == "inside"
        # The item pane has the focus all day: its ring only tells somebody who walks with Tab where they are.
        wanted = self._walked if inside else self._by_keyboard
        self._listen(wanted)
        shown = wanted and widget.isVisible() and host is not None and widget is not host
        if host is not None and shown:
            corner = widget.mapTo(host, QPoint(0, 0))
            margin = 0 if inside else FOCUS_GAP + FOCUS_WIDTH
            self._frame.surround(QRect(corner, widget.size()), margin)
        self._frame.setVisible(shown)


class _Frame(QWidget):
    """The ring itself."""

    def __init__(self, parent: QWidget, colour: Callable[[], QColor]) -> None:
        super().__init__(parent)
        self._colour = colour
        self._radius = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def surround(self, rect: QRect, margin: int) -> None:
        """Lie around `rect` (in the parent's coordinates) at this distance."""
        self._radius = RADIUS_CONTROL + margin if margin else 0
        self.setGeometry(rect.adjusted(-margin, -margin, margin, margin))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colour(), FOCUS_WIDTH))
        half = FOCUS_WIDTH / 2
        rect = QRectF(self.rect()).adjusted(half, half, -half, -half)
        radius = max(0.0, self._radius - half)
        painter.drawRoundedRect(rect, radius, radius)
