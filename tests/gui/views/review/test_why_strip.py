"""What is said below the item: it leaves the item its room, at every size of text, and can be scrolled."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.why_strip import WhyStrip


@pytest.fixture
def place(context: Context, qtbot: QtBot) -> Iterator[QWidget]:
    """A strip below something that takes the rest, as on the review page."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(QWidget(), 1)
    strip = WhyStrip(context)
    strip.set_kind("text")
    column.addWidget(strip)
    qtbot.addWidget(widget)
    widget.resize(852, 724)
    widget.show()
    yield widget
    context.theme.set_scale(1.0)


def strip_of(place: QWidget) -> WhyStrip:
    QApplication.processEvents()
    strip = place.findChild(WhyStrip)
    assert strip is not None
    return strip


def test_with_room_nothing_is_scrolled_and_the_near_items_stand_beside(place: QWidget) -> None:
    strip = strip_of(place)
    assert not strip.findChildren(QScrollArea)[0].verticalScrollBar().isVisible()
    assert strip._near.x() > strip.bars.geometry().right()
    assert strip.height() < place.height() / 2


def test_with_large_text_the_item_keeps_half_and_nothing_is_beyond_the_edge(place: QWidget, context: Context) -> None:
    """In German at 200 % the title had no room at all, and the names of what is near were cut off."""
    context.theme.set_scale(2.0)
    place.resize(526, 648)
    strip = strip_of(place)
    strip._arrange()
    strip = strip_of(place)
    area = strip.findChildren(QScrollArea)[0]
    assert strip.height() <= place.height() / 2 + 1
    assert area.verticalScrollBar().maximum() > 0
    assert strip._near.y() > strip.bars.geometry().bottom(), "one below the other"
    assert strip._inner.width() <= strip.width()
    for part in (strip._title, strip._other, strip.counts_not, strip._near_title, strip._close):
        right = part.mapTo(strip._inner, part.rect().topRight()).x()
        assert part.width() > 0
        assert right <= strip._inner.width()
    assert strip._close.mapTo(strip, strip._close.rect().topLeft()).y() < 60, "it stands in the upper corner"


def test_it_follows_the_window(place: QWidget) -> None:
    strip = strip_of(place)
    for width, is_beside in ((400, False), (852, True)):
        place.resize(width, 724)
        strip_of(place)
        assert (strip._near.y() < strip.bars.geometry().bottom()) is is_beside
    place.resize(852, 300)
    assert strip_of(place).height() <= 151


def test_what_is_explained_has_the_whole_line(place: QWidget) -> None:
    """Beside two buttons, "Why normal rath…n (BI-RADS 2–3)" was all that could be read."""
    strip = strip_of(place)
    assert strip._title.width() > 3 * strip.counts_not.width()
    assert strip._title.geometry().bottom() < strip.counts_not.geometry().top()
