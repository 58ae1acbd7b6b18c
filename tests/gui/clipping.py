"""Find text that does not fit, in whatever is on screen: labels, Qt's own controls, and what widgets paint.

Every widget paints itself once more, without its children, while all text that it draws is noted with its place. Text
is cut off where it is larger than its place, where its place is not within the widget, or where the widget is not
within what is seen of the window, to which what can be scrolled to counts. It may be shortened only where a tooltip
says it whole.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_text

SLACK: Final = 2
_COMBO_ROOM: Final = 24
_FIELD_ROOM: Final = 12
_ISOLATES: Final = re.compile("[\u2066-\u2069\u200e\u200f\u202a-\u202e]")
_WRAP: Final = int(Qt.TextFlag.TextWordWrap.value)
_NO_CLIP: Final = int(Qt.TextFlag.TextDontClip.value)


@dataclass
class _Written:
    """One text as it was drawn: what it says whole, and by how much it is cut off, in words."""

    text: str
    place: QRect
    lack: str


@dataclass
class _Watch:
    """Notes what is drawn."""

    within: QRect = field(default_factory=QRect)
    whole: str = ""
    room: QRect = field(default_factory=QRect)
    written: list[_Written] = field(default_factory=list)

    def draw_text(self, painter: QPainter, rect: QRect, text: str, font: Any, *rest: Any, **options: Any) -> None:
        """In the place of `painting.draw_text`: knows the text before it is shortened."""
        if text and rect.width() <= 0:
            self.written.append(_Written(text, rect, "no room at all"))
        self.whole, self.room = text, rect
        draw_text(painter, rect, text, font, *rest, **options)
        self.whole, self.room = "", QRect()

    def drawn(self, painter: QPainter, *arguments: Any) -> None:
        """Note a call of `QPainter.drawText`."""
        match arguments:
            case [(QRect() | QRectF()) as rect, flags, str() as text]:
                room = QRectF(rect).toAlignedRect()
                number = int(getattr(flags, "value", flags))
                metrics = QFontMetrics(painter.font())
                needs = metrics.boundingRect(room, number, text) if number & _WRAP else _line(metrics, text, room)
                room = needs if number & _NO_CLIP else room
            case [(QPoint() | QPointF()) as at, str() as text]:
                metrics = QFontMetrics(painter.font())
                room = self.room
                needs = _line(metrics, text, room)
                if room.isNull():
                    room = needs = metrics.boundingRect(text).translated(QPointF(at).toPoint())
            case _:
                return
        lack = _short(needs.width(), room.width(), "wide") or _short(needs.height(), room.height(), "high")
        visible = painter.transform().mapRect(QRectF(room)).toAlignedRect() if needs == room else QRect()
        whole = self.whole or text
        if whole != text and not lack:
            lack = f"shortened to {text!r}"
        if (
            not lack
            and not visible.isNull()
            and not self.within.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(visible)
        ):
            lack = "painted beyond its widget"
        self.written.append(_Written(whole, painter.transform().mapRect(room), lack))


def _line(metrics: QFontMetrics, text: str, room: QRect) -> QRect:
    lines = text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines)
    return QRect(room.topLeft(), QSize(width, metrics.tightBoundingRect("Äg").height() * len(lines)))


def clipped(top: QWidget) -> Iterator[str]:
    """What is cut off in a window or dialog, as words."""
    seen = [w for w in [top, *top.findChildren(QWidget)] if w.isVisibleTo(top) and not isinstance(w, QMenu)]
    bearing: list[QWidget] = []
    with pytest.MonkeyPatch.context() as patch:
        watch = _watching(patch)
        for widget in seen:
            written = _painted(widget, watch)
            lacks = [*_of_painting(widget, written), *_of_control(widget)]
            if written or isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
                bearing.append(widget)
                lacks += _of_place(widget, top)
            yield from (f"{_who(widget)}: {lack}" for lack in lacks)
    yield from _overlaps(bearing)


def _watching(patch: pytest.MonkeyPatch) -> _Watch:
    watch = _Watch()
    draw = QPainter.drawText

    def recorded(painter: QPainter, *arguments: Any) -> Any:
        watch.drawn(painter, *arguments)
        return draw(painter, *arguments)

    patch.setattr(QPainter, "drawText", recorded)
    for name, module in list(sys.modules.items()):
        if name.startswith("hitl_desktop.gui") and getattr(module, "draw_text", None) is draw_text:
            patch.setattr(module, "draw_text", watch.draw_text)
    return watch


def _painted(widget: QWidget, watch: _Watch) -> list[_Written]:
    """What a widget writes itself. Of Qt's own widgets nothing is noted: they do not paint through Python."""
    watch.written, watch.within = [], widget.rect()
    if widget.width() > 0 and widget.height() > 0:
        picture = QPixmap(widget.size())
        # Charts have a `render` of another kind.
        QWidget.render(widget, picture, QPoint(), QRegion(), QWidget.RenderFlag.IgnoreMask)
    return watch.written


def _of_painting(widget: QWidget, written: list[_Written]) -> Iterator[str]:
    for text in written:
        if text.lack and not _is_told(widget, text):
            yield f"{text.text!r} {text.lack}"


def _is_told(widget: QWidget, written: _Written) -> bool:
    """Whether a tooltip says the whole text."""
    told = [widget.toolTip()]
    view = widget.parent()
    if isinstance(view, QHeaderView):
        view = view.parent()
    if isinstance(view, QAbstractItemView):
        index = view.indexAt(written.place.center())
        told.append(str(index.data(Qt.ItemDataRole.ToolTipRole) or ""))
    return any(_plain(written.text) in _plain(words) for words in told)


def _of_control(widget: QWidget) -> Iterator[str]:
    """What one of Qt's own controls has too little of."""
    metrics = QFontMetrics(widget.font())
    match widget:
        case PlainLabel():
            if widget.wordWrap():
                yield from _said(_short(widget.heightForWidth(widget.width()), widget.height(), "high"))
        case QComboBox():
            need = metrics.horizontalAdvance(widget.currentText()) + _COMBO_ROOM
            yield from _said(_short(need, widget.width(), "wide"))
        case QLineEdit():
            words = widget.text() if widget.isReadOnly() else widget.placeholderText()
            if not isinstance(widget.parent(), QAbstractSpinBox | QComboBox) and _plain(words) not in _plain(
                widget.toolTip()
            ):
                yield from _said(_short(metrics.horizontalAdvance(words) + _FIELD_ROOM, widget.width(), "wide"))
        case QHeaderView() if type(widget) is QHeaderView:  # one of our own is measured by what it paints
            yield from _of_header(widget)
        case QTabBar():
            shown = [tab for tab in range(widget.count()) if widget.isTabVisible(tab)]
            need = sum(widget.tabSizeHint(tab).width() for tab in shown)  # type: ignore[attr-defined]
            yield from _said(_short(need, widget.width(), "wide"))
        case PaintedButton():
            return  # measured by what it paints
        case QAbstractButton() if widget.text():
            hint = widget.sizeHint()
            yield from _said(_short(hint.width(), widget.width(), "wide"))
            yield from _said(_short(hint.height(), widget.height(), "high"))


def _of_header(header: QHeaderView) -> Iterator[str]:
    if header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        need, has = header.sectionSizeFromContents(section).width(), header.sectionSize(section)  # type: ignore[attr-defined]
        title = str(header.model().headerData(section, Qt.Orientation.Horizontal) or "")
        told = str(header.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) or "")
        if title and not header.isSectionHidden(section) and need > has + SLACK and title not in told:
            yield f"column {title!r} needs {need}, has {has}"


def _of_place(widget: QWidget, top: QWidget) -> Iterator[str]:
    """Whether the widget is cut off by one that it stands in."""
    inner = widget
    while inner is not top and (outer := inner.parentWidget()) is not None:
        area = outer.parentWidget()
        place = QRect(widget.mapTo(outer, QPoint(0, 0)), widget.size())
        can_scroll = isinstance(area, QAbstractScrollArea) and area.viewport() is outer
        if can_scroll and isinstance(area, QAbstractScrollArea):
            sideways = area.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if not sideways and (place.left() < -SLACK or place.right() > outer.width() + SLACK):
                yield f"from {place.left()} to {place.right()} in a view of {outer.width()} that does not scroll there"
            return
        if not outer.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place):
            yield f"at {place.getRect()} beyond {type(outer).__name__} of {outer.width()} × {outer.height()}"
            return
        if outer.isWindow():
            return
        inner = outer


def _overlaps(bearing: list[QWidget]) -> Iterator[str]:
    """Texts that lie on one another: siblings in one layout."""
    for place, one in enumerate(bearing):
        parent = one.parentWidget()
        layout = parent.layout() if parent is not None else None
        if layout is None or one.isWindow():
            continue
        for other in bearing[place + 1 :]:
            if other.parentWidget() is parent:
                both = one.geometry() & other.geometry()
                if both.width() > SLACK and both.height() > SLACK:
                    yield f"{_who(one)} and {_who(other)} overlap by {both.width()} × {both.height()}"


def menu_lack(menu: QMenu) -> Iterator[str]:
    """Menus of a window that do not fit on a screen of 960 × 640."""
    for part in [menu, *(action.menu() for action in menu.actions() if isinstance(action.menu(), QMenu))]:
        assert isinstance(part, QMenu)
        hint = part.sizeHint()
        if hint.width() > 960 or hint.height() > 640:
            yield f"menu {part.title()!r} of {hint.width()} × {hint.height()} does not fit on the screen"


def _short(need: int, has: int, way: str) -> str:
    return f"needs {need}, has {has} {way}" if need > has + SLACK else ""


def _said(lack: str) -> Iterator[str]:
    if lack:
        yield lack


def _plain(words: str) -> str:
    without = re.sub(r"<[^>]*>", "", words).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(_ISOLATES.sub("", without).split())


def _who(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, PlainLabel) else widget.accessibleName() or widget.objectName()
    parent = widget.parentWidget()
    above = (
        f"{type(parent).__name__} > "
        if parent is not None and type(widget).__name__ in ("PlainLabel", "Button")
        else ""
    )
    return f"{above}{type(widget).__name__} {words[:60]!r}"
