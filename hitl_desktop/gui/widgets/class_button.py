"""The buttons that decide: confirm, correct to a class, and the actions beside them.

None of them has a shortcut of its own: one key filter per page reads the key profile, so the caps and what the keys
do cannot differ.
"""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.icons import STROKE_BOLD
from hitl_desktop.gui.theme.tokens import (
    CONTROL_ACTION,
    CONTROL_CLASS,
    CONTROL_CONFIRM,
    MEDIUM,
    RADIUS_CONTROL,
    SPACE_8,
    SPACE_12,
    STRONG,
)
from hitl_desktop.gui.widgets.class_glyph import draw_glyph
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import RIGHT, draw_frame, draw_icon, draw_name, draw_text, text_width
from hitl_desktop.gui.widgets.spoken import spoken_share
from hitl_desktop.language import mark, tr

_PADDING: Final = 9
_GLYPH: Final = 12
_GAP: Final = 7
_SUGGESTED: Final = mark("suggested")
_ROOM_FOR_WORD: Final = 200
_TIGHT: Final = 6
_BOX: Final = 16
_BOX_RADIUS: Final = 3


class ClassButton(PaintedButton):
    """The button of one class: key cap, glyph, name. 36 high, or 30 with `compact` (five classes and more).

    A long name stands in two smaller lines where the button is 36 high, else it is shortened in the middle; the tooltip
    and the accessible name have it whole. As a `toggle` it is a
    finding that is there while it is checked: a box at its end says so, and beside it stands what the model says.
    """

    def __init__(
        self,
        theme: Theme,
        key: str,
        class_index: int,
        name: str,
        *,
        compact: bool = False,
        toggle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, parent)
        self._claim = ""
        self._why_not = ""
        self.setCheckable(toggle)
        self.toggled.connect(lambda _: self._name_for_readers())
        self._key = key
        self._class_index = class_index
        self._compact = compact
        self._suggested = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_for_readers()

    def set_suggested(self, suggested: bool) -> None:
        """Mark this class as the model's suggestion: accent border and the word."""
        if suggested != self._suggested:
            self._suggested = suggested
            self._name_for_readers()
            self._update_tooltip()
            self.update()

    def set_claim(self, claim: str) -> None:
        """What the model says of this finding ("87 %"), shown on a toggle; empty without a model."""
        if claim != self._claim:
            self._claim = claim
            self._name_for_readers()
            self._update_tooltip()
            self.update()

    def set_possible(self, *, can_decide: bool, why_not: str = "") -> None:
        """Grey the button out or bring it back; the reason is its tooltip."""
        if (can_decide, why_not) != (self.isEnabled(), self._why_not):
            self._why_not = why_not
            self.setEnabled(can_decide)
            self._update_tooltip()

    def sizeHint(self) -> QSize:
        width = self._text_left() + text_width(self.label(), self.theme.font("body", MEDIUM)) + _PADDING
        return QSize(width, self.theme.px(CONTROL_ACTION if self._compact else CONTROL_CLASS))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._text_left() + 40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        height = self.height()
        if self._key:
            width = key_cap_width(self._key, self.theme)
            cap = self.placed(QRect(self._edge(), 0, width, height))
            paint_key_cap(painter, cap, self._key, self.theme, "plain" if self.isEnabled() else "disabled")
        left = self._text_left()
        glyph = QRect(left - _GLYPH - self._gap(), (height - _GLYPH) // 2, _GLYPH, _GLYPH)
        draw_glyph(painter, self.placed(glyph), self._class_index, self.theme.tokens)
        ink = self.theme.colour("text" if self.isEnabled() else "text3")
        name = QRect(left, 0, self._name_width(), height)
        font = self.theme.font("body", MEDIUM)
        if self._compact:
            draw_text(painter, self.placed(name), self.label(), font, ink)
        else:
            draw_name(painter, self.placed(name), self.label(), (font, self.theme.font("caption", MEDIUM)), ink)
        if self.isCheckable():
            self._paint_answer(painter)
        elif self._says_suggested():
            rect = QRect(left, 0, self.width() - _PADDING - left, height)
            font = self.theme.font("caption")
            draw_text(painter, self.placed(rect), tr(_SUGGESTED), font, self.theme.colour("text3"), RIGHT)

    def _paint_ground(self, painter: QPainter) -> None:
        colour = self.theme.colour
        if not self.isEnabled():
            draw_frame(painter, self.rect(), RADIUS_CONTROL, colour("line"), width=self.theme.border)
            return
        fill = "surface"
        if self.isChecked():
            fill = "accent_soft"
        elif self.underMouse() or self.isDown():
            fill = "sunken"
        strong = self.isChecked() if self.isCheckable() else self._suggested
        border = colour("accent" if strong else "line_strong")
        draw_frame(painter, self.rect(), RADIUS_CONTROL, border, colour(fill), self.theme.border + strong)

    def _paint_answer(self, painter: QPainter) -> None:
        """What the model says, and the box."""
        side, colour, is_on = self.theme.px(_BOX), self.theme.colour, self.isChecked()
        box = self.placed(QRect(self.width() - _PADDING - side, (self.height() - side) // 2, side, side))
        edge = colour(("accent" if is_on else "line_strong") if self.isEnabled() else "line")
        draw_frame(painter, box, _BOX_RADIUS, edge, edge if is_on else colour("surface"), self.theme.border)
        if is_on:
            draw_icon(painter, self.theme, box, "check", "on_accent", side - 4, STROKE_BOLD)
        end = self.width() - _PADDING - side - SPACE_8
        claim = self.placed(QRect(self._text_left(), 0, end - self._text_left(), self.height()))
        ink = colour("text2" if self.isEnabled() else "text3")
        draw_text(painter, claim, self._claim, self.theme.font("small"), ink, RIGHT)

    def _text_left(self) -> int:
        cap = key_cap_width(self._key, self.theme) + self._gap() + 1 if self._key else 0
        return self._edge() + cap + _GLYPH + self._gap()

    def _edge(self) -> int:
        """Where names have two lines, every pixel is one of their letters."""
        return _TIGHT if self._is_tight() else _PADDING

    def _gap(self) -> int:
        return _TIGHT if self._is_tight() else SPACE_8

    def _is_tight(self) -> bool:
        return not self._compact and self.width() < self.theme.px(_ROOM_FOR_WORD)

    def _name_width(self) -> int:
        if self.isCheckable():
            claim = text_width(self._claim, self.theme.font("small")) + SPACE_8 if self._claim else 0
            return self.width() - self._text_left() - _PADDING - self.theme.px(_BOX) - SPACE_8 - claim
        taken = text_width(tr(_SUGGESTED), self.theme.font("caption")) + SPACE_8 if self._says_suggested() else 0
        return self.width() - self._text_left() - self._edge() - taken

    def _says_suggested(self) -> bool:
        """The word stands only where the name keeps most of the room; the accent border stands always."""
        return self._suggested and self.width() >= self.theme.px(_ROOM_FOR_WORD)

    def _name_for_readers(self) -> None:
        if not self.isCheckable():
            self.setAccessibleName(self.label())
            self.setAccessibleDescription(tr("Suggested by the model") if self._suggested else "")
            return
        name = self.label()
        self.setAccessibleName(
            tr("{finding}, on", finding=name) if self.isChecked() else tr("{finding}, off", finding=name)
        )
        claim = spoken_share(self._claim)
        told = (
            tr("Suggested by the model, it says {claim}", claim=claim)
            if self._suggested
            else tr("Not suggested by the model, it says {claim}", claim=claim)
        )
        self.setAccessibleDescription(told if self._claim else "")

    def _update_tooltip(self) -> None:
        fits = text_width(self.label(), self.theme.font("body", MEDIUM)) <= self._name_width()
        self.setToolTip(plain_tooltip(self._why_not or ("" if fits else self.label())))


def are_long(theme: Theme, names: Iterable[str], key: str, width: int) -> bool:
    """Whether a name is too long for one line of a class button of this width with such a key cap."""
    taken = 2 * _PADDING + _GLYPH + SPACE_8 + (key_cap_width(key, theme) + _GAP + 2 if key else 0)
    font = theme.font("body", MEDIUM)
    return any(text_width(name, font) > width - taken for name in names)


class ConfirmButton(PaintedButton):
    """The large button that confirms the suggestion. It keeps its size whatever it says."""

    def __init__(self, theme: Theme, label: str, key: str = "Space", parent: QWidget | None = None) -> None:
        super().__init__(theme, label, parent)
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_label(self, label: str) -> None:
        """Say something else: no layout has to look at it again."""
        if label != self._label:
            self._label = label
            self.setAccessibleName(label)
            self.update()

    def sizeHint(self) -> QSize:
        width = 40 + text_width(self.label(), self.theme.font("lead", STRONG)) + SPACE_8 + self._cap_width() + SPACE_12
        return QSize(width, self.theme.px(CONTROL_CONFIRM))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height, colour = self.height(), self.theme.colour
        if self.isEnabled():
            ground = colour("accent_hover" if self.underMouse() or self.isDown() else "accent")
            draw_frame(painter, self.rect(), RADIUS_CONTROL, ground, ground, width=self.theme.border)
        else:
            draw_frame(painter, self.rect(), RADIUS_CONTROL, colour("line"), width=self.theme.border)
        ink = "on_accent" if self.isEnabled() else "text3"
        icon = self.placed(QRect(12, 0, 20, height))
        draw_icon(painter, self.theme, icon, "check", ink, 20, STROKE_BOLD)
        # A key that does nothing now leaves its room to the reason why.
        has_cap = bool(self._key) and self.isEnabled()
        cap_left = self.width() - SPACE_12 - (self._cap_width() if has_cap else 0)
        text = self.placed(QRect(40, 0, cap_left - SPACE_8 - 40, height))
        # A long class name steps down to the body size, and to two lines, before anything of it is left out.
        lead, body = self.theme.font("lead", STRONG), self.theme.font("body", STRONG)
        fits = text_width(self.label(), lead) <= text.width()
        draw_name(painter, text, self.label(), (lead if fits else body, body), colour(ink))
        if has_cap:
            cap = self.placed(QRect(cap_left, 0, self._cap_width(), height))
            paint_key_cap(painter, cap, self._key, self.theme, "on_accent")

    def _cap_width(self) -> int:
        return key_cap_width(self._key, self.theme) if self._key else 0


class ActionButton(PaintedButton):
    """A small action with its key: skip, unsure, flag, note. With `framed=False` it is a plain line of text."""

    def __init__(
        self, theme: Theme, key: str, label: str, *, framed: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, label, parent)
        self._key = key
        self._framed = framed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self._text_left() + text_width(self.label(), self.theme.font("small", MEDIUM)) + _PADDING
        return QSize(width, self.theme.px(CONTROL_ACTION))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour, height = self.theme.colour, self.height()
        active = self.isEnabled() and (self.underMouse() or self.isDown())
        if self._framed:
            fill = colour("accent_soft") if self.isChecked() else colour("sunken" if active else "surface")
            border = colour("accent" if self.isChecked() else "line_strong")
            draw_frame(
                painter,
                self.rect(),
                RADIUS_CONTROL,
                border if self.isEnabled() else colour("line"),
                fill,
                width=self.theme.border,
            )
        if self._key:
            cap = QRect(self._left(), 0, key_cap_width(self._key, self.theme), height)
            paint_key_cap(painter, self.placed(cap), self._key, self.theme, "plain" if self.isEnabled() else "disabled")
        left = self._text_left()
        ink = "text" if self._framed or active else "text2"
        if self.isChecked() and not self._framed:
            ink = "accent"
        text = self.placed(QRect(left, 0, self.width() - left - 4, height))
        shown = colour(ink if self.isEnabled() else "text3")
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, text, self.label(), self.theme.font("small", MEDIUM), shown, elide=elide)

    def _left(self) -> int:
        return _PADDING if self._framed else 1

    def _text_left(self) -> int:
        return self._left() + (key_cap_width(self._key, self.theme) + 6 if self._key else 0)
