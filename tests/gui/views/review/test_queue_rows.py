"""The rows of the queue: what is remembered of them is dropped as soon as it is not right any more."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.views.review.queue_delegate import QueueDelegate


@pytest.fixture
def model(context: Context, text_project_folder: Path) -> QueueModel:
    assert context.bridge.open_project(text_project_folder)
    model = QueueModel(context.bridge, context.browsing, shows_all=True)
    context.browsing.changed.connect(model.refresh)
    model.refresh()
    return model


def painted(delegate: QueueDelegate, model: QueueModel, row: int) -> QImage:
    picture = QPixmap(QSize(220, delegate.height()))
    picture.fill("white")
    painter = QPainter(picture)
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
