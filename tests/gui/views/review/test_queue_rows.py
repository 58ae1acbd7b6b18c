"""The rows of the queue: what is remembered of them is dropped as soon as it is not right any more."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.views.review.queue_delegate import QueueDelegate
from hitl_desktop.workflow.suggestion import Suggestion


@pytest.fixture
def model(context: Context, text_project_folder: Path) -> QueueModel:
    assert context.bridge.open_project(text_project_folder)
    model = QueueModel(context.bridge, context.browsing, shows_all=True)
    context.browsing.changed.connect(model.refresh)
    model.refresh()
    return model


def painted(
    delegate: QueueDelegate, model: QueueModel, row: int, side: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight
) -> QImage:
    picture = QPixmap(QSize(220, delegate.height()))
    picture.fill("white")
    painter = QPainter(picture)
    painter.setLayoutDirection(side)
    option = QStyleOptionViewItem()
    option.rect = picture.rect()  # type: ignore[attr-defined]
    delegate.paint(painter, option, model.index(row))
    painter.end()
    return picture.toImage()


@pytest.mark.parametrize("wide", [False, True])
def test_a_row_looks_the_same_when_it_is_painted_again(context: Context, model: QueueModel, wide: bool) -> None:
    fresh, again = QueueDelegate(context, model), QueueDelegate(context, model)
    fresh.wide = again.wide = wide
    first = painted(again, model, 2)
    assert painted(again, model, 2) == first
    assert painted(fresh, model, 2) == first
    again.current = model.item_index(2)
    assert painted(again, model, 2) != first, "the row on screen is marked"


def test_a_row_follows_the_theme(context: Context, model: QueueModel) -> None:
    delegate = QueueDelegate(context, model)
    light = painted(delegate, model, 0)
    context.theme.set_mode("dark")
    assert painted(delegate, model, 0) != light
    context.theme.set_mode("light")
    assert painted(delegate, model, 0) == light


def test_an_item_that_was_decided_is_shown_as_decided(context: Context, model: QueueModel) -> None:
    delegate, bridge = QueueDelegate(context, model), context.bridge
    session = bridge.desk.session
    index = session.current
    assert index is not None
    row = model.row_of(index)
    before = painted(delegate, model, row)
    assert model.item(row).state is ItemState.TO_DO
    bridge.perform(lambda: session.decide(Verdict.CORRECTED, bridge.desk.project.offered[0].id))
    assert model.item(row).state is ItemState.DECIDED
    assert painted(delegate, model, row) != before
    bridge.perform(session.undo)
    assert model.item(row).state is ItemState.TO_DO
    assert painted(delegate, model, row) == before


def test_the_row_on_screen_says_what_stands_beside_the_item(context: Context, model: QueueModel) -> None:
    """Quick answers that come later change the rows below it, and not this one, which would say something else."""
    session = context.bridge.desk.session
    row = model.row_of(session.current)
    labels = context.bridge.desk.project.labels
    session.shown = Suggestion((0.7, 0.3), 0.7, 0.6, labels[0], 0.4, 1)
    shown = model.row(row)
    assert shown is not None
    assert (shown.words, shown.confidence, shown.marks) == (labels[0].name, 0.7, (labels[0].position,))
    other = model.row(row + 1)
    assert other is not None
    assert other.confidence is None


def test_from_the_right_a_strip_has_its_class_at_the_right_of_the_figure(context: Context, model: QueueModel) -> None:
    delegate, labels = QueueDelegate(context, model), context.bridge.desk.project.labels
    session = context.bridge.desk.session
    session.shown = Suggestion((0.7, 0.3), 0.7, 0.6, labels[0], 0.4, 1)
    at = model.row_of(session.current)
    for wide in (False, True):
        delegate.wide = wide
        sides = [
            painted(delegate, model, at, side)
            for side in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
        ]
        colour = context.theme.class_colour(labels[0].position).rgb()
        left, right = (columns_with(picture, colour) for picture in sides)
        assert left
        assert [picture.width() - 1 - x for picture, x in ((sides[1], x) for x in reversed(right))] == left


def columns_with(picture: QImage, colour: int) -> list[int]:
    """The columns of a picture in which a colour stands."""
    rows = range(picture.height())
    return [x for x in range(picture.width()) if any(picture.pixel(x, y) == colour for y in rows)]
