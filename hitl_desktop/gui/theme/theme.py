"""The theme: one object that every widget gets by constructor and asks for colours, fonts and icons."""

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from hitl_desktop import paths
from hitl_desktop.gui.listeners import forget
from hitl_desktop.gui.theme.focus_ring import FocusRing
from hitl_desktop.gui.theme.fonts import Fonts, line_height
from hitl_desktop.gui.theme.icons import STROKE, Icons
from hitl_desktop.gui.theme.palette import palette
from hitl_desktop.gui.theme.style import style_sheet
from hitl_desktop.gui.theme.tokens import THEMES, Tokens

Mode = Literal["light", "dark", "contrast_light", "contrast_dark", "system"]
MIN_SCALE: Final = 0.9
MAX_SCALE: Final = 2.0


class Theme(QObject):
    """Holds the tokens, fonts and icons in use, and puts them on the application.

    `changed` is sent after the colours or the text size have changed. A running QGuiApplication is needed.
    """

    changed = Signal()

    def __init__(self, mode: Mode = "system", scale: float = 1.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._scale = _within(scale)
        self._app: QApplication | None = None
        self._ring: FocusRing | None = None
        self._colours: dict[str, QColor] = {}
        self.icons = Icons(paths.resources() / "icons")
        self.fonts = Fonts(paths.resources() / "fonts")
        self._tokens = self._wanted()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return self._tokens

    @property
    def border(self) -> float:
        """The width of the lines around controls and cards, in logical pixels."""
        return float(self._tokens.border)

    @property
    def mode(self) -> Mode:
        """What the person chose: light, dark, either in high contrast, or as the system."""
        return self._mode

    @property
    def scale(self) -> float:
        """The text size factor, 0.9–2."""
        return self._scale

    def forget_listeners(self) -> None:
        """The window has gone: nobody listens any more."""
        forget(self, self.changed)

    def apply(self, app: QApplication) -> None:
        """Put the style, palette, font, style sheet and focus ring on the application."""
        self._app = app
        app.setStyle("Fusion")
        if self._ring is None:
            self._ring = FocusRing(app, lambda: self.colour("focus"))
        self._put_on()

    def set_mode(self, mode: Mode) -> None:
        """Change to another theme, or to what the system says. Repaints at once."""
        if mode == self._mode:
            return
        self._mode = mode
        # Title bars and native dialogs follow where the platform can.
        QGuiApplication.styleHints().setColorScheme(_scheme(mode))
        self._refresh()

    def set_scale(self, scale: float) -> None:
        """Change the text size factor; kept between 0.9 and 2."""
        scale = _within(scale)
        if scale != self._scale:
            self._scale = scale
            self._put_on()
            self.changed.emit()

    def follow_direction(self) -> None:
        """The language is another: style the window for the side that it is read from."""
        self._put_on()

    def colour(self, name: str) -> QColor:
        """The colour of a token, for painters; the caller's own, to make paler if need be."""
        if name not in self._colours:
            self._colours[name] = QColor(self._tokens.colour(name))
        return QColor(self._colours[name])

    def class_colour(self, index: int) -> QColor:
        """The colour of the class with this index, from 0."""
        return QColor(self._tokens.class_colour(index))

    def font(self, token: str, weight: int | None = None, mono: bool = False) -> QFont:
        """The font of a step of the type scale, at the chosen text size."""
        return self.fonts.font(token, weight, mono, self._scale)

    def metrics(self, token: str, weight: int | None = None) -> QFontMetrics:
        """The measures of that font."""
        return QFontMetrics(self.font(token, weight))

    def line(self, token: str) -> int:
        """The line height of a step of the type scale, at the chosen text size."""
        return self.px(line_height(token))

    def px(self, length: int) -> int:
        """A length that follows the text size: heights of rows and controls."""
        return round(length * self._scale)

    def pixmap(self, name: str, size: int, colour: str, ratio: float = 1.0, stroke: float = STROKE) -> QPixmap:
        """An icon in the colour of a token, for painters. `size` is in logical pixels."""
        return self.icons.pixmap(name, size, self._tokens.colour(colour), ratio, stroke, _right_to_left())

    def icon(self, name: str, size: int = 16, colour: str = "text2") -> QIcon:
        """An icon in the colour of a token, for buttons and menus. Ask again after `changed`."""
        return self.icons.icon(name, size, self._tokens.colour(colour), self._tokens.text3, _right_to_left())

    def _wanted(self) -> Tokens:
        if self._mode != "system":
            return THEMES[self._mode]
        # A system that does not say gets the light theme, in usual contrast.
        hints = QGuiApplication.styleHints()
        base = "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"
        is_high = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        return THEMES[f"contrast_{base}" if is_high else base]

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._refresh()

    def _refresh(self) -> None:
        tokens = self._wanted()
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._colours.clear()
        self._put_on()
        self.changed.emit()

    def _put_on(self) -> None:
        """What is on already is left alone: Qt styles every widget there is again, a second for two thousand."""
        if self._app is None:
            return
        if (colours := palette(self._tokens)) != self._app.palette():
            self._app.setPalette(colours)
        if (font := self.font("body")) != self._app.font():
            self._app.setFont(font)
        controls = paths.resources() / "icons" / "controls"
        sheet = style_sheet(self._tokens, controls, self._scale, right_to_left=_right_to_left())
        if sheet != self._app.styleSheet():
            self._app.setStyleSheet(sheet)


def _scheme(mode: Mode) -> Qt.ColorScheme:
    if mode == "system":
        return Qt.ColorScheme.Unknown
    return Qt.ColorScheme.Dark if THEMES[mode].is_dark else Qt.ColorScheme.Light


def _right_to_left() -> bool:
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


def _within(scale: float) -> float:
    return min(MAX_SCALE, max(MIN_SCALE, scale))
